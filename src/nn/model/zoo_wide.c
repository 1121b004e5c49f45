/* Wide residual networks for small images, with batch norm and ReLU before each convolution.
 *
 * wide-resnet-D-K has (D - 4) / 6 blocks in each of three stages of 16 K, 32 K and 64 K channels
 * behind a stem of 16. A block is batch norm, ReLU, 3x3, batch norm, ReLU, 3x3, and is added to its
 * input; where the shape changes, a 1x1 convolution of the first ReLU's output is added instead. At
 * the end batch norm, ReLU, global average pool, one linear layer. The width is that of the first
 * stage. Names are those of torchvision's residual networks.
 * Source: Zagoruyko and Komodakis 2016, table 1 and section 2, without dropout. */
#include "zoo.h"

#include <stdio.h>

/* A block's module name: "layer2.0.conv1". */
static const char *module(char out[SKEL_NAME], size_t stage, size_t number, const char *member)
{
    (void)snprintf(out, SKEL_NAME, "layer%zu.%zu.%s", stage + 1, number, member);
    return out;
}

static size_t add_block(skel_builder *builder, size_t input, size_t stage, size_t number)
{
    size_t channels = builder->network->width << stage;
    size_t stride = stage > 0 && number == 0 ? 2 : 1;
    char name[SKEL_NAME];
    size_t sum = input;
    size_t first = 0;
    size_t x = 0;

    first = skel_builder_norm(builder, input, module(name, stage, number, "bn1"));
    first = skel_builder_relu(builder, first);
    x = skel_builder_conv(builder, first, module(name, stage, number, "conv1"), channels, 3, stride,
                          1, false);
    x = skel_builder_norm(builder, x, module(name, stage, number, "bn2"));
    x = skel_builder_relu(builder, x);
    x = skel_builder_conv(builder, x, module(name, stage, number, "conv2"), channels, 3, 1, 1,
                          false);
    if (builder->status == SKEL_OK &&
        (stride > 1 || builder->network->tensor[input].channels != channels)) {
        sum = skel_builder_conv(builder, first, module(name, stage, number, "downsample.0"),
                                channels, 1, stride, 0, false);
    }
    return skel_builder_add(builder, x, sum);
}

static void build(skel_builder *builder, const skel_zoo_model *model)
{
    size_t x = 0;

    x = skel_builder_conv(builder, x, "conv1", builder->network->width / model->family->width_step,
                          3, 1, 1, false);
    for (size_t stage = 0; stage < SKEL_ZOO_STAGES; stage++) {
        for (size_t i = 0; i < model->blocks[stage]; i++) {
            x = add_block(builder, x, stage, i);
        }
    }
    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn1"));
    x = skel_builder_pool_all(builder, x);
    (void)skel_builder_linear(builder, x, "fc", builder->network->classes, true);
}

static bool accepts(skel_tensor input)
{
    return input.height % 4 == 0 && input.width % 4 == 0 && input.height >= 8 && input.width >= 8;
}

static const skel_zoo_images images = {
    "images whose sides are multiples of 4, at least 8", {3, 32, 32}, accepts};

/* The step of the width is K, so that the stem has at least one channel. */
const skel_zoo_family skel_zoo_wide_resnet_2 = {&images, .width_step = 2, .build = build};
const skel_zoo_family skel_zoo_wide_resnet_8 = {&images, .width_step = 8, .build = build};
