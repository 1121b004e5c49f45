/* Small networks around an activation, a product, a concatenation, or a block of them. */
#include "small_networks.h"

static void leaky(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_leaky_relu(builder, x, 0.1));
}

static void norm_leaky(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder,
                      skel_builder_leaky_relu(builder, skel_builder_norm(builder, x, "bn"), 0.25));
}

static void clip(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_clip(builder, x, -0.75, 0.5));
}

/* of pixels that are large enough to meet the upper bound */
static void conv_relu6(skel_builder *builder, size_t x, const skel_small *small)
{
    x = skel_builder_add(builder, x, skel_builder_add(builder, x, x));
    x = skel_builder_conv(builder, x, "conv", small->channels, 3, 1, 1, true);
    skel_small_finish(builder, skel_builder_clip(builder, x, 0, 6));
}

static void norm_relu6(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder,
                      skel_builder_clip(builder, skel_builder_norm(builder, x, "bn"), 0, 6));
}

static void sigmoid(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_sigmoid(builder, x));
}

static void norm_sigmoid(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    x = skel_builder_sigmoid(builder, skel_builder_norm(builder, x, "bn"));
    skel_small_finish(builder, skel_builder_add(builder, skel_builder_sigmoid(builder, x), x));
}

static void swish(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_mul(builder, x, skel_builder_sigmoid(builder, x)));
}

static void norm_swish(skel_builder *builder, size_t x, const skel_small *small)
{
    swish(builder, skel_builder_norm(builder, x, "bn"), small);
}

static void norm_epsilon(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_norm_with(builder, x, "bn", 0.1));
}

static void product(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv", small->channels, 3, 1, 1, false);

    skel_small_finish(builder, skel_builder_mul(builder, y, x));
}

static void square(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_mul(builder, x, x));
}

static size_t pool_all(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_window window = {{small->height, small->width}, {1, 1}, {1, 1}, {0, 0}, {0, 0}};

    return skel_builder_padded_pool(builder, SKEL_OP_AVGPOOL, x, &window, false);
}

static void scaled(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_small_finish(builder, skel_builder_mul(builder, x, pool_all(builder, x, small)));
}

static void both_one_pixel(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = pool_all(builder, x, small);

    skel_small_finish(builder, skel_builder_mul(builder, y, skel_builder_relu(builder, y)));
}

/* x times a gate by channel, which follows from the means of all channels */
static void squeeze(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = pool_all(builder, x, small);

    y = skel_builder_relu(builder, skel_builder_conv(builder, y, "fc1", 5, 1, 1, 0, true));
    y = skel_builder_conv(builder, y, "fc2", small->channels, 1, 1, 0, true);
    skel_small_finish(builder, skel_builder_mul(builder, x, skel_builder_sigmoid(builder, y)));
}

static void concat(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv", small->outputs, 3, 1, 1, false);

    skel_small_finish(builder, skel_builder_concat(builder, x, y));
}

static void concat_twice(skel_builder *builder, size_t x, const skel_small *small)
{
    (void)small;
    skel_small_finish(builder, skel_builder_concat(builder, x, x));
}

/* as in a dense block: each layer reads all that comes before it */
static void concat_chain(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv1", 3, 3, 1, 1, false);

    (void)small;
    x = skel_builder_concat(builder, x, y);
    y = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn"));
    y = skel_builder_conv(builder, y, "conv2", 16, 1, 1, 0, false);
    x = skel_builder_concat(builder, y, skel_builder_concat(builder, x, y));
    x = skel_builder_conv(builder, x, "conv3", 7, 1, 1, 0, true);
    skel_small_finish(builder, x);
}

static void concat_read_twice(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv", small->channels, 1, 1, 0, false);

    y = skel_builder_norm(builder, y, "bn1");
    x = skel_builder_concat(builder, skel_builder_relu(builder, x), y);
    y = skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn2"));
    x = skel_builder_pool(builder, SKEL_OP_AVGPOOL, x, 2, 2);
    skel_small_finish(builder, skel_builder_concat(builder, x, y));
}

/* MobileNet-V2's block: wider by a 1x1 convolution, depthwise, narrow again, and added */
/* norm(conv(x)) + norm(x), which a 1x1 convolution alone reads */
static void sum_of_norms(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv1", small->channels, 1, 1, 0, false);

    y = skel_builder_norm(builder, y, "bn1");
    x = skel_builder_add(builder, y, skel_builder_norm(builder, x, "bn2"));
    skel_small_finish(builder,
                      skel_builder_conv(builder, x, "conv2", small->outputs, 1, 1, 0, false));
}

static void relu_of_norms(skel_builder *builder, size_t x, const skel_small *small)
{
    size_t y = skel_builder_conv(builder, x, "conv1", small->channels, 1, 1, 0, false);

    y = skel_builder_norm(builder, y, "bn1");
    x = skel_builder_relu(builder,
                          skel_builder_add(builder, y, skel_builder_norm(builder, x, "bn2")));
    skel_small_finish(builder,
                      skel_builder_conv(builder, x, "conv2", small->outputs, 1, 1, 0, false));
}

/* x + conv(x) of pooled pixels */
static void pool_read_twice(skel_builder *builder, size_t x, const skel_small *small)
{
    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn"));
    x = skel_builder_pool(builder, SKEL_OP_MAXPOOL, x, 2, 2);
    skel_small_finish(
        builder,
        skel_builder_add(builder, x,
                         skel_builder_conv(builder, x, "conv", small->channels, 3, 1, 1, false)));
}

static void inverted(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_window window = skel_window_square(3, 1, 1);
    size_t wide = 2 * small->channels;
    size_t y = skel_builder_conv(builder, x, "expand", wide, 1, 1, 0, false);

    y = skel_builder_clip(builder, skel_builder_norm(builder, y, "bn1"), 0, 6);
    y = skel_builder_grouped_conv(builder, y, "depthwise", wide, &window, wide, false);
    y = skel_builder_clip(builder, skel_builder_norm(builder, y, "bn2"), 0, 6);
    y = skel_builder_conv(builder, y, "project", small->channels, 1, 1, 0, false);
    y = skel_builder_norm(builder, y, "bn3");
    skel_small_finish(builder, skel_builder_add(builder, x, y));
}

/* MobileNet's block */
static void separable(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_window window = skel_window_square(3, 2, 1);

    x = skel_builder_grouped_conv(builder, x, "depthwise", small->channels, &window,
                                  small->channels, false);
    x = skel_builder_relu(builder, skel_builder_norm(builder, x, "bn1"));
    x = skel_builder_conv(builder, x, "pointwise", small->outputs, 1, 1, 0, false);
    skel_small_finish(builder, skel_builder_relu(builder, skel_builder_norm(builder, x, "bn2")));
}

static const skel_small smalls[] = {
    /* activations */
    {"leaky relu on 3 channels", leaky, SKEL_SMALL_ON(3, 5, 7)},
    {"leaky relu on 20 channels", leaky, SKEL_SMALL_ON(20, 4, 3)},
    {"norm and leaky relu", norm_leaky, SKEL_SMALL_ON(17, 4, 5)},
    {"clip on 17 channels", clip, SKEL_SMALL_ON(17, 5, 3)},
    {"conv and relu6", conv_relu6, SKEL_SMALL_ON(16, 5, 5)},
    {"norm and relu6", norm_relu6, SKEL_SMALL_ON(20, 4, 5)},
    {"sigmoid on 3 channels", sigmoid, SKEL_SMALL_ON(3, 5, 4)},
    {"sigmoid on 17 channels", sigmoid, SKEL_SMALL_ON(17, 3, 5)},
    {"norm and sigmoid, read twice", norm_sigmoid, SKEL_SMALL_ON(20, 3, 4)},
    {"swish", swish, SKEL_SMALL_ON(17, 4, 5)},
    {"norm and swish", norm_swish, SKEL_SMALL_ON(16, 5, 3)},
    {"norm with epsilon 0.1", norm_epsilon, SKEL_SMALL_ON(17, 4, 4)},
    /* products and concatenations */
    {"product with a convolution", product, SKEL_SMALL_ON(17, 4, 5)},
    {"square", square, SKEL_SMALL_ON(3, 5, 4)},
    {"product with one pixel for each channel", scaled, SKEL_SMALL_ON(20, 5, 3)},
    {"product of pixels that were pooled", both_one_pixel, SKEL_SMALL_ON(17, 3, 3)},
    {"squeeze and excite", squeeze, SKEL_SMALL_ON(20, 5, 4)},
    {"concat of 17 and 3 channels", concat, SKEL_SMALL_ON(17, 4, 5), .outputs = 3},
    {"concat of 16 and 32 channels", concat, SKEL_SMALL_ON(16, 4, 4), .outputs = 32},
    {"concat of x and x", concat_twice, SKEL_SMALL_ON(5, 4, 5)},
    {"concat of a chain", concat_chain, SKEL_SMALL_ON(5, 5, 5)},
    {"concat read by a norm and a pool", concat_read_twice, SKEL_SMALL_ON(16, 6, 4)},
    {"sum of norms read by a convolution", sum_of_norms, SKEL_SMALL_ON(20, 4, 5), .outputs = 17},
    {"relu of norms read by a convolution", relu_of_norms, SKEL_SMALL_ON(20, 4, 5), .outputs = 17},
    {"pool of a norm read twice", pool_read_twice, SKEL_SMALL_ON(17, 6, 4)},
    {"inverted residual", inverted, SKEL_SMALL_ON(9, 5, 4)},
    {"depthwise separable, stride 2", separable, SKEL_SMALL_ON(20, 7, 6), .outputs = 33},
};

const skel_small *skel_small_blocks(size_t *count)
{
    *count = sizeof smalls / sizeof smalls[0];
    return smalls;
}
