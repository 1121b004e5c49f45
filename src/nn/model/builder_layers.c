/* The builder: layers with parameters, and operations taken from another network. */
#include "builder.h"
#include "builder_window.h"

size_t skel_builder_conv(skel_builder *builder, size_t input, const char *name, size_t channels,
                         size_t kernel, size_t stride, size_t padding, bool bias)
{
    skel_window window = skel_window_square(kernel, stride, padding);

    return skel_builder_grouped_conv(builder, input, name, channels, &window, 1, bias);
}

size_t skel_builder_grouped_conv(skel_builder *builder, size_t input, const char *name,
                                 size_t channels, const skel_window *window, size_t groups,
                                 bool bias)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_CONV, name, input);
    size_t shape[] = {channels, 0, window->kernel[0], window->kernel[1]};
    size_t inputs = 0;
    skel_tensor out;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    inputs = skel_builder_shape(builder, input).channels;
    if (groups == 0 || inputs % groups != 0 || channels % groups != 0) {
        builder->status = SKEL_FAIL(SKEL_ERR_CONFIG,
                                    "%s, %s: %zu groups do not divide %zu inputs and %zu outputs",
                                    builder->network->name, name, groups, inputs, channels);
        return 0;
    }
    op.window = *window;
    op.groups = groups;
    shape[1] = inputs / groups;
    out = skel_builder_slide(builder, &op, channels);
    op.weight = skel_builder_add_parameter(builder, name, "weight", 4, shape, true);
    if (bias) {
        op.bias = skel_builder_add_parameter(builder, name, "bias", 1, shape, false);
    }
    return skel_builder_add_op(builder, &op, out);
}

size_t skel_builder_affine(skel_builder *builder, size_t input, const char *name)
{
    const skel_window window = skel_window_square(1, 1, 0);
    skel_network *network = builder->network;
    skel_parameter *weight = NULL;
    size_t channels = 0;
    size_t out = 0;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    channels = skel_builder_shape(builder, input).channels;
    out = skel_builder_grouped_conv(builder, input, name, channels, &window, channels, true);
    if (builder->status == SKEL_OK) {
        weight = &network->parameter[network->op[network->ops - 1].weight];
        weight->prunable = false;
        network->prunable_count -= weight->count;
    }
    return out;
}

size_t skel_builder_norm(skel_builder *builder, size_t input, const char *name)
{
    return skel_builder_norm_with(builder, input, name, 1e-5);
}

size_t skel_builder_norm_with(skel_builder *builder, size_t input, const char *name, double epsilon)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_BATCHNORM, name, input);
    skel_tensor in;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    in = skel_builder_shape(builder, input);
    op.epsilon = epsilon;
    op.weight = skel_builder_add_parameter(builder, name, "weight", 1, &in.channels, false);
    op.bias = skel_builder_add_parameter(builder, name, "bias", 1, &in.channels, false);
    op.mean = skel_builder_add_buffer(builder, name, "running_mean", in.channels, false);
    op.variance = skel_builder_add_buffer(builder, name, "running_var", in.channels, true);
    return skel_builder_add_op(builder, &op, in);
}

size_t skel_builder_linear(skel_builder *builder, size_t input, const char *name, size_t features,
                           bool bias)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_LINEAR, name, input);
    size_t shape[] = {features, 0};
    skel_tensor in;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    in = skel_builder_shape(builder, input);
    shape[1] = in.channels * in.height * in.width;
    op.weight = skel_builder_add_parameter(builder, name, "weight", 2, shape, true);
    if (bias) {
        op.bias = skel_builder_add_parameter(builder, name, "bias", 1, shape, false);
    }
    return skel_builder_add_op(builder, &op, (skel_tensor){features, 1, 1});
}

size_t skel_builder_like(skel_builder *builder, const skel_network *network, const skel_op *op,
                         size_t input, size_t other, bool bias)
{
    size_t outputs = network->tensor[op->output].channels;

    switch (op->kind) {
    case SKEL_OP_CONV:
        if (!network->parameter[op->weight].prunable) {
            return skel_builder_affine(builder, input, op->name);
        }
        return skel_builder_grouped_conv(builder, input, op->name, outputs, &op->window, op->groups,
                                         bias);
    case SKEL_OP_LINEAR:
        return skel_builder_linear(builder, input, op->name, outputs, bias);
    case SKEL_OP_BATCHNORM:
        return skel_builder_norm_with(builder, input, op->name, op->epsilon);
    case SKEL_OP_RELU:
        return skel_builder_relu(builder, input);
    case SKEL_OP_LEAKY_RELU:
        return skel_builder_leaky_relu(builder, input, op->slope);
    case SKEL_OP_CLIP:
        return skel_builder_clip(builder, input, op->low, op->high);
    case SKEL_OP_SIGMOID:
        return skel_builder_sigmoid(builder, input);
    case SKEL_OP_ADD:
        return skel_builder_add(builder, input, other);
    case SKEL_OP_MUL:
        return skel_builder_mul(builder, input, other);
    case SKEL_OP_CONCAT:
        return skel_builder_concat(builder, input, other);
    case SKEL_OP_MAXPOOL:
    case SKEL_OP_AVGPOOL:
        break;
    }
    return skel_builder_padded_pool(builder, op->kind, input, &op->window, op->counts_padding);
}
