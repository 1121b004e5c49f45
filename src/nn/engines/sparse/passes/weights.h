/** Gradients of the kept weights of a layer, and of its bias.
 *
 *      skel_sparse_weights_start(sparse, step);
 *      for each block and each row:
 *          skel_sparse_weights_row(sparse, step, slot, dy, block, row);
 *      skel_sparse_weights_finish(sparse, step, slot, dy, gradient);
 */
#ifndef SKEL_SPARSE_WEIGHTS_H
#define SKEL_SPARSE_WEIGHTS_H

#include "../compile/sparse.h"

/** Clears the sums of a layer's kept weights.
 *
 *  Local.
 */
void skel_sparse_weights_start(skel_sparse *sparse, size_t step);

/** Adds one block's gradient of the weights of one row to the sums.
 *
 *  Local. One thread computes all blocks of a row.
 *  @param dy  buffer that holds the gradient of the layer's output
 */
void skel_sparse_weights_row(const skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                             size_t block, size_t row);

/** Writes the sums, and the bias' gradient, to the caller's vector.
 *
 *  Local.
 *  @param gradient  [parameter_count] out: the layer's weights, pruned ones 0, and its bias
 */
void skel_sparse_weights_finish(const skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                                float gradient[]);

#endif
