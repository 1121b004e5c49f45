/* Small networks: every kind of operation with awkward sizes, and patterns that fusing may break.
 */
#include "small_networks.h"

#include "suite.h"

enum { IMAGE_CHANNELS = 3, CLASSES = 5 };

static void finish(skel_builder *builder, size_t x)
{
    (void)skel_builder_linear(builder, x, "fc", CLASSES, true);
}

static void conv(skel_builder *builder, size_t x, const skel_small *small)
{
    finish(builder, skel_builder_conv(builder, x, "conv", small->outputs, small->kernel,
                                      small->stride, small->padding, small->bias));
}

static void norm(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    finish(builder, skel_builder_norm(builder, x, "bn"));
}

static void relu(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    finish(builder, skel_builder_relu(builder, x));
}

static void norm_relu(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    finish(builder, skel_builder_relu(builder, skel_builder_norm(builder, x, "bn")));
}

static void maxpool(skel_builder *builder, size_t x, const skel_small *small)
{
    finish(builder, skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, small->kernel, small->stride));
}

static void avgpool(skel_builder *builder, size_t x, const skel_small *small)
{
    finish(builder, skel_builder_pool(builder, SKEL_OP_AVGPOOL, x, small->kernel, small->stride));
}

/* x + conv(x) */
static void residual(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv", small->channels, 3, 1, 1, false);

    finish(builder, skel_builder_add(builder, y, x));
}

static void twice(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    finish(builder, skel_builder_add(builder, x, x));
}

/* relu(norm(x) + norm(y)), as at the end of a residual block */
static void norm_add_relu(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv", small->channels, 1, 1, 0, false);

    y = skel_builder_norm(builder, y, "bn1");
    x = skel_builder_norm(builder, x, "bn2");
    finish(builder, skel_builder_relu(builder, skel_builder_add(builder, y, x)));
}

/* a batch norm with two readers, one of which is the ReLU that it could be fused with */
static void norm_read_twice(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    x = skel_builder_norm(builder, x, "bn");
    finish(builder, skel_builder_add(builder, skel_builder_relu(builder, x), x));
}

/* a sum with two readers, one of which is a ReLU */
static void sum_read_twice(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv", small->channels, 3, 1, 1, false);
    size_t sum = skel_builder_add(builder, x, y);

    finish(builder, skel_builder_add(builder, skel_builder_relu(builder, sum), sum));
}

/* a ReLU with two readers, a convolution and a sum, and another ReLU behind a ReLU */
static void relu_read_twice(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = 0;

    x = skel_builder_relu(builder, skel_builder_relu(builder, x));
    y = skel_builder_conv(builder, x, "conv", small->channels, 3, 1, 1, true);
    finish(builder, skel_builder_add(builder, skel_builder_relu(builder, y), x));
}

static void norm_after_norm(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    finish(builder, skel_builder_norm(builder, skel_builder_norm(builder, x, "bn1"), "bn2"));
}

/* pooling between batch norms, and a linear layer with a ReLU and no bias */
static void pool_and_linear(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn1"));
    x = skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
    x = skel_builder_norm(builder, x, "bn2");
    x = skel_builder_linear(builder, x, "fc1", 17, false);
    finish(builder, skel_builder_relu(builder, x));
}

static const skel_small smalls[] = {
    {"conv 1x1", conv, 17, 5, 6, 50, 1, 1, 0, false},
    {"conv 1x1 on one channel", conv, 1, 5, 5, 3, 1, 1, 0, true},
    {"conv 1x1, stride 2", conv, 3, 8, 8, 16, 1, 2, 0, false},
    {"conv 1x1, stride 2, odd", conv, 20, 7, 9, 17, 1, 2, 0, true},
    {"conv 3x3", conv, 3, 9, 9, 20, 3, 1, 1, true},
    {"conv 3x3, 16 to 32 channels", conv, 16, 8, 8, 32, 3, 1, 1, false},
    {"conv 3x3, stride 2", conv, 50, 7, 7, 17, 3, 2, 1, false},
    {"conv 3x3, no padding", conv, 20, 8, 5, 3, 3, 1, 0, true},
    {"conv 3x3 on one pixel", conv, 17, 1, 1, 20, 3, 1, 1, false},
    {"conv 5x5", conv, 20, 12, 12, 50, 5, 1, 0, true},
    {"conv 5x5, stride 2", conv, 20, 8, 8, 3, 5, 2, 2, false},
    {"conv 7x7, stride 2", conv, 1, 11, 9, 17, 7, 2, 3, true},
    {"conv 7x7 to one pixel", conv, 3, 7, 7, 1, 7, 1, 0, false},
    {"norm on one channel", norm, 1, 5, 7, 0, 0, 0, 0, false},
    {"norm on 3 channels", norm, 3, 4, 4, 0, 0, 0, 0, false},
    {"norm on 17 channels", norm, 17, 3, 5, 0, 0, 0, 0, false},
    {"norm and relu on 20 channels", norm_relu, 20, 5, 5, 0, 0, 0, 0, false},
    {"norm and relu on 50 channels", norm_relu, 50, 4, 3, 0, 0, 0, 0, false},
    {"relu on 3 channels", relu, 3, 7, 5, 0, 0, 0, 0, false},
    {"relu on 17 channels", relu, 17, 1, 3, 0, 0, 0, 0, false},
    {"maxpool 2", maxpool, 17, 6, 8, 0, 2, 2, 0, false},
    {"maxpool 2, odd", maxpool, 3, 7, 5, 0, 2, 2, 0, false},
    {"maxpool 3, stride 2, overlapping", maxpool, 20, 7, 9, 0, 3, 2, 0, false},
    {"avgpool of all", avgpool, 50, 4, 4, 0, 4, 4, 0, false},
    {"avgpool 2, odd", avgpool, 17, 5, 7, 0, 2, 2, 0, false},
    {"avgpool 3, stride 1", avgpool, 1, 5, 5, 0, 3, 1, 0, false},
    {"residual", residual, 17, 5, 5, 0, 0, 0, 0, false},
    {"x + x", twice, 3, 4, 5, 0, 0, 0, 0, false},
    {"norm, add, relu", norm_add_relu, 20, 5, 5, 0, 0, 0, 0, false},
    {"norm read twice", norm_read_twice, 17, 4, 4, 0, 0, 0, 0, false},
    {"sum read twice", sum_read_twice, 16, 4, 4, 0, 0, 0, 0, false},
    {"relu read twice", relu_read_twice, 20, 4, 4, 0, 0, 0, 0, false},
    {"norm after norm", norm_after_norm, 3, 5, 5, 0, 0, 0, 0, false},
    {"pool and linear", pool_and_linear, 20, 6, 6, 0, 0, 0, 0, false},
};

size_t skel_smalls(void)
{
    return sizeof smalls / sizeof smalls[0];
}

const skel_small *skel_small_get(size_t index)
{
    return &smalls[index];
}

skel_network *skel_small_network(const skel_small *small)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "small", small->channels,
                       (skel_tensor){IMAGE_CHANNELS, small->height, small->width}, CLASSES);
    x = skel_builder_conv(&builder, 0, "before", small->channels, 1, 1, 0, true);
    small->build(&builder, x, small);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}
