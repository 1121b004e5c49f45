/** The exponents of synaptic flow: each tensor is floats times a power of two.
 *
 *  The pass rescales a tensor when its largest magnitude leaves a window around 1. So no product
 *  and no sum of any step overflows, and a value vanishes only if its tensor has a value 2^90
 *  times larger. Terms of a sum are brought to one exponent before; factors of a product add
 *  exponents.
 */
#ifndef SKEL_NN_DENSE_FLOW_EXPONENT_H
#define SKEL_NN_DENSE_FLOW_EXPONENT_H

#include "../compile/dense.h"

/** The window is from 2^-17 to 2^16, for weights too. A layer's output is then below 2^32 times the
 *  number of its inputs, and a weight's gradient below 2^32 times the number of its places: both
 *  are safe to read before they are rescaled. */
enum { SKEL_DENSE_FLOW_WINDOW = 16 };

/** Memory of a flow beside the arena of one image. All is *owned*. */
typedef struct skel_dense_flow {
    float *ones;    /**< the image */
    float *vectors; /**< [3][stride] zeros, slope and shift of a layer with a bias */
    size_t stride;
    size_t buffers;
    int *exponent; /**< [buffers] of the values and gradients in the plan's buffers */
    int *factor;   /**< [steps] exponent of a layer's weights, or of a batch norm's slopes */
} skel_dense_flow;

/** Exponent of a buffer; 0 for SKEL_NONE, which stands for the image.
 *
 *  Local.
 */
int skel_dense_flow_exponent_of(const skel_dense *dense, size_t buffer);

/** x = x * 2^exponent, at most FLT_MAX in magnitude.
 *
 *  Local.
 */
void skel_dense_flow_exponent_apply(size_t count, int exponent, float *x);

/** Exponent that brings a magnitude to [1/2, 1) if it is outside the window; 0 if it is inside.
 *
 *  Local.
 *  @param largest  bits of a magnitude: see kernels/elementwise.h
 */
int skel_dense_flow_exponent_excess(int32_t largest);

/** Rescales a buffer of slot 0 if its largest magnitude is outside the window.
 *
 *  Local.
 *  @param largest  bits of the largest magnitude: see kernels/elementwise.h
 *  Errors: SKEL_ERR_NUMBER if it is not finite.
 */
SKEL_CHECKED skel_status skel_dense_flow_exponent_rescale(const skel_dense *dense, size_t buffer,
                                                          size_t floats, int32_t largest);

/** Finds the largest magnitude of a buffer of slot 0, and rescales the buffer.
 *
 *  Local. Errors: as skel_dense_flow_exponent_rescale().
 */
SKEL_CHECKED skel_status skel_dense_flow_exponent_inspect(skel_dense *dense, size_t buffer,
                                                          size_t floats);

#endif
