/** Gradients of the weights of a layer, and of its bias. */
#ifndef SKEL_SPARSE_WEIGHTS_H
#define SKEL_SPARSE_WEIGHTS_H

#include "../compile/sparse.h"

/** Computes the gradient of a layer's weights and bias, of one slot.
 *
 *  Local.
 *  @param dy        buffer that holds the gradient of the layer's output
 *  @param gradient  [parameter_count] out: the layer's weights and its bias; pruned weights 0
 * unless the engine gives the gradients of all
 */
void skel_sparse_weights_backward(skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                                  float gradient[]);

#endif
