/** Gradients of all weights of a layer, pruned ones included. */
#ifndef SKEL_SPARSE_PRODUCTS_H
#define SKEL_SPARSE_PRODUCTS_H

#include "../compile/sparse.h"

/** Adds a window to the gradient of all weights of a layer, in the engine's `sums`.
 *
 *  Local. Weights that read a channel of zeros, and those of an output without a gradient, get 0.
 *  @param dy  buffer that holds the gradient of the layer's output
 */
void skel_sparse_products_add(skel_sparse *sparse, size_t step, skel_sparse_window window,
                              size_t dy);

#endif
