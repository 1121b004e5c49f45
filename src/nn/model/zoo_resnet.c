/* Residual networks for small images.
 *
 * Stem: 3x3 convolution of stride 1, batch norm, ReLU, no max-pool. Stages of width, 2 width,
 * 4 width (and 8 width) channels, times 4 after a bottleneck block; each stage but the first halves
 * the image. Shortcuts that change the shape are a 1x1 convolution and a batch norm (option B).
 * Global average pool, one linear layer. resnet20 to resnet110 have three stages and width 16,
 * resnet18 to resnet152 four stages and width 64.
 * Names, order and the bottleneck's stride on the 3x3 are torchvision's (its models/resnet.py).
 * Source: He et al. 2016, section 4.2 for CIFAR, table 1 for the others. */
#include "zoo.h"

#include <stdio.h>

enum { EXPANSION = 4 };

typedef struct block_place {
    size_t stage;  /* from 1, as in "layer1" */
    size_t number; /* from 0 */
    size_t planes; /* channels of the 3x3 convolutions */
    size_t stride;
} block_place;

/* A block's module name: "layer2.0.conv1". */
static const char *module(char out[SKEL_NAME], const block_place *place, const char *member)
{
    (void)snprintf(out, SKEL_NAME, "layer%zu.%zu.%s", place->stage, place->number, member);
    return out;
}

/* The shortcut: the block's input, projected if its shape differs from the output's. */
static size_t shortcut(skel_builder *builder, size_t x, const block_place *place, size_t channels)
{
    char name[SKEL_NAME];

    if (builder->status != SKEL_OK ||
        (place->stride == 1 && builder->network->tensor[x].channels == channels)) {
        return x;
    }
    x = skel_builder_conv(builder, x, module(name, place, "downsample.0"), channels, 1,
                          place->stride, 0, false);
    return skel_builder_norm(builder, x, module(name, place, "downsample.1"));
}

/* Two 3x3 convolutions. */
static size_t basic_block(skel_builder *builder, size_t input, const block_place *place)
{
    char name[SKEL_NAME];
    size_t x = input;

    x = skel_builder_conv(builder, x, module(name, place, "conv1"), place->planes, 3, place->stride,
                          1, false);
    x = skel_builder_norm(builder, x, module(name, place, "bn1"));
    x = skel_builder_relu(builder, x);
    x = skel_builder_conv(builder, x, module(name, place, "conv2"), place->planes, 3, 1, 1, false);
    x = skel_builder_norm(builder, x, module(name, place, "bn2"));
    x = skel_builder_add(builder, x, shortcut(builder, input, place, place->planes));
    return skel_builder_relu(builder, x);
}

/* 1x1 to fewer channels, 3x3, 1x1 to more. */
static size_t bottleneck_block(skel_builder *builder, size_t input, const block_place *place)
{
    char name[SKEL_NAME];
    size_t channels = place->planes * EXPANSION;
    size_t x = input;

    x = skel_builder_conv(builder, x, module(name, place, "conv1"), place->planes, 1, 1, 0, false);
    x = skel_builder_norm(builder, x, module(name, place, "bn1"));
    x = skel_builder_relu(builder, x);
    x = skel_builder_conv(builder, x, module(name, place, "conv2"), place->planes, 3, place->stride,
                          1, false);
    x = skel_builder_norm(builder, x, module(name, place, "bn2"));
    x = skel_builder_relu(builder, x);
    x = skel_builder_conv(builder, x, module(name, place, "conv3"), channels, 1, 1, 0, false);
    x = skel_builder_norm(builder, x, module(name, place, "bn3"));
    x = skel_builder_add(builder, x, shortcut(builder, input, place, channels));
    return skel_builder_relu(builder, x);
}

static void build(skel_builder *builder, const skel_zoo_model *model,
                  size_t (*block)(skel_builder *, size_t, const block_place *))
{
    size_t width = builder->network->width;
    size_t x = 0;

    x = skel_builder_conv(builder, x, "conv1", width, 3, 1, 1, false);
    x = skel_builder_norm(builder, x, "bn1");
    x = skel_builder_relu(builder, x);
    for (size_t stage = 0; stage < SKEL_ZOO_STAGES; stage++) {
        for (size_t i = 0; i < model->blocks[stage]; i++) {
            block_place place = {.stage = stage + 1,
                                 .number = i,
                                 .planes = width << stage,
                                 .stride = stage > 0 && i == 0 ? 2 : 1};

            x = block(builder, x, &place);
        }
    }
    if (builder->status == SKEL_OK) {
        size_t side = builder->network->tensor[x].height;

        x = skel_builder_pool(builder, SKEL_OP_AVGPOOL, x, side, side);
    }
    (void)skel_builder_linear(builder, x, "fc", builder->network->classes, true);
}

static void build_basic(skel_builder *builder, const skel_zoo_model *model)
{
    build(builder, model, basic_block);
}

static void build_bottleneck(skel_builder *builder, const skel_zoo_model *model)
{
    build(builder, model, bottleneck_block);
}

/* Three halvings without a remainder; larger images would want the ImageNet stem. */
static bool accepts(skel_tensor input)
{
    return input.height == input.width && input.height % 8 == 0 && input.height >= 16 &&
           input.height <= 128;
}

static const skel_zoo_images images = {
    "square images whose side is a multiple of 8, from 16 to 128", {3, 32, 32}, accepts};

const skel_zoo_family skel_zoo_resnet_basic = {&images, .width_step = 1, .build = build_basic};
const skel_zoo_family skel_zoo_resnet_bottleneck = {&images, .width_step = 1,
                                                    .build = build_bottleneck};
