/** Builds networks operation by operation; computes shapes, numbers parameters.
 *
 *  The builder keeps its first error: later calls add nothing, and skel_builder_finish() returns
 *  the error. So a model's code is its list of operations. The order of the calls is the order of
 *  the parameters and buffers, and must be that of PyTorch's state_dict().
 */
#ifndef SKEL_NN_BUILDER_H
#define SKEL_NN_BUILDER_H

#include "skel/network.h"

/** A network under construction. Plain data. */
typedef struct skel_builder {
    skel_network *network; /**< owned until skel_builder_finish() */
    skel_status status;    /**< the first error */
    struct {
        size_t tensors, ops, parameters, buffers; /**< room in the arrays */
    } room;
} skel_builder;

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

/** Adds a batch norm; returns its output tensor.
 *
 *  Local.
 */
size_t skel_builder_norm(skel_builder *builder, size_t input, const char *name);

/** Adds a ReLU; returns its output tensor.
 *
 *  Local.
 */
size_t skel_builder_relu(skel_builder *builder, size_t input);

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
