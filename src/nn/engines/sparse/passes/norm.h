/** Batch norm steps: forward and backward pass, with the addition, ReLU and pooling behind them. */
#ifndef SKEL_SPARSE_NORM_H
#define SKEL_SPARSE_NORM_H

#include "../compile/sparse.h"

/** Forward pass of a batch norm step over all slots, on statistics of the batch.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_forward(skel_sparse *sparse, size_t step, size_t count,
                                                  const skel_pass passes[]);

/** Forward pass of a batch norm step on running averages.
 *
 *  Local.
 *  @param buffers  [buffer_count] running means and variances
 */
void skel_sparse_norm_evaluate(skel_sparse *sparse, size_t step, const float buffers[]);

/** Backward pass of a batch norm step over all slots.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_norm_backward(skel_sparse *sparse, size_t step, size_t count,
                                                   const skel_pass passes[]);

#endif
