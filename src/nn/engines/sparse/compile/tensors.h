/** Where values, gradients and pooling choices of a batch lie in memory. */
#ifndef SKEL_SPARSE_TENSORS_H
#define SKEL_SPARSE_TENSORS_H

#include "sparse.h"

/** A block of one of the planned buffers of a slot; NULL for SKEL_NONE.
 *
 *  Local. A buffer that holds one window keeps a block until the pass comes to the next window.
 *  @param floats  floats of one block of the tensor that the buffer holds
 */
float *skel_sparse_block(const skel_sparse *sparse, size_t slot, size_t buffer, size_t block,
                         size_t floats);

/** A block of a tensor's values in the forward pass.
 *
 *  Local.
 */
float *skel_sparse_value(const skel_sparse *sparse, size_t slot, size_t tensor, size_t block);

/** A block of the values of a layer's input in the backward pass: kept, or computed again.
 *
 *  Local.
 */
float *skel_sparse_again(const skel_sparse *sparse, size_t slot, size_t tensor, size_t block);

/** The pixels that max-pooling chose in one channel of a block; NULL if there is no backward pass.
 *
 *  Local.
 */
uint16_t *skel_sparse_choice(const skel_sparse *sparse, size_t step, size_t slot, size_t block,
                             size_t channel);

/** A plane of the input of a batch norm: the engine's zeros if the layer before is silent there.
 *
 *  Local. The address of the plane's first pixel.
 */
const float *skel_sparse_norm_input(const skel_sparse *sparse, size_t step, size_t slot,
                                    size_t block, size_t channel);

/** Whether the n-th part of the gradient of a tensor is 0 in a channel, and not written.
 *
 *  Local. Parts are numbered as skel_placement_gradient_part() does.
 */
bool skel_sparse_part_is_zero(const skel_sparse *sparse, size_t tensor, size_t n, size_t channel);

/** Whether nothing reads a channel of the output of a batch norm without an addition: one layer
 *  alone reads the output, and keeps no weight of the channel. The channel is not computed, and its
 *  gradient is 0. With an addition the channel's gradient is also that of the other operand, so
 *  that the sums must write its zeros.
 *
 *  Local.
 */
bool skel_sparse_is_dead(const skel_sparse *sparse, size_t step, size_t channel);

#endif
