/** Convolutions and linear layers. */
#ifndef SKEL_SPARSE_LAYER_H
#define SKEL_SPARSE_LAYER_H

#include "../compile/sparse.h"

/** Forward pass of one slot.
 *
 *  Local.
 *  @param statistics  whether the batch norm behind the layer needs its sums
 */
void skel_sparse_layer_forward(skel_sparse *sparse, size_t step, size_t slot, bool statistics);

/** Backward pass of one slot: gradients of the input, of the kept weights and of the bias.
 *
 *  Local.
 *  @param dy        buffer that holds the gradient of the output; its ring is cleared
 *  @param gradient  [parameter_count]
 */
void skel_sparse_layer_backward(skel_sparse *sparse, size_t step, size_t slot, size_t dy,
                                float gradient[]);

#endif
