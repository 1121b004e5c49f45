/* LeNet-300-100, a smaller network like it, and LeNet-5, on images of 28x28, with biases.
 *
 * lenet-300-100: fc1 300, ReLU, fc2 100, ReLU, fc3 classes. The width scales both hidden layers,
 * 3 : 1. lenet-40-20: the same with 40 and 20, 2 : 1, on which whole second-order matrices are
 * compared with approximations (Singh and Alistarh 2020, the experiments on MNIST). lenet-5: conv1
 * 20 of 5x5, ReLU, max-pool 2, conv2 50 of 5x5, ReLU, max-pool 2, fc1 500, ReLU, fc2 classes. The
 * width scales all three, 20 : 50 : 500. lenet-5-caffe: the same without ReLU after the
 * convolutions, as in Caffe's example and in the code of SNIP's authors. Source: LeCun et al. 1998
 * in the 20-50-500 form that pruning papers share (SNIP's experiments).
 */
#include "zoo.h"

static bool is_28(skel_tensor input)
{
    return input.height == 28 && input.width == 28;
}

static void build_linear(skel_builder *builder, size_t second)
{
    size_t x = 0;

    x = skel_builder_linear(builder, x, "fc1", builder->network->width, true);
    x = skel_builder_relu(builder, x);
    x = skel_builder_linear(builder, x, "fc2", second, true);
    x = skel_builder_relu(builder, x);
    (void)skel_builder_linear(builder, x, "fc3", builder->network->classes, true);
}

static void build_300_100(skel_builder *builder, const skel_zoo_model *model)
{
    (void)model;
    build_linear(builder, builder->network->width / 3);
}

static void build_40_20(skel_builder *builder, const skel_zoo_model *model)
{
    (void)model;
    build_linear(builder, builder->network->width / 2);
}

static size_t add_stage(skel_builder *builder, size_t x, const char *name, size_t channels,
                        bool rectified)
{
    x = skel_builder_conv(builder, x, name, channels, 5, 1, 0, true);
    if (rectified) {
        x = skel_builder_relu(builder, x);
    }
    return skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
}

static void build_any_5(skel_builder *builder, bool rectified)
{
    size_t width = builder->network->width;
    size_t x = 0;

    x = add_stage(builder, x, "conv1", width, rectified);
    x = add_stage(builder, x, "conv2", width / 2 * 5, rectified);
    x = skel_builder_linear(builder, x, "fc1", width * 25, true);
    x = skel_builder_relu(builder, x);
    (void)skel_builder_linear(builder, x, "fc2", builder->network->classes, true);
}

static void build_5(skel_builder *builder, const skel_zoo_model *model)
{
    (void)model;
    build_any_5(builder, true);
}

static void build_5_caffe(skel_builder *builder, const skel_zoo_model *model)
{
    (void)model;
    build_any_5(builder, false);
}

static const skel_zoo_images images = {"images of 28x28 pixels", {1, 28, 28}, is_28};

const skel_zoo_family skel_zoo_lenet_300_100 = {&images, .width_step = 3, .build = build_300_100};
const skel_zoo_family skel_zoo_lenet_40_20 = {&images, .width_step = 2, .build = build_40_20};
const skel_zoo_family skel_zoo_lenet_5 = {&images, .width_step = 2, .build = build_5};
const skel_zoo_family skel_zoo_lenet_5_caffe = {&images, .width_step = 2, .build = build_5_caffe};
