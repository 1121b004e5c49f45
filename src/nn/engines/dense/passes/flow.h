/** Synaptic flow in the dense engine: the steps of a pass over one image, whose tensors are floats
 *  times a power of two of their own.
 *
 *  A tensor is scaled where its largest magnitude has left a window around 1: so no product or sum
 *  of any step overflows, and a value vanishes only in a tensor that has one 2^90 times larger.
 * What is added is aligned, what is multiplied adds exponents.
 */
#ifndef SKEL_NN_DENSE_FLOW_H
#define SKEL_NN_DENSE_FLOW_H

#include "../kernels/affine.h"
#include "steps.h"

/** The window is from 2^-17 to 2^16. Weights are in it too, so that a layer's output, below 2^32
 *  times the number of its inputs, and a weight's gradient, below 2^32 times that of its places,
 *  need not be looked at before they are used. */
enum { SKEL_DENSE_FLOW_WINDOW = 16 };

/** What a flow needs beside a pass over one image. All is *owned*. */
typedef struct skel_dense_flow {
    float *ones;    /**< the image */
    float *vectors; /**< [3][stride] zeros, slope and shift of a layer with a bias */
    size_t stride;
    size_t buffers;
    int *exponent; /**< [buffers] of the values and gradients in the plan's buffers */
    int *factor;   /**< [steps] of a layer's weights, or of a batch norm's slopes */
} skel_dense_flow;

/** Takes the memory, if there is none yet.
 *
 *  Local. `buffers` is the number of any plan's buffers: the batch size does not change it.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_flow_create(skel_dense *dense, size_t buffers);

/** Frees it.
 *
 *  Local.
 */
void skel_dense_flow_clear(skel_dense *dense);

/** skel_engine_flow().
 *
 *  Local. Errors: SKEL_ERR_NUMBER, SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_flow_pass(skel_engine *engine, const float parameters[],
                                              const uint8_t mask[], const float buffers[],
                                              float out[], double *logarithm);

/** All steps forward, from the image of ones, on loaded magnitudes.
 *
 *  Local. Errors: SKEL_ERR_NUMBER, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_flow_forward(const skel_dense_journey *journey,
                                                 const float parameters[]);

/** All steps backward, from the gradient of the logits.
 *
 *  Local. Errors: SKEL_ERR_NUMBER, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_flow_backward(const skel_dense_journey *journey);

/** Exponent of a buffer; of the image, which is in none, 0.
 *
 *  Local.
 */
int skel_dense_flow_exponent(const skel_dense *dense, size_t buffer);

/** x = x * 2^exponent, at most FLT_MAX in magnitude.
 *
 *  Local.
 */
void skel_dense_flow_scale(size_t count, int exponent, float *x);

/** Scales a buffer if its largest magnitude is outside the window.
 *
 *  Local.
 *  @param largest  see affine_kernels.h
 *  Errors: SKEL_ERR_NUMBER if it is not finite.
 */
SKEL_CHECKED skel_status skel_dense_flow_settle(const skel_dense *dense, size_t buffer,
                                                size_t floats, int32_t largest);

/** Finds a buffer's largest magnitude, and settles it.
 *
 *  Local. Errors: as skel_dense_flow_settle().
 */
SKEL_CHECKED skel_status skel_dense_flow_look(skel_dense *dense, size_t buffer, size_t floats);

#endif
