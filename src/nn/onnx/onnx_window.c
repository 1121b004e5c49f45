/* Windows that slide over images, and pooling. */
#include "onnx_window.h"

#include "onnx_attributes.h"
#include "onnx_shapes.h"

#include <string.h>

enum { WIDEST = 65536 }; /* kernel, stride, dilation and padding, pixels */

/* One kind of numbers of a window, `count` of them, each from `least` to WIDEST. */
static skel_status read_sides(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                              const char *name, size_t count, int64_t least, int64_t out[])
{
    if (!skel_onnx_attributes_integers(node, name, count, out)) {
        return skel_onnx_reading_refuse(reading,
                                        "its attribute %s should have %zu numbers: windows over "
                                        "images of two dimensions are read",
                                        name, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (out[i] < least || out[i] > WIDEST) {
            return skel_onnx_reading_refuse(reading,
                                            "number %zu of its attribute %s is %lld, expected is "
                                            "%lld to %d",
                                            i, name, (long long)out[i], (long long)least, WIDEST);
        }
    }
    return SKEL_OK;
}

/* Pixels from the first to the last tap of a window. */
static size_t reach_of(const skel_window *window, size_t d)
{
    return (window->kernel[d] - 1) * window->dilation[d] + 1;
}

/* auto_pad: SAME_* pads so that the output has in / stride pixels, rounded up; VALID does not pad.
 */
static skel_status pad_automatically(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                                     const size_t in[2], skel_window *window)
{
    bool upper = skel_onnx_attributes_is(node, "auto_pad", "SAME_UPPER");
    bool lower = skel_onnx_attributes_is(node, "auto_pad", "SAME_LOWER");

    if (skel_onnx_attributes_find(node, "auto_pad") == NULL ||
        skel_onnx_attributes_is(node, "auto_pad", "NOTSET")) {
        return SKEL_OK;
    }
    if (!upper && !lower && !skel_onnx_attributes_is(node, "auto_pad", "VALID")) {
        return skel_onnx_reading_refuse(reading, "its auto_pad is none of NOTSET, VALID, "
                                                 "SAME_UPPER, SAME_LOWER");
    }
    for (size_t d = 0; d < 2; d++) {
        size_t out = (in[d] + window->stride[d] - 1) / window->stride[d];
        size_t wanted = (out - 1) * window->stride[d] + reach_of(window, d);
        size_t padding = (upper || lower) && wanted > in[d] ? wanted - in[d] : 0;

        window->before[d] = upper ? padding / 2 : padding - padding / 2;
        window->after[d] = padding - window->before[d];
    }
    return SKEL_OK;
}

/* ceil_mode: a last window that is not full counts, if it begins on the image or its padding
 * before. The padding after grows by what is missing; a pool takes nothing from there. */
static bool extend(const size_t in[2], skel_window *window)
{
    bool extended = false;

    for (size_t d = 0; d < 2; d++) {
        size_t padded = in[d] + window->before[d] + window->after[d];
        size_t reach = reach_of(window, d);
        size_t left = padded > reach ? (padded - reach) % window->stride[d] : 0;
        size_t start =
            padded > reach ? ((padded - reach) / window->stride[d] + 1) * window->stride[d] : 0;

        if (left > 0 && start < in[d] + window->before[d]) {
            window->after[d] += window->stride[d] - left;
            extended = true;
        }
    }
    return extended;
}

/* The zeros that a node before put around the image: for the window they are the image's. */
static void add_padding(const skel_onnx_value *input, skel_window *window)
{
    for (size_t d = 0; d < 2; d++) {
        window->before[d] += input->pad[d];
        window->after[d] += input->pad[d + 2];
    }
}

skel_status skel_onnx_window_read(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                                  skel_tensor image, const size_t kernel[], skel_window *out,
                                  bool *extended)
{
    const skel_onnx_value *input = skel_onnx_reading_input(reading, 0);
    const size_t in[2] = {image.height + input->pad[0] + input->pad[2],
                          image.width + input->pad[1] + input->pad[3]}; /* that the node sees */
    int64_t taps[2] = {0, 0};
    int64_t strides[2] = {1, 1};
    int64_t dilations[2] = {1, 1};
    int64_t pads[4] = {0, 0, 0, 0}; /* top, left, bottom, right */
    bool ceiling = skel_onnx_attributes_integer(node, "ceil_mode", 0) != 0;
    skel_status status = SKEL_OK;

    if (kernel != NULL) {
        taps[0] = (int64_t)kernel[0];
        taps[1] = (int64_t)kernel[1];
    }
    SKEL_TRY(read_sides(reading, node, "kernel_shape", 2, 1, taps));
    SKEL_TRY(read_sides(reading, node, "strides", 2, 1, strides));
    SKEL_TRY(read_sides(reading, node, "dilations", 2, 1, dilations));
    SKEL_TRY(read_sides(reading, node, "pads", 4, 0, pads));
    if (kernel != NULL && (taps[0] != (int64_t)kernel[0] || taps[1] != (int64_t)kernel[1])) {
        SKEL_TRY(skel_onnx_reading_refuse(reading,
                                          "its kernel_shape is %lld x %lld, its weights have "
                                          "%zu x %zu",
                                          (long long)taps[0], (long long)taps[1], kernel[0],
                                          kernel[1]));
    }
    for (size_t d = 0; d < 2; d++) {
        out->kernel[d] = (size_t)taps[d];
        out->stride[d] = (size_t)strides[d];
        out->dilation[d] = (size_t)dilations[d];
        out->before[d] = (size_t)pads[d];
        out->after[d] = (size_t)pads[d + 2];
    }
    SKEL_TRY(pad_automatically(reading, node, in, out));
    if (extended != NULL) {
        *extended = ceiling && extend(in, out);
    }
    add_padding(input, out);
done:
    return status;
}

/* Before and after each of the four dimensions: an input since opset 11, an attribute before. */
static bool read_pads(const skel_onnx_reading *reading, const Onnx__NodeProto *node,
                      int64_t pads[SKEL_ONNX_NUMBERS])
{
    size_t count = 0;

    if (skel_onnx_attributes_find(node, "pads") != NULL) {
        return skel_onnx_attributes_integers(node, "pads", SKEL_ONNX_NUMBERS, pads);
    }
    return skel_onnx_shapes_numbers(reading, 1, &count, pads) && count == SKEL_ONNX_NUMBERS;
}

/* Whether the padding is zeros. */
static bool pads_zeros(const skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    const skel_onnx_value *fill = skel_onnx_reading_input(reading, 2);
    float value = 0;

    if (skel_onnx_attributes_find(node, "mode") != NULL &&
        !skel_onnx_attributes_is(node, "mode", "constant")) {
        return false;
    }
    if (fill == NULL) {
        return skel_onnx_attributes_real(node, "value", 0) == 0;
    }
    return fill->kind == SKEL_ONNX_CONSTANT && fill->constant.count == 1 &&
           skel_onnx_tensor_is_float(&fill->constant) &&
           skel_onnx_tensor_floats(reading->origin, fill->name, &fill->constant, &value) ==
               SKEL_OK &&
           value == 0;
}

skel_status skel_onnx_window_pad(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t pads[SKEL_ONNX_NUMBERS] = {0};
    size_t pad[4] = {0}; /* top, left, bottom, right */
    skel_onnx_value *input = NULL;
    bool sound = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, true, &input, NULL));
    sound = read_pads(reading, node, pads) && pads_zeros(reading, node);
    for (size_t i = 0; i < SKEL_ONNX_NUMBERS; i++) {
        sound = sound && pads[i] >= 0 && pads[i] <= (i % 4 < 2 ? 0 : WIDEST);
    }
    if (!sound) {
        SKEL_TRY(skel_onnx_reading_refuse(
            reading, "only zeros around the images are read, for a Conv or an AveragePool that "
                     "follows"));
    }
    for (size_t i = 0; i < 4; i++) {
        pad[i] = (size_t)pads[i < 2 ? i + 2 : i + 4];
    }
    SKEL_TRY(skel_onnx_reading_put_padded(reading, input->tensor, pad));
done:
    return status;
}

/* Whether a window has padding beside what a node before put around the image. */
static bool pads_itself(const skel_onnx_value *input, const skel_window *window)
{
    return window->before[0] > input->pad[0] || window->before[1] > input->pad[1] ||
           window->after[0] > input->pad[2] || window->after[1] > input->pad[3];
}

static skel_status add_pool(skel_onnx_reading *reading, const Onnx__NodeProto *node,
                            skel_op_kind kind)
{
    bool counts = skel_onnx_attributes_integer(node, "count_include_pad", 0) != 0;
    skel_onnx_value *input = NULL;
    skel_tensor in;
    skel_window window;
    bool extended = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onnx_reading_activation(reading, 0, true, &input, &in));
    SKEL_TRY(skel_onnx_window_read(reading, node, in, NULL, &window, &extended));
    if (input->padded && !counts && !extended && pads_itself(input, &window)) {
        SKEL_TRY(skel_onnx_reading_refuse(
            reading, "its padding does not count in the mean, that of the Pad before it does; "
                     "both together are not read"));
    }
    counts = counts || input->padded;
    if (window.dilation[0] != 1 || window.dilation[1] != 1 || (extended && counts)) {
        SKEL_TRY(skel_onnx_reading_refuse(
            reading, extended ? "ceil_mode together with count_include_pad is not "
                                "read, where the last window is not full"
                              : "dilated pooling is not read"));
    }
    SKEL_TRY(skel_onnx_reading_put(
        reading, skel_builder_padded_pool(&reading->builder, kind, input->tensor, &window, counts),
        false));
done:
    return status;
}

skel_status skel_onnx_window_max_pool(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    return add_pool(reading, node, SKEL_OP_MAXPOOL);
}

skel_status skel_onnx_window_average_pool(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    return add_pool(reading, node, SKEL_OP_AVGPOOL);
}

/* Adds the mean over all pixels of each channel. */
static skel_status add_global_mean(skel_onnx_reading *reading, bool flat)
{
    skel_onnx_value *input = NULL;
    skel_tensor in;
    skel_window window;
    skel_status status = skel_onnx_reading_activation(reading, 0, true, &input, &in);

    if (status != SKEL_OK) {
        return status;
    }
    window = (skel_window){
        .kernel = {in.height, in.width}, .stride = {in.height, in.width}, .dilation = {1, 1}};
    return skel_onnx_reading_put(
        reading,
        skel_builder_padded_pool(&reading->builder, SKEL_OP_AVGPOOL, input->tensor, &window, false),
        flat);
}

skel_status skel_onnx_window_global_average_pool(skel_onnx_reading *reading,
                                                 const Onnx__NodeProto *node)
{
    (void)node;
    return add_global_mean(reading, false);
}

/* x.mean([2, 3]) of PyTorch: the axes are an attribute, since opset 18 an input. */
skel_status skel_onnx_window_mean(skel_onnx_reading *reading, const Onnx__NodeProto *node)
{
    int64_t axes[SKEL_ONNX_NUMBERS] = {0};
    const Onnx__AttributeProto *attribute = skel_onnx_attributes_find(node, "axes");
    size_t count = 0;

    if (attribute != NULL && attribute->n_ints == 2) {
        count = 2;
        memcpy(axes, attribute->ints, count * sizeof *axes);
    } else if (attribute == NULL && !skel_onnx_shapes_numbers(reading, 1, &count, axes)) {
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        axes[i] += axes[i] < 0 ? 4 : 0;
    }
    if (count != 2 || !((axes[0] == 2 && axes[1] == 3) || (axes[0] == 3 && axes[1] == 2))) {
        return skel_onnx_reading_refuse(
            reading, "only the mean over all pixels is read, over the axes 2 and 3");
    }
    return add_global_mean(reading, skel_onnx_attributes_integer(node, "keepdims", 1) == 0);
}
