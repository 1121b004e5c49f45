/* The builder: pooling, and operations on elements. */
#include "builder.h"
#include "builder_window.h"

size_t skel_builder_relu(skel_builder *builder, size_t input)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_RELU, "", input);

    return builder->status == SKEL_OK
               ? skel_builder_add_op(builder, &op, skel_builder_shape(builder, input))
               : 0;
}

size_t skel_builder_leaky_relu(skel_builder *builder, size_t input, double slope)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_LEAKY_RELU, "", input);

    if (builder->status == SKEL_OK && !(slope >= 0)) {
        builder->status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: a leaky ReLU of slope %g, not at least 0",
                                    builder->network->name, slope);
    }
    op.slope = slope;
    return builder->status == SKEL_OK
               ? skel_builder_add_op(builder, &op, skel_builder_shape(builder, input))
               : 0;
}

size_t skel_builder_clip(skel_builder *builder, size_t input, double low, double high)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_CLIP, "", input);

    if (builder->status == SKEL_OK && !(low < high)) {
        builder->status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: a clip to at least %g and at most %g",
                                    builder->network->name, low, high);
    }
    op.low = low;
    op.high = high;
    return builder->status == SKEL_OK
               ? skel_builder_add_op(builder, &op, skel_builder_shape(builder, input))
               : 0;
}

size_t skel_builder_sigmoid(skel_builder *builder, size_t input)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_SIGMOID, "", input);

    return builder->status == SKEL_OK
               ? skel_builder_add_op(builder, &op, skel_builder_shape(builder, input))
               : 0;
}

/* An operation on two tensors; `fit` says whether their shapes do. */
static size_t add_pair(skel_builder *builder, skel_op *op, size_t other, const char *verb, bool fit,
                       skel_tensor out)
{
    skel_tensor a = skel_builder_shape(builder, op->input);
    skel_tensor b = skel_builder_shape(builder, other);

    if (!fit) {
        builder->status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s: cannot %s %zux%zux%zu and %zux%zux%zu",
                                    builder->network->name, verb, a.channels, a.height, a.width,
                                    b.channels, b.height, b.width);
        return 0;
    }
    op->other = other;
    return skel_builder_add_op(builder, op, out);
}

static bool same_image(skel_tensor a, skel_tensor b)
{
    return a.height == b.height && a.width == b.width;
}

size_t skel_builder_add(skel_builder *builder, size_t input, size_t other)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_ADD, "", input);
    skel_tensor a;
    skel_tensor b;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    a = skel_builder_shape(builder, input);
    b = skel_builder_shape(builder, other);
    return add_pair(builder, &op, other, "add", a.channels == b.channels && same_image(a, b), a);
}

size_t skel_builder_mul(skel_builder *builder, size_t input, size_t other)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_MUL, "", input);
    skel_tensor a;
    skel_tensor b;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    a = skel_builder_shape(builder, input);
    b = skel_builder_shape(builder, other);
    return add_pair(
        builder, &op, other, "multiply",
        a.channels == b.channels && (same_image(a, b) || (b.height == 1 && b.width == 1)), a);
}

size_t skel_builder_concat(skel_builder *builder, size_t input, size_t other)
{
    skel_op op = skel_builder_plain_op(SKEL_OP_CONCAT, "", input);
    skel_tensor a;
    skel_tensor b;

    if (builder->status != SKEL_OK) {
        return 0;
    }
    a = skel_builder_shape(builder, input);
    b = skel_builder_shape(builder, other);
    return add_pair(builder, &op, other, "concatenate", same_image(a, b),
                    (skel_tensor){a.channels + b.channels, a.height, a.width});
}

size_t skel_builder_pool(skel_builder *builder, skel_op_kind kind, size_t input, size_t kernel,
                         size_t stride)
{
    skel_window window = skel_window_square(kernel, stride, 0);

    return skel_builder_padded_pool(builder, kind, input, &window, false);
}

/* Whether some position of a window along one dimension has no pixel of the image. */
static bool lies_in_padding(const skel_window *w, size_t dimension, size_t in, size_t out)
{
    return w->before[dimension] >= w->kernel[dimension] ||
           (out - 1) * w->stride[dimension] >= in + w->before[dimension];
}

size_t skel_builder_padded_pool(skel_builder *builder, skel_op_kind kind, size_t input,
                                const skel_window *window, bool counts_padding)
{
    skel_op op = skel_builder_plain_op(kind, "", input);
    skel_tensor in;
    skel_tensor out;

    SKEL_ASSERT(kind == SKEL_OP_MAXPOOL || kind == SKEL_OP_AVGPOOL);
    SKEL_ASSERT(window->dilation[0] == 1 && window->dilation[1] == 1);
    if (builder->status != SKEL_OK) {
        return 0;
    }
    op.window = *window;
    op.counts_padding = counts_padding;
    in = skel_builder_shape(builder, input);
    out = skel_builder_slide(builder, &op, in.channels);
    if (builder->status == SKEL_OK && (lies_in_padding(window, 0, in.height, out.height) ||
                                       lies_in_padding(window, 1, in.width, out.width))) {
        builder->status =
            SKEL_FAIL(SKEL_ERR_CONFIG, "%s: a pooling window of %zux%zu lies in the padding alone",
                      builder->network->name, window->kernel[0], window->kernel[1]);
    }
    if (builder->status == SKEL_OK && kind == SKEL_OP_MAXPOOL &&
        window->kernel[0] * window->kernel[1] > UINT16_MAX) {
        builder->status = SKEL_FAIL(
            SKEL_ERR_CONFIG, "%s: a max-pool of %zux%zu pixels: the engines number at most %d",
            builder->network->name, window->kernel[0], window->kernel[1], UINT16_MAX);
    }
    return builder->status == SKEL_OK ? skel_builder_add_op(builder, &op, out) : 0;
}

size_t skel_builder_pool_all(skel_builder *builder, size_t input)
{
    skel_window window = {.dilation = {1, 1}};

    if (builder->status == SKEL_OK) {
        skel_tensor in = skel_builder_shape(builder, input);

        window.kernel[0] = window.stride[0] = in.height;
        window.kernel[1] = window.stride[1] = in.width;
    }
    return skel_builder_padded_pool(builder, SKEL_OP_AVGPOOL, input, &window, false);
}
