/** Batch norm steps, over all slots, and the parts that norm_tangent.c and the passes with constant
 *  statistics use.
 */
#ifndef SKEL_NN_DENSE_NORM_H
#define SKEL_NN_DENSE_NORM_H

#include "../compile/dense.h"
#include "../kernels/norm.h"

/** Takes the memory for the sums of the largest batch norm.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_norm_create(skel_dense *dense);

/** Forward pass of a batch norm step over all slots, on batch statistics.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param count    slots in use
 *  @param batches  [count]
 *  @param passes   [count]; statistics out
 *  Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_forward(skel_dense *dense, size_t step, size_t count,
                                                 const skel_batch batches[],
                                                 const skel_pass passes[]);

/** Forward pass of a batch norm step on running averages, in slot 0.
 *
 *  Local.
 *  @param buffers  [buffer_count]
 */
void skel_dense_norm_evaluate(skel_dense *dense, size_t step, const skel_batch *batch,
                              const float buffers[]);

/** Backward pass of a batch norm step over all slots; the gradients are gathered before.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_backward(skel_dense *dense, size_t step, size_t count,
                                                  const skel_batch batches[],
                                                  const skel_pass passes[]);

/** The vectors of a batch norm in the running pass.
 *
 *  Local. Borrowed.
 */
skel_dense_f32_norm_vectors skel_dense_norm_vectors(const skel_dense_weights *weights);

/** Arrays of one slot's backward pass through a batch norm step. */
typedef struct skel_dense_norm_arrays {
    skel_dense_extent extent;
    const float *x;
    skel_dense_f32_norm_incoming incoming;
    float *rectified; /**< gradient of the addition's other operand; NULL: no such operand */
    float *dx;        /**< NULL: not wanted */
} skel_dense_norm_arrays;

/** The arrays of a slot's gradients; skel_dense_slot_gather() comes before.
 *
 *  Local. Borrowed.
 */
skel_dense_norm_arrays skel_dense_norm_arrays_of(const skel_dense *dense, size_t step, size_t slot,
                                                 const skel_batch *batch);

/** The arrays of a slot's gradients or of their tangents; `x` and the result are values in both.
 *
 *  Local. Borrowed.
 */
skel_dense_norm_arrays skel_dense_norm_side_arrays(const skel_dense *dense, skel_dense_side side,
                                                   size_t step, size_t slot,
                                                   const skel_batch *batch);

/** Gradients of scale and shift in all slots, and the means of dy and dy * xhat over the batch.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param count   slots in use
 *  @param offset  [padded] out: mean of dy
 *  @param factor  [padded] out: mean of dy * xhat, divided by the standard deviation
 *  Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_backward_means(skel_dense *dense, size_t number,
                                                        size_t count, const skel_batch batches[],
                                                        const skel_pass passes[], float offset[],
                                                        float factor[]);

/** Computes the gradient of the step's input in one slot, if it is wanted.
 *
 *  Local.
 */
void skel_dense_norm_backward_apply(const skel_dense *dense, size_t number, size_t slot,
                                    const skel_batch *batch, const float offset[],
                                    const float factor[]);

#endif
