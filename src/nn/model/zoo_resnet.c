/* Residual networks, for small images and for ImageNet.
 *
 * Stem: 3x3 convolution of stride 1, batch norm, ReLU, no max-pool; with the name's "-imagenet" 7x7
 * of stride 2, batch norm, ReLU, max-pool of 3 with stride 2 and padding 1. Stages of width, 2
 * width, 4 width (and 8 width) channels, times 4 after a bottleneck block; each stage but the first
 * halves the image. Shortcuts that change the shape are a 1x1 convolution and a batch norm (option
 * B). Global average pool, one linear layer. resnet20 to resnet110 have three stages and width 16,
 * resnet18 to resnet152 four stages and width 64.
 * resnet18-imagenet to resnet152-imagenet are torchvision's networks. Names, order and the
 * bottleneck's stride on the 3x3 are torchvision's (its models/resnet.py). Source: He et al. 2016,
 * section 4.2 for CIFAR, table 1 for the others. */
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

static size_t small_stem(skel_builder *builder)
{
    size_t x = skel_builder_conv(builder, 0, "conv1", builder->network->width, 3, 1, 1, false);

    return skel_builder_relu(builder, skel_builder_norm(builder, x, "bn1"));
}

static size_t imagenet_stem(skel_builder *builder)
{
    const skel_window window = skel_window_square(3, 2, 1);
    size_t x = skel_builder_conv(builder, 0, "conv1", builder->network->width, 7, 2, 3, false);

    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn1"));
    return skel_builder_padded_pool(builder, SKEL_OP_MAXPOOL, x, &window, false);
}

/* All behind the stem, whose output is `x`. */
static void build(skel_builder *builder, const skel_zoo_model *model, size_t x,
                  size_t (*block)(skel_builder *, size_t, const block_place *))
{
    size_t width = builder->network->width;

    for (size_t stage = 0; stage < SKEL_ZOO_STAGES; stage++) {
        for (size_t i = 0; i < model->blocks[stage]; i++) {
            block_place place = {.stage = stage + 1,
                                 .number = i,
                                 .planes = width << stage,
                                 .stride = stage > 0 && i == 0 ? 2 : 1};

            x = block(builder, x, &place);
        }
    }
    x = skel_builder_pool_all(builder, x);
    (void)skel_builder_linear(builder, x, "fc", builder->network->classes, true);
}

static void build_basic(skel_builder *builder, const skel_zoo_model *model)
{
    build(builder, model, small_stem(builder), basic_block);
}

static void build_basic_imagenet(skel_builder *builder, const skel_zoo_model *model)
{
    build(builder, model, imagenet_stem(builder), basic_block);
}

static void build_bottleneck(skel_builder *builder, const skel_zoo_model *model)
{
    build(builder, model, small_stem(builder), bottleneck_block);
}

static void build_bottleneck_imagenet(skel_builder *builder, const skel_zoo_model *model)
{
    build(builder, model, imagenet_stem(builder), bottleneck_block);
}

/* Three halvings without a remainder. */
static bool accepts(skel_tensor input)
{
    return input.height % 8 == 0 && input.width % 8 == 0 && input.height >= 16 && input.width >= 16;
}

/* Five halvings, rounded up. */
static bool accepts_large(skel_tensor input)
{
    return input.height >= 32 && input.width >= 32;
}

static const skel_zoo_images images = {
    "images whose sides are multiples of 8, at least 16", {3, 32, 32}, accepts};
static const skel_zoo_images large = {
    "images of at least 32x32 pixels", {3, 224, 224}, accepts_large};

const skel_zoo_family skel_zoo_resnet_basic = {&images, .width_step = 1, .build = build_basic};
const skel_zoo_family skel_zoo_resnet_bottleneck = {&images, .width_step = 1,
                                                    .build = build_bottleneck};
const skel_zoo_family skel_zoo_resnet_basic_imagenet = {&large, .width_step = 1,
                                                        .build = build_basic_imagenet};
const skel_zoo_family skel_zoo_resnet_bottleneck_imagenet = {&large, .width_step = 1,
                                                             .build = build_bottleneck_imagenet};
