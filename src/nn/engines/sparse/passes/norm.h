/** Batch norm steps: forward and backward pass, with the addition, ReLU and pooling behind them. */
#ifndef SKEL_SPARSE_NORM_H
#define SKEL_SPARSE_NORM_H

#include "../compile/sparse.h"

/** Sums a window's values and their squares, unless the layer before has left these sums.
 *
 *  Local.
 */
void skel_sparse_norm_sums(skel_sparse *sparse, size_t step, skel_sparse_window window);

/** From the sums of all windows of all slots to the mean and the slope of every channel.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_total(skel_sparse *sparse, size_t step, size_t count,
                                                const skel_pass passes[]);

/** Sets the mean and the slope of every channel from running averages.
 *
 *  Local.
 *  @param buffers  [buffer_count] running means and variances
 */
void skel_sparse_norm_running(skel_sparse *sparse, size_t step, const float buffers[]);

/** Normalises a window, adds the other operand, applies ReLU and pooling.
 *
 *  Local.
 */
void skel_sparse_norm_apply(skel_sparse *sparse, size_t step, skel_sparse_window window);

/** Computes the output of a window again for the backward pass; its ring is 0.
 *
 *  Local.
 */
void skel_sparse_norm_again(skel_sparse *sparse, size_t step, skel_sparse_window window);

/** Sums a window's dy and dy * (x - mean).
 *
 *  Local. The output's gradient has at most two parts, which are then together in the first one if
 *  the step has an addition.
 */
void skel_sparse_norm_backward_sums(skel_sparse *sparse, size_t step, skel_sparse_window window);

/** From the sums of all windows of all slots to the gradients of scale and shift.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_backward_total(skel_sparse *sparse, size_t step,
                                                         size_t count, const skel_pass passes[]);

/** Computes the gradient of a window of the input.
 *
 *  Local.
 */
void skel_sparse_norm_backward_apply(skel_sparse *sparse, size_t step, skel_sparse_window window);

#endif
