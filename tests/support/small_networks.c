/* Small networks: every kind of operation with awkward sizes, and patterns that fusing may break.
 */
#include "small_networks.h"

#include "suite.h"

#include <string.h>

enum { IMAGE_CHANNELS = 3, CLASSES = 5 };

void skel_small_finish(skel_builder *builder, size_t x)
{
    (void)skel_builder_linear(builder, x, "fc", CLASSES, true);
}

static void finish(skel_builder *builder, size_t x)
{
    skel_small_finish(builder, x);
}

static void conv(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t groups = small->groups > 0 ? small->groups : 1;

    finish(builder, skel_builder_grouped_conv(builder, x, "conv", small->outputs, &small->window,
                                              groups, small->bias));
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
    finish(builder, skel_builder_padded_pool(builder, SKEL_OP_MAXPOOL, x, &small->window, false));
}

static void avgpool(skel_builder *builder, size_t x, const skel_small *small)
{
    finish(builder, skel_builder_padded_pool(builder, SKEL_OP_AVGPOOL, x, &small->window, false));
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
    {"conv 1x1", conv, SKEL_SMALL_ON(17, 5, 6), .outputs = 50, SKEL_SMALL_SQUARE(1, 1, 0)},
    {"conv 1x1 on one channel", conv, SKEL_SMALL_ON(1, 5, 5), .outputs = 3,
     SKEL_SMALL_SQUARE(1, 1, 0), .bias = true},
    {"conv 1x1, stride 2", conv, SKEL_SMALL_ON(3, 8, 8), .outputs = 16, SKEL_SMALL_SQUARE(1, 2, 0)},
    {"conv 1x1, stride 2, odd", conv, SKEL_SMALL_ON(20, 7, 9), .outputs = 17,
     SKEL_SMALL_SQUARE(1, 2, 0), .bias = true},
    {"conv 3x3", conv, SKEL_SMALL_ON(3, 9, 9), .outputs = 20, SKEL_SMALL_SQUARE(3, 1, 1),
     .bias = true},
    {"conv 3x3, 16 to 32 channels", conv, SKEL_SMALL_ON(16, 8, 8), .outputs = 32,
     SKEL_SMALL_SQUARE(3, 1, 1)},
    {"conv 3x3, stride 2", conv, SKEL_SMALL_ON(50, 7, 7), .outputs = 17,
     SKEL_SMALL_SQUARE(3, 2, 1)},
    {"conv 3x3, no padding", conv, SKEL_SMALL_ON(20, 8, 5), .outputs = 3,
     SKEL_SMALL_SQUARE(3, 1, 0), .bias = true},
    {"conv 3x3 on one pixel", conv, SKEL_SMALL_ON(17, 1, 1), .outputs = 20,
     SKEL_SMALL_SQUARE(3, 1, 1)},
    {"conv 5x5", conv, SKEL_SMALL_ON(20, 12, 12), .outputs = 50, SKEL_SMALL_SQUARE(5, 1, 0),
     .bias = true},
    {"conv 5x5, stride 2", conv, SKEL_SMALL_ON(20, 8, 8), .outputs = 3, SKEL_SMALL_SQUARE(5, 2, 2)},
    {"conv 7x7, stride 2", conv, SKEL_SMALL_ON(1, 11, 9), .outputs = 17, SKEL_SMALL_SQUARE(7, 2, 3),
     .bias = true},
    {"conv 7x7 to one pixel", conv, SKEL_SMALL_ON(3, 7, 7), .outputs = 1,
     SKEL_SMALL_SQUARE(7, 1, 0)},
    {"norm on one channel", norm, SKEL_SMALL_ON(1, 5, 7)},
    {"norm on 3 channels", norm, SKEL_SMALL_ON(3, 4, 4)},
    {"norm on 17 channels", norm, SKEL_SMALL_ON(17, 3, 5)},
    {"norm and relu on 20 channels", norm_relu, SKEL_SMALL_ON(20, 5, 5)},
    {"norm and relu on 50 channels", norm_relu, SKEL_SMALL_ON(50, 4, 3)},
    {"relu on 3 channels", relu, SKEL_SMALL_ON(3, 7, 5)},
    {"relu on 17 channels", relu, SKEL_SMALL_ON(17, 1, 3)},
    {"maxpool 2", maxpool, SKEL_SMALL_ON(17, 6, 8), SKEL_SMALL_SQUARE(2, 2, 0)},
    {"maxpool 2, odd", maxpool, SKEL_SMALL_ON(3, 7, 5), SKEL_SMALL_SQUARE(2, 2, 0)},
    {"maxpool 3, stride 2, overlapping", maxpool, SKEL_SMALL_ON(20, 7, 9),
     SKEL_SMALL_SQUARE(3, 2, 0)},
    {"avgpool of all", avgpool, SKEL_SMALL_ON(50, 4, 4), SKEL_SMALL_SQUARE(4, 4, 0)},
    {"avgpool 2, odd", avgpool, SKEL_SMALL_ON(17, 5, 7), SKEL_SMALL_SQUARE(2, 2, 0)},
    {"avgpool 3, stride 1", avgpool, SKEL_SMALL_ON(1, 5, 5), SKEL_SMALL_SQUARE(3, 1, 0)},
    {"residual", residual, SKEL_SMALL_ON(17, 5, 5)},
    {"x + x", twice, SKEL_SMALL_ON(3, 4, 5)},
    {"norm, add, relu", norm_add_relu, SKEL_SMALL_ON(20, 5, 5)},
    {"norm read twice", norm_read_twice, SKEL_SMALL_ON(17, 4, 4)},
    {"sum read twice", sum_read_twice, SKEL_SMALL_ON(16, 4, 4)},
    {"relu read twice", relu_read_twice, SKEL_SMALL_ON(20, 4, 4)},
    {"norm after norm", norm_after_norm, SKEL_SMALL_ON(3, 5, 5)},
    {"pool and linear", pool_and_linear, SKEL_SMALL_ON(20, 6, 6)},
};

enum { SMALLS = sizeof smalls / sizeof smalls[0] };

size_t skel_smalls(void)
{
    size_t windows = 0;
    size_t blocks = 0;

    (void)skel_small_windows(&windows);
    (void)skel_small_blocks(&blocks);
    return SMALLS + windows + blocks;
}

const skel_small *skel_small_get(size_t index)
{
    size_t windows = 0;
    size_t blocks = 0;
    const skel_small *window = skel_small_windows(&windows);
    const skel_small *block = skel_small_blocks(&blocks);

    ck_assert_uint_lt(index, SMALLS + windows + blocks);
    if (index < SMALLS) {
        return &smalls[index];
    }
    return index < SMALLS + windows ? &window[index - SMALLS] : &block[index - SMALLS - windows];
}

const skel_small *skel_small_named(const char *name)
{
    for (size_t i = 0; i < skel_smalls(); i++) {
        if (strcmp(skel_small_get(i)->name, name) == 0) {
            return skel_small_get(i);
        }
    }
    ck_abort_msg("no small network is called %s", name);
    return NULL;
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
