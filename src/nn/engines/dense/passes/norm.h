/** Parts of a batch norm step, for the passes that are made of them. */
#ifndef SKEL_NN_DENSE_NORM_H
#define SKEL_NN_DENSE_NORM_H

#include "steps.h"

/** Floats rounded up to whole lines of the cache. */
#define SKEL_DENSE_LINES(floats) (((floats) + 15) / 16 * 16)

/** Vectors of the pass under way.
 *
 *  Local. Borrowed.
 */
skel_dense_f32_norm_vectors skel_dense_norm_vectors(const skel_dense_weights *weights);

/** Sum of the rows of all slots, and of all ranks if they share statistics, into `total`.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_sum_rows(skel_dense *dense, size_t count, size_t columns);

/** Sums of one slot, into its row; its gradients of scale and shift are those sums.
 *
 *  Local.
 */
void skel_dense_norm_backward_row(skel_dense *dense, size_t number, size_t slot,
                                  const skel_batch *batch, const skel_pass *pass);

/** Means of dy and dy * xhat over the batch, from `total`.
 *
 *  Local.
 *  @param offset  [padded] out: mean of dy
 *  @param factor  [padded] out: mean of dy * xhat, over the standard deviation
 */
void skel_dense_norm_set_means(const skel_dense *dense, size_t number, float offset[],
                               float factor[]);

/** Gradient of the step's input in one slot, if it is wanted.
 *
 *  Local.
 */
void skel_dense_norm_backward_apply(const skel_dense *dense, size_t number, size_t slot,
                                    const skel_batch *batch, const float offset[],
                                    const float factor[]);

#endif
