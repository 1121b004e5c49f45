/** Gradients of all weights of a layer, pruned ones included. */
#ifndef SKEL_SPARSE_PRODUCTS_H
#define SKEL_SPARSE_PRODUCTS_H

#include "../compile/sparse.h"

/** Computes the gradient of all weights of a layer, of one slot.
 *
 *  Local. Weights that read a channel of zeros, and those of an output without a gradient, get 0.
 *  @param dy       buffer that holds the gradient of the layer's output
 *  @param weights  [weights of the layer] out
 */
void skel_sparse_products_backward(skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                                   float weights[]);

#endif
