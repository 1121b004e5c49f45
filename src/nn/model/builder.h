/** Builds networks operation by operation; computes shapes, numbers parameters.
 *
 *  The builder keeps its first error: later calls add nothing, and skel_builder_finish() returns
 *  the error. So a model's code is its list of operations. The order of the calls is the order of
 *  the parameters and buffers, and must be that of PyTorch's state_dict().
 */
#ifndef SKEL_NN_BUILDER_H
#define SKEL_NN_BUILDER_H

#include "builder_arrays.h"

/** Starts a network with its input, tensor 0.
 *
 *  Local. skel_builder_finish() must follow.
 */
void skel_builder_start(skel_builder *builder, const char *name, size_t width, skel_tensor input,
                        size_t classes);

/** Adds a convolution of `channels` output channels; returns its output tensor.
 *
 *  Local. `name` is the module's. Fails if the kernel is larger than the padded input.
 */
size_t skel_builder_conv(skel_builder *builder, size_t input, const char *name, size_t channels,
                         size_t kernel, size_t stride, size_t padding, bool bias);

/** Adds a convolution with any window, and with groups; returns its output tensor.
 *
 *  Local. Fails if the window is larger than the padded input, or if `groups` does not divide the
 *  channels of the input and of the output.
 */
size_t skel_builder_grouped_conv(skel_builder *builder, size_t input, const char *name,
                                 size_t channels, const skel_window *window, size_t groups,
                                 bool bias);

/** Adds a batch norm with epsilon 1e-5; returns its output tensor.
 *
 *  Local.
 */
size_t skel_builder_norm(skel_builder *builder, size_t input, const char *name);

/** Adds a batch norm; returns its output tensor.
 *
 *  Local.
 *  @param epsilon  added to the variance, above 0
 */
size_t skel_builder_norm_with(skel_builder *builder, size_t input, const char *name,
                              double epsilon);

/** Adds y = a x + b by channel, a depthwise 1x1 convolution whose weights are not prunable; returns
 *  its output tensor.
 *
 *  Local. A batch norm on running averages is one, and has the same names.
 */
size_t skel_builder_affine(skel_builder *builder, size_t input, const char *name);

/** Adds a ReLU; returns its output tensor.
 *
 *  Local.
 */
size_t skel_builder_relu(skel_builder *builder, size_t input);

/** Adds a leaky ReLU; returns its output tensor.
 *
 *  Local. Fails if the slope is below 0.
 */
size_t skel_builder_leaky_relu(skel_builder *builder, size_t input, double slope);

/** Adds a clip to bounds; returns its output tensor. ReLU6 has the bounds 0 and 6.
 *
 *  Local. Fails if `low` is not below `high`.
 */
size_t skel_builder_clip(skel_builder *builder, size_t input, double low, double high);

/** Adds a sigmoid; returns its output tensor.
 *
 *  Local.
 */
size_t skel_builder_sigmoid(skel_builder *builder, size_t input);

/** Adds a product of two tensors; returns its output tensor.
 *
 *  Local. Fails if `other` has neither the shape of `input` nor its channels on one pixel.
 */
size_t skel_builder_mul(skel_builder *builder, size_t input, size_t other);

/** Adds a concatenation along the channels; returns its output tensor.
 *
 *  Local. Fails if heights or widths differ.
 */
size_t skel_builder_concat(skel_builder *builder, size_t input, size_t other);

/** Adds an addition of two tensors; returns its output tensor.
 *
 *  Local. Fails if their shapes differ.
 */
size_t skel_builder_add(skel_builder *builder, size_t input, size_t other);

/** Adds a max-pool or an average pool with a square window; returns its output tensor.
 *
 *  Local. Rows and columns that do not fill a window are dropped, as in PyTorch. Fails if the
 *  window is larger than the input.
 *  @param kind  SKEL_OP_MAXPOOL or SKEL_OP_AVGPOOL
 */
size_t skel_builder_pool(skel_builder *builder, skel_op_kind kind, size_t input, size_t kernel,
                         size_t stride);

/** Adds an average pool over all pixels; returns its output tensor, one pixel.
 *
 *  Local.
 */
size_t skel_builder_pool_all(skel_builder *builder, size_t input);

/** Adds a max-pool or an average pool with any window that is not dilated; returns its output
 *  tensor.
 *
 *  Local. Fails if the window is larger than the padded input, if some window lies in the padding
 *  alone, or if a max-pool's window has more than 65535 pixels, which its choices could not number.
 *  @param kind            SKEL_OP_MAXPOOL or SKEL_OP_AVGPOOL
 *  @param counts_padding  average pool: padding counts as pixels of value 0
 */
size_t skel_builder_padded_pool(skel_builder *builder, skel_op_kind kind, size_t input,
                                const skel_window *window, bool counts_padding);

/** Adds the operation of another network, under its name; returns its output tensor.
 *
 *  Local.
 *  @param network  the other network
 *  @param op       one of its operations
 *  @param input    tensor of the network under construction
 *  @param other    the same, or SKEL_NONE
 *  @param bias     convolution and linear layer: whether the new operation has a bias
 */
size_t skel_builder_like(skel_builder *builder, const skel_network *network, const skel_op *op,
                         size_t input, size_t other, bool bias);

/** Adds a linear layer on the flattened input; returns its output tensor.
 *
 *  Local.
 */
size_t skel_builder_linear(skel_builder *builder, size_t input, const char *name, size_t features,
                           bool bias);

/** Hands the network over.
 *
 *  Local.
 *  @param out  *owned*: skel_network_destroy() it; NULL on an error
 *  Errors: the first one of the calls before; SKEL_ERR_CONFIG if the last output is not
 *          [classes][1][1]; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_builder_finish(skel_builder *builder, skel_network **out);

#endif
