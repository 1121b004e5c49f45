/* MobileNets: depthwise convolutions, each with a 1x1 convolution behind it.
 *
 * The width is that of the stem, 32; all channels scale with it. Images are halved five times.
 * mobilenet-v1: a 3x3 stem of stride 2, 13 pairs of a depthwise 3x3 and a 1x1 convolution, each of
 * the two with batch norm and ReLU, global average pool, one linear layer. No definition of it is
 * in torchvision: "features.N.0" is a depthwise convolution, "features.N.3" the one behind it.
 * mobilenet-v2: a 3x3 stem of stride 2, 17 inverted residuals (1x1 to 6 times the channels but in
 * the first, depthwise 3x3, 1x1 to the block's channels; batch norm behind each, ReLU6 behind the
 * first two; added to the input if it has the same shape), a 1x1 to 40 times the width, global
 * average pool, one linear layer. Names are those of MobileNetV2 in torchvision. Its dropout
 * before the linear layer is left out.
 * Source: Howard et al. 2017, table 1; Sandler et al. 2018, table 2. */
#include "zoo.h"

#include <stdio.h>

/* A module's name: "features.3." "conv.0.0". */
static const char *module(char out[SKEL_NAME], size_t number, const char *member)
{
    (void)snprintf(out, SKEL_NAME, "features.%zu.%s", number, member);
    return out;
}

static size_t channels_of(const skel_builder *builder, size_t x)
{
    return builder->status == SKEL_OK ? builder->network->tensor[x].channels : 1;
}

/* A depthwise 3x3 convolution. */
static size_t depthwise(skel_builder *builder, size_t x, const char *name, size_t stride)
{
    const skel_window window = skel_window_square(3, stride, 1);
    size_t channels = channels_of(builder, x);

    return skel_builder_grouped_conv(builder, x, name, channels, &window, channels, false);
}

static void build_v1(skel_builder *builder, const skel_zoo_model *model)
{
    static const struct {
        size_t ratio; /* to the width */
        size_t stride;
    } pairs[] = {{2, 1},  {4, 2},  {4, 1},  {8, 2},  {8, 1},  {16, 2}, {16, 1},
                 {16, 1}, {16, 1}, {16, 1}, {16, 1}, {32, 2}, {32, 1}};
    size_t width = builder->network->width;
    char name[SKEL_NAME];
    size_t x = 0;

    (void)model;
    x = skel_builder_conv(builder, x, "features.0.0", width, 3, 2, 1, false);
    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "features.0.1"));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        x = depthwise(builder, x, module(name, i + 1, "0"), pairs[i].stride);
        x = skel_builder_norm(builder, x, module(name, i + 1, "1"));
        x = skel_builder_relu(builder, x);
        x = skel_builder_conv(builder, x, module(name, i + 1, "3"), width * pairs[i].ratio, 1, 1, 0,
                              false);
        x = skel_builder_norm(builder, x, module(name, i + 1, "4"));
        x = skel_builder_relu(builder, x);
    }
    x = skel_builder_pool_all(builder, x);
    (void)skel_builder_linear(builder, x, "classifier", builder->network->classes, true);
}

static size_t relu6(skel_builder *builder, size_t x)
{
    return skel_builder_clip(builder, x, 0, 6);
}

/* An inverted residual with `channels` outputs, `factor` times wider inside. */
static size_t add_inverted(skel_builder *builder, size_t input, size_t number, size_t factor,
                           size_t channels, size_t stride)
{
    bool expands = factor > 1;
    size_t wide = channels_of(builder, input) * factor;
    char name[SKEL_NAME];
    size_t x = input;

    if (expands) {
        x = skel_builder_conv(builder, x, module(name, number, "conv.0.0"), wide, 1, 1, 0, false);
        x = skel_builder_norm(builder, x, module(name, number, "conv.0.1"));
        x = relu6(builder, x);
    }
    x = depthwise(builder, x, module(name, number, expands ? "conv.1.0" : "conv.0.0"), stride);
    x = skel_builder_norm(builder, x, module(name, number, expands ? "conv.1.1" : "conv.0.1"));
    x = relu6(builder, x);
    x = skel_builder_conv(builder, x, module(name, number, expands ? "conv.2" : "conv.1"), channels,
                          1, 1, 0, false);
    x = skel_builder_norm(builder, x, module(name, number, expands ? "conv.3" : "conv.2"));
    return stride == 1 && channels_of(builder, input) == channels
               ? skel_builder_add(builder, x, input)
               : x;
}

static void build_v2(skel_builder *builder, const skel_zoo_model *model)
{
    static const struct {
        size_t factor;
        size_t quarters; /* of the width */
        size_t blocks;
        size_t stride; /* of the first block */
    } stages[] = {{1, 2, 1, 1},  {6, 3, 2, 2},  {6, 4, 3, 2}, {6, 8, 4, 2},
                  {6, 12, 3, 1}, {6, 20, 3, 2}, {6, 40, 1, 1}};
    size_t width = builder->network->width;
    size_t number = 1;
    char name[SKEL_NAME];
    size_t x = 0;

    (void)model;
    x = skel_builder_conv(builder, x, "features.0.0", width, 3, 2, 1, false);
    x = relu6(builder, skel_builder_norm(builder, x, "features.0.1"));
    for (size_t stage = 0; stage < sizeof stages / sizeof *stages; stage++) {
        for (size_t i = 0; i < stages[stage].blocks; i++) {
            x = add_inverted(builder, x, number++, stages[stage].factor,
                             width / 4 * stages[stage].quarters, i == 0 ? stages[stage].stride : 1);
        }
    }
    x = skel_builder_conv(builder, x, module(name, number, "0"), width * 40, 1, 1, 0, false);
    x = skel_builder_norm(builder, x, module(name, number, "1"));
    x = skel_builder_pool_all(builder, relu6(builder, x));
    (void)skel_builder_linear(builder, x, "classifier.1", builder->network->classes, true);
}

static bool accepts(skel_tensor input)
{
    return input.height % 32 == 0 && input.width % 32 == 0;
}

static const skel_zoo_images images = {
    "images whose sides are multiples of 32", {3, 224, 224}, accepts};

const skel_zoo_family skel_zoo_mobilenet_v1 = {&images, .width_step = 1, .build = build_v1};
const skel_zoo_family skel_zoo_mobilenet_v2 = {&images, .width_step = 4, .build = build_v2};
