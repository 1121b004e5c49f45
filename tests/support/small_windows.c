/* Small networks around one window: convolutions with groups, pooling with padding. */
#include "small_networks.h"

static void windowed(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_small_finish(
        builder, skel_builder_grouped_conv(builder, x, "conv", small->outputs, &small->window,
                                           small->groups > 0 ? small->groups : 1, small->bias));
}

static void normalised(skel_builder *builder, size_t x, const skel_small *small)
{
    x = skel_builder_grouped_conv(builder, x, "conv", small->outputs, &small->window, 1,
                                  small->bias);
    skel_small_finish(builder, skel_builder_norm(builder, x, "bn"));
}

static void padded_maxpool(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_small_finish(builder,
                      skel_builder_padded_pool(builder, SKEL_OP_MAXPOOL, x, &small->window, false));
}

static void padded_avgpool(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_small_finish(builder,
                      skel_builder_padded_pool(builder, SKEL_OP_AVGPOOL, x, &small->window, false));
}

static void counted_avgpool(skel_builder *builder, size_t x, const skel_small *small)
{
    skel_small_finish(builder,
                      skel_builder_padded_pool(builder, SKEL_OP_AVGPOOL, x, &small->window, true));
}

static const skel_small smalls[] = {
    {"depthwise 3x3", windowed, SKEL_SMALL_ON(17, 6, 5), .outputs = 17, SKEL_SMALL_SQUARE(3, 1, 1),
     .groups = 17},
    {"depthwise 3x3, stride 2", windowed, SKEL_SMALL_ON(16, 7, 9), .outputs = 16,
     SKEL_SMALL_SQUARE(3, 2, 1), .groups = 16},
    {"depthwise 5x5, two outputs each, bias", windowed, SKEL_SMALL_ON(6, 7, 6), .outputs = 12,
     .bias = true, SKEL_SMALL_SQUARE(5, 1, 2), .groups = 6},
    {"depthwise 3x3 on one pixel", windowed, SKEL_SMALL_ON(20, 1, 1), .outputs = 20,
     SKEL_SMALL_SQUARE(3, 1, 1), .groups = 20},
    {"conv 3x3, 2 groups", windowed, SKEL_SMALL_ON(6, 5, 7), .outputs = 10, .bias = true,
     SKEL_SMALL_SQUARE(3, 1, 1), .groups = 2},
    {"conv 3x3, 2 groups of 16 to 16", windowed, SKEL_SMALL_ON(32, 5, 5), .outputs = 32,
     SKEL_SMALL_SQUARE(3, 1, 1), .groups = 2},
    {"conv 1x1, 3 groups", windowed, SKEL_SMALL_ON(9, 5, 4), .outputs = 6,
     SKEL_SMALL_SQUARE(1, 1, 0), .groups = 3},
    {"conv 3x3, stride 2, 3 groups of 16 to 17", windowed, SKEL_SMALL_ON(48, 5, 6), .outputs = 51,
     SKEL_SMALL_SQUARE(3, 2, 1), .groups = 3},
    {"conv 3x3, dilation 2", windowed, SKEL_SMALL_ON(17, 9, 7), .outputs = 3,
     .window = {{3, 3}, {1, 1}, {2, 2}, {2, 2}, {2, 2}}},
    {"conv 3x2, all of it unequal", windowed, SKEL_SMALL_ON(3, 9, 11), .outputs = 20, .bias = true,
     .window = {{3, 2}, {2, 1}, {1, 3}, {2, 0}, {0, 3}}},
    {"conv 3x3 of many channels, norm", normalised, SKEL_SMALL_ON(20, 13, 14), .outputs = 22,
     .bias = true, SKEL_SMALL_SQUARE(3, 1, 1)},
    {"conv 3x3 of many channels, unequal, norm", normalised, SKEL_SMALL_ON(18, 12, 17),
     .outputs = 20, .window = {{3, 3}, {1, 1}, {1, 1}, {0, 2}, {2, 0}}},
    {"conv 1x7", windowed, SKEL_SMALL_ON(20, 3, 9), .outputs = 17,
     .window = {{1, 7}, {1, 1}, {1, 1}, {0, 3}, {0, 3}}},
    {"conv 5x1, stride 1x2", windowed, SKEL_SMALL_ON(16, 7, 6), .outputs = 16,
     .window = {{5, 1}, {1, 2}, {1, 1}, {2, 0}, {2, 0}}},
    {"conv 2x2, stride 3", windowed, SKEL_SMALL_ON(17, 8, 9), .outputs = 5,
     SKEL_SMALL_SQUARE(2, 3, 0)},
    {"conv 3x3, padding below and right", windowed, SKEL_SMALL_ON(3, 8, 6), .outputs = 16,
     .window = {{3, 3}, {2, 2}, {1, 1}, {0, 0}, {1, 1}}},
    {"conv 1x1, padding wider than it", windowed, SKEL_SMALL_ON(3, 3, 2), .outputs = 5,
     .bias = true, SKEL_SMALL_SQUARE(1, 1, 2)},
    {"depthwise 3x5, dilation 1x2, unequal", windowed, SKEL_SMALL_ON(20, 6, 9), .outputs = 20,
     .window = {{3, 5}, {1, 2}, {1, 2}, {0, 4}, {2, 1}}, .groups = 20},
    {"maxpool 3, stride 2, padding 1", padded_maxpool, SKEL_SMALL_ON(17, 7, 6),
     SKEL_SMALL_SQUARE(3, 2, 1)},
    {"maxpool 2x3, unequal", padded_maxpool, SKEL_SMALL_ON(3, 5, 6),
     .window = {{2, 3}, {2, 1}, {1, 1}, {0, 2}, {1, 0}}},
    {"avgpool 3, padding 1, counted", counted_avgpool, SKEL_SMALL_ON(17, 5, 6),
     SKEL_SMALL_SQUARE(3, 1, 1)},
    {"avgpool 3, padding 1, not counted", padded_avgpool, SKEL_SMALL_ON(20, 6, 5),
     SKEL_SMALL_SQUARE(3, 2, 1)},
    {"avgpool 3x2, unequal, counted", counted_avgpool, SKEL_SMALL_ON(3, 7, 5),
     .window = {{3, 2}, {2, 2}, {1, 1}, {1, 0}, {2, 1}}},
    {"avgpool 2x4, unequal, not counted", padded_avgpool, SKEL_SMALL_ON(16, 5, 7),
     .window = {{2, 4}, {1, 3}, {1, 1}, {1, 3}, {0, 2}}},
};

const skel_small *skel_small_windows(size_t *count)
{
    *count = sizeof smalls / sizeof smalls[0];
    return smalls;
}
