/* Direct convolutions on tiles of registers. */
#include "bias.h"
#include "kernels.h"
#include "parts.h"
#include "tiles_pack.h"

#include "skel/status.h"

enum {
    VECTORS = SKEL_DENSE_TILE_VECTORS,
    COLUMNS = SKEL_DENSE_TILE_COLUMNS,
    PANEL_FLOATS = 1 << 15,  /* a pair's gradients, which each tile of columns reads again */
    GROUPS_FLOATS = 1 << 18, /* groups of images, which each pair of blocks reads again */
};

/* Forward or backward data: a target pixel gathers from the source pixels that its taps read. */
typedef struct gather {
    const skel_dense_f32_tiles *tiles;
    skel_dense_direction direction;
    size_t taps;          /* that are steps of their own: of a plain image, they are channels */
    size_t channels;      /* of the panel */
    size_t steps;         /* of them that have weights: one behind the other for each tap */
    size_t source_pixels; /* of the panel */
    size_t target_blocks;
    size_t target_pixels;
    size_t target_step; /* floats from one block's weights to the next's */
    size_t biases;
    const float *weights;
    const float *bias;
    const float *panel;
    size_t first; /* image of the panel */
    float *target;
} gather;

/* Gradient of the weights: sums over the pixels of the images of two panels. */
typedef struct gradient {
    const skel_dense_f32_tiles *tiles;
    size_t taps;
    size_t width; /* columns: input channels; of a plain image, at each tap */
    size_t images;
    size_t in_pixels; /* of the panel */
    size_t out_pixels;
    size_t out_blocks;
    size_t block_floats; /* of an output block's weights */
    size_t image_floats; /* of a plain image with its padding */
    const float *pairs;
    const float *columns; /* or plain images with their padding */
    const float *dy;      /* of plain images: from the first one on */
    float *dweights;
    bool is_first;
} gradient;

#define LANES_FILE "tiles_lanes.h"
#include "block_lanes.h"

static size_t at_least_one(size_t n)
{
    return n > 0 ? n : 1;
}

static size_t blocks_of(const skel_dense_f32_tiles *t, size_t channels)
{
    return parts(channels, t->lanes);
}

/* Weights of an output channel: the columns of a plain image. */
static size_t patch(const skel_dense_f32_tiles *t)
{
    return t->inputs * skel_dense_window_taps(&t->window);
}

/* Floats of a group of images in a panel. */
static size_t group_floats(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    size_t out = t->out_height * t->out_width;

    if (direction == SKEL_DENSE_BACKWARD_DATA) {
        return out * round_up(t->outputs, t->lanes) * COLUMNS;
    }
    return (t->plain ? out * patch(t) : t->height * t->width * round_up(t->inputs, t->lanes)) *
           COLUMNS;
}

/* Groups of images in one panel. */
static size_t groups_of(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    size_t all = parts(t->images, COLUMNS);

    return skel_lesser(all, at_least_one(GROUPS_FLOATS / group_floats(t, direction)));
}

/* Images of one pair of panels of the weights' gradient. */
static size_t images_of(const skel_dense_f32_tiles *t)
{
    size_t pair = t->out_height * t->out_width * VECTORS * t->lanes;

    return skel_lesser(t->images, at_least_one(PANEL_FLOATS / pair));
}

/* Floats of a plain image with its padding. */
static size_t plain_floats(const skel_dense_f32_tiles *t)
{
    return t->inputs * skel_dense_f32_tiles_reach(t, 0) * skel_dense_f32_tiles_reach(t, 1);
}

/* Floats of the columns' panel of the weights' gradient. */
static size_t columns_floats(const skel_dense_f32_tiles *t)
{
    size_t floats = t->plain
                        ? plain_floats(t)
                        : round_up(round_up(t->inputs, t->lanes), COLUMNS) * t->height * t->width;

    return round_up(floats * images_of(t), t->lanes);
}

static size_t tiles_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    size_t outputs = round_up(t->outputs, VECTORS * t->lanes);

    if (direction != SKEL_DENSE_BACKWARD_WEIGHTS) {
        return groups_of(t, direction) * group_floats(t, direction);
    }
    if (t->plain) {
        return columns_floats(t);
    }
    return columns_floats(t) + outputs * t->out_height * t->out_width * images_of(t);
}

/* All tiles of the groups in a panel. */
static void gather_groups(const gather *g, size_t groups)
{
    size_t pairs = (g->target_blocks + 1) / VECTORS;

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t pair = 0; pair < pairs; pair++) {
        for (size_t pixel = 0; pixel < g->target_pixels; pixel++) {
            for (size_t group = 0; group < groups; group++) {
                FOR_BLOCK_LANES(g->tiles->lanes, gather_tile, g, pair, pixel, group);
            }
        }
    }
}

static void gather_all(gather *g, const float *from, float *panel)
{
    const skel_dense_f32_tiles *t = g->tiles;
    size_t groups = groups_of(t, g->direction);
    skel_dense_f32_tiles_source source = {.data = from,
                                          .images = t->images,
                                          .blocks = g->channels / t->lanes,
                                          .pixels = g->source_pixels,
                                          .lanes = t->lanes};

    g->panel = panel;
    for (g->first = 0; g->first < t->images; g->first += groups * COLUMNS) {
        size_t left = parts(t->images - g->first, COLUMNS);

        if (t->plain) {
            skel_dense_f32_tiles_pack_patches(t, from, g->first, skel_lesser(groups, left), panel);
        } else {
            skel_dense_f32_tiles_pack_images(&source, g->first, skel_lesser(groups, left), panel);
        }
        gather_groups(g, skel_lesser(groups, left));
    }
}

static void tiles_forward(const skel_dense_f32_tiles *t, const float *x, const float *weights,
                          const float *bias, float *y, float *scratch)
{
    size_t taps = skel_dense_window_taps(&t->window);
    size_t out = t->out_height * t->out_width;
    gather g = {.tiles = t,
                .direction = SKEL_DENSE_FORWARD,
                .taps = t->plain ? 1 : taps,
                .channels = t->plain ? patch(t) : round_up(t->inputs, t->lanes),
                .steps = t->plain ? patch(t) : t->inputs,
                .source_pixels = t->plain ? out : t->height * t->width,
                .target_blocks = blocks_of(t, t->outputs),
                .target_pixels = out,
                .target_step = patch(t) * t->lanes,
                .biases = t->has_bias ? t->outputs : 0,
                .weights = weights,
                .bias = bias,
                .target = y};

    gather_all(&g, x, scratch);
}

static void tiles_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                const float *weights, float *dx, float *scratch)
{
    size_t taps = skel_dense_window_taps(&t->window);
    gather g = {.tiles = t,
                .direction = SKEL_DENSE_BACKWARD_DATA,
                .taps = taps,
                .channels = round_up(t->outputs, t->lanes),
                .steps = t->outputs,
                .source_pixels = t->out_height * t->out_width,
                .target_blocks = blocks_of(t, t->inputs),
                .target_pixels = t->height * t->width,
                .target_step = taps * t->outputs * t->lanes,
                .weights = weights,
                .target = dx};

    SKEL_ASSERT(!t->plain);
    gather_all(&g, dy, scratch);
}

/* All tiles of a pair of panels. */
static void gradient_tiles(const gradient *g)
{
    size_t pairs = (g->out_blocks + 1) / VECTORS;
    size_t tiles = parts(g->width, COLUMNS);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t pair = 0; pair < pairs; pair++) {
        for (size_t tile = 0; tile < tiles; tile++) {
            for (size_t tap = 0; tap < g->taps; tap++) {
                if (g->tiles->plain) {
                    FOR_BLOCK_LANES(g->tiles->lanes, plain_tile, g, pair, tile);
                } else {
                    FOR_BLOCK_LANES(g->tiles->lanes, gradient_tile, g, pair, tile, tap);
                }
            }
        }
    }
}

static void tiles_backward_weights(const skel_dense_f32_tiles *t, const float *x, const float *dy,
                                   float *dweights, float *dbias, float *scratch)
{
    size_t images = images_of(t);
    size_t taps = skel_dense_window_taps(&t->window);
    size_t in = t->height * t->width;
    size_t out = t->out_height * t->out_width;
    float *pairs = scratch + columns_floats(t);
    skel_dense_f32_tiles_source inputs = {.data = x,
                                          .images = t->images,
                                          .blocks = blocks_of(t, t->inputs),
                                          .pixels = in,
                                          .lanes = t->lanes};
    skel_dense_f32_tiles_source outputs = {.data = dy,
                                           .images = t->images,
                                           .blocks = blocks_of(t, t->outputs),
                                           .pixels = out,
                                           .lanes = t->lanes};
    gradient g = {.tiles = t,
                  .taps = t->plain ? 1 : taps,
                  .width = t->plain ? patch(t) : t->inputs,
                  .in_pixels = in,
                  .out_pixels = out,
                  .out_blocks = outputs.blocks,
                  .block_floats = patch(t) * t->lanes,
                  .image_floats = plain_floats(t),
                  .pairs = pairs,
                  .columns = scratch,
                  .dweights = dweights};

    for (size_t first = 0; first < t->images; first += images) {
        g.images = skel_lesser(images, t->images - first);
        g.is_first = first == 0;
        if (t->plain) {
            g.dy = dy + first * outputs.blocks * out * t->lanes;
            skel_dense_f32_tiles_pack_padded(t, x, first, g.images, scratch);
        } else {
            skel_dense_f32_tiles_pack_channels(&inputs, first, g.images, scratch);
            skel_dense_f32_tiles_pack_pairs(&outputs, first, g.images, pairs);
        }
        gradient_tiles(&g);
    }
    if (t->has_bias) {
        skel_dense_bias_sums(t->images, t->outputs, out, t->lanes, dy, dbias);
    }
}

const skel_dense_tiles_kernels SKEL_ISA_NAME(skel_dense_tiles_kernels) = {
    .scratch = tiles_scratch,
    .forward = tiles_forward,
    .backward_data = tiles_backward_data,
    .backward_weights = tiles_backward_weights,
};
