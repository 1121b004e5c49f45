/** Convolutions and linear layers. */
#ifndef SKEL_SPARSE_LAYER_H
#define SKEL_SPARSE_LAYER_H

#include "../compile/sparse.h"

/** Forward pass of one window.
 *
 *  Local.
 *  @param statistics  whether the batch norm behind the layer needs its sums
 */
void skel_sparse_layer_forward(skel_sparse *sparse, size_t step, skel_sparse_window window,
                               bool statistics);

/** Backward pass of one window: the gradient of the input, and the window's part of the gradients
 *  of weights and bias, between skel_sparse_weights_open() and skel_sparse_weights_close().
 *
 *  Local.
 *  @param dy  buffer that holds the gradient of the output; its ring is cleared
 */
void skel_sparse_layer_backward(skel_sparse *sparse, size_t step, skel_sparse_window window,
                                size_t dy);

#endif
