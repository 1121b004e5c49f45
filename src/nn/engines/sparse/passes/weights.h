/** Gradients of the weights of a layer, and of its bias. */
#ifndef SKEL_SPARSE_WEIGHTS_H
#define SKEL_SPARSE_WEIGHTS_H

#include "../compile/sparse.h"

/** Sets a layer's sums to 0, before the windows of a slot.
 *
 *  Local. One layer at a time has sums.
 */
void skel_sparse_weights_open(skel_sparse *sparse, size_t step);

/** Adds a window to the gradients of a layer's weights and bias.
 *
 *  Local.
 *  @param dy  buffer that holds the gradient of the layer's output
 */
void skel_sparse_weights_add(skel_sparse *sparse, size_t step, skel_sparse_window window,
                             size_t dy);

/** Writes the gradients of a window's images by a layer's kept weights to `sparse->samples`.
 *
 *  Local.
 *  @param dy  buffer that holds the gradient of the layer's output
 */
void skel_sparse_weights_sample(const skel_sparse *sparse, size_t step, skel_sparse_window window,
                                size_t dy);

/** Writes the gradients of a slot to the caller's vector, flat or packed.
 *
 *  Local.
 *  @param gradient  out: the layer's weights and its bias; with flat vectors, pruned weights stay
 *                   as they are unless the engine gives the gradients of all
 */
void skel_sparse_weights_close(const skel_sparse *sparse, size_t step, float gradient[]);

#endif
