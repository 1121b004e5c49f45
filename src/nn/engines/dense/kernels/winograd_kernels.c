/* Convolutions of 3x3 taps by Winograd's algorithm. */
#include "bias.h"
#include "kernels.h"
#include "parts.h"
#include "tiles_pack.h"

enum {
    OUTPUTS = 4, /* side of a tile of outputs */
    SIDE = 6,    /* of its inputs, and of the points */
    POINTS = SIDE * SIDE,
    WIDTH = 3, /* taps of a row */
    TAPS = WIDTH * WIDTH,
    VECTORS = SKEL_DENSE_TILE_VECTORS,
    COLUMNS = SKEL_DENSE_TILE_COLUMNS,
    LINE = 16,                   /* floats of a line of the cache */
    CHUNK_FLOATS = 3 << 17,      /* both sides' values at all points of a chunk of tiles */
    STRIP_FLOATS = 1 << 19,      /* weights at all points, of the last cache */
    INPUTS = 64,                 /* of a thread's share of the weights */
    FEWEST_TILES = 16 * COLUMNS, /* of a chunk: each reads the weights again */
};

/* The tiles of a tensor's images. */
typedef struct grid {
    size_t blocks;
    size_t height;
    size_t width;
    size_t pixels; /* of an image */
    size_t across; /* tiles of a row */
    size_t tiles;  /* of an image */
} grid;

/* Values at all points: [point][tile][channel]. Both steps are odd numbers of cache lines, so that
 * the values spread evenly over the sets of a cache. */
typedef struct points {
    float *data;
    size_t tile_step;
    size_t point_step;
} points;

/* A product at each point. */
typedef struct product {
    size_t channels; /* summed over, or of the weights' gradient the inputs */
    size_t blocks;   /* of the target */
    size_t tiles;    /* of the chunk */
    const points *source;
    const points *target; /* of the weights' gradient: the output's gradient */
    const float *weights; /* [point][block of the strip][channel][lanes] */
    float *sums;          /* the weights' gradient, likewise */
    size_t weights_step;  /* from point to point */
    bool is_first;        /* chunk: the sums have no values yet */
    size_t first_pair;    /* of the strip: pairs of target blocks that have weights, or sums */
    size_t pairs;
} product;

#define LANES_FILE "winograd_lanes.h"
#include "block_lanes.h"

static grid grid_of(const skel_dense_f32_tiles *t, size_t channels)
{
    size_t across = parts(t->width, OUTPUTS);

    return (grid){.blocks = parts(channels, t->lanes),
                  .height = t->height,
                  .width = t->width,
                  .pixels = t->height * t->width,
                  .across = across,
                  .tiles = parts(t->height, OUTPUTS) * across};
}

static size_t all_tiles(const skel_dense_f32_tiles *t)
{
    return t->images * grid_of(t, t->inputs).tiles;
}

/* Tiles whose values are in memory together: a multiple of 6. */
static size_t chunk_of(const skel_dense_f32_tiles *t)
{
    size_t fit = CHUNK_FLOATS / (POINTS * (t->inputs + t->outputs)) / COLUMNS * COLUMNS;
    size_t chunk = fit > FEWEST_TILES ? fit : FEWEST_TILES;

    return skel_lesser(chunk, round_up(all_tiles(t), COLUMNS));
}

/* A product reads up to 5 columns behind the last tile's last channel. */
static points points_of(const skel_dense_f32_tiles *t, size_t channels, float *data)
{
    size_t tile = LINE * (parts(channels, LINE) | 1);

    return (points){.data = data,
                    .tile_step = tile,
                    .point_step = LINE * (parts(chunk_of(t) * tile + COLUMNS, LINE) | 1)};
}

static size_t points_floats(const skel_dense_f32_tiles *t, size_t channels)
{
    return POINTS * points_of(t, channels, NULL).point_step;
}

/* Pairs of target blocks whose weights, or sums, at all points are in memory together. Where one
 * chunk has all tiles, each pair is needed once, and few pairs at a time stay in the cache; else
 * all pairs are needed by each chunk. The sums read single channels of all inputs for each strip,
 * which are to be in the cache, too. */
static size_t strip_of(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    bool back = direction == SKEL_DENSE_BACKWARD_DATA;
    bool sums = direction == SKEL_DENSE_BACKWARD_WEIGHTS;
    size_t all = parts(parts(back ? t->inputs : t->outputs, t->lanes), VECTORS);
    size_t pair = (size_t)POINTS * VECTORS * t->lanes * (back ? t->outputs : t->inputs);
    size_t fit = STRIP_FLOATS > pair ? STRIP_FLOATS / pair : 1;

    if (chunk_of(t) < all_tiles(t) || (sums && points_floats(t, t->inputs) > STRIP_FLOATS)) {
        return all;
    }
    return skel_lesser(all, fit);
}

/* Floats of a strip's weights at one point, an odd number of lines. */
static size_t weights_floats(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    size_t sources = direction == SKEL_DENSE_BACKWARD_DATA ? t->outputs : t->inputs;

    return LINE * (parts(sources * VECTORS * strip_of(t, direction) * t->lanes, LINE) | 1);
}

static size_t winograd_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    return points_floats(t, t->inputs) + points_floats(t, t->outputs) +
           POINTS * weights_floats(t, direction);
}

/* Products of all tiles of a chunk. */
static void multiply_all(size_t lanes, const product *p)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t point = 0; point < POINTS; point++) {
        for (size_t pair = 0; pair < p->pairs; pair++) {
            for (size_t group = 0; group < parts(p->tiles, COLUMNS); group++) {
                FOR_BLOCK_LANES(lanes, multiply, p, point, pair, group);
            }
        }
    }
}

/* Values of a chunk's inputs at all points. */
static void transform_inputs(size_t lanes, const grid *g, const float *x, size_t first,
                             size_t count, const points *to)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++) {
        FOR_BLOCK_LANES(lanes, input_tile, g, x, first + i, i, to);
    }
}

/* Forward, or backward to the data with the channels' parts changed and the taps mirrored. */
typedef struct gather {
    const skel_dense_f32_tiles *shape;
    size_t sources;
    size_t targets;
    skel_dense_direction direction; /* to the data the taps are mirrored */
    const float *weights;
    const float *bias;
    size_t biases;
} gather;

/* Values of a strip's weights at all points. */
static void transform_weights(const gather *g, const product *p, float *values)
{
    size_t first = VECTORS * p->first_pair;
    size_t end = skel_lesser(first + VECTORS * p->pairs, p->blocks);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t block = first; block < end; block++) {
        for (size_t input = 0; input < g->sources; input += INPUTS) {
            size_t count = skel_lesser(INPUTS, g->sources - input);
            size_t floats = ((block - first) * g->sources + input) * g->shape->lanes;

            FOR_BLOCK_LANES(g->shape->lanes, weights_block, g->weights, g->sources, block, input,
                            count, g->direction == SKEL_DENSE_BACKWARD_DATA, p->weights_step,
                            values + floats);
        }
    }
}

static void gather_all(const gather *g, const float *from, float *to, float *scratch)
{
    const skel_dense_f32_tiles *t = g->shape;
    const grid in = grid_of(t, g->sources);
    const grid out = grid_of(t, g->targets);
    const points source = points_of(t, g->sources, scratch);
    const points target = points_of(t, g->targets, scratch + points_floats(t, g->sources));
    float *weights = target.data + points_floats(t, g->targets);
    product p = {.channels = g->sources,
                 .blocks = out.blocks,
                 .source = &source,
                 .target = &target,
                 .weights = weights,
                 .weights_step = weights_floats(t, g->direction)};
    size_t pairs = parts(out.blocks, VECTORS);
    size_t strip = strip_of(t, g->direction);

    for (size_t first = 0; first < all_tiles(t); first += chunk_of(t)) {
        p.tiles = skel_lesser(chunk_of(t), all_tiles(t) - first);
        transform_inputs(t->lanes, &in, from, first, p.tiles, &source);
        for (p.first_pair = 0; p.first_pair < pairs; p.first_pair += strip) {
            p.pairs = skel_lesser(strip, pairs - p.first_pair);
            if (first == 0) { /* later chunks find all weights there */
                transform_weights(g, &p, weights);
            }
            multiply_all(t->lanes, &p);
        }
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < p.tiles; i++) {
            FOR_BLOCK_LANES(t->lanes, output_tile, &out, &target, g->bias, g->biases, first + i, i,
                            to);
        }
    }
}

static void winograd_forward(const skel_dense_f32_tiles *t, const float *x, const float *weights,
                             const float *bias, float *y, float *scratch)
{
    gather_all(&(gather){.shape = t,
                         .sources = t->inputs,
                         .targets = t->outputs,
                         .weights = weights,
                         .bias = bias,
                         .biases = t->has_bias ? t->outputs : 0},
               x, y, scratch);
}

static void winograd_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                   const float *weights, float *dx, float *scratch)
{
    gather_all(&(gather){.shape = t,
                         .sources = t->outputs,
                         .targets = t->inputs,
                         .direction = SKEL_DENSE_BACKWARD_DATA,
                         .weights = weights},
               dy, dx, scratch);
}

/* Adds a chunk's products to the sums. */
static void multiply_gradients(size_t lanes, const product *p)
{
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t point = 0; point < POINTS; point++) {
        for (size_t pair = 0; pair < p->pairs; pair++) {
            for (size_t group = 0; group < parts(p->channels, COLUMNS); group++) {
                FOR_BLOCK_LANES(lanes, multiply_tiles, p, point, pair, group);
            }
        }
    }
}

/* The taps' gradients of a strip. */
static void transform_sums(const skel_dense_f32_tiles *t, const product *p, float *dweights)
{
    size_t first = VECTORS * p->first_pair;
    size_t end = skel_lesser(first + VECTORS * p->pairs, p->blocks);

#pragma omp parallel for collapse(2) schedule(static)
    for (size_t block = first; block < end; block++) {
        for (size_t input = 0; input < t->inputs; input += INPUTS) {
            size_t count = skel_lesser(INPUTS, t->inputs - input);
            size_t floats = ((block - first) * t->inputs + input) * t->lanes;

            FOR_BLOCK_LANES(t->lanes, taps_block, p->sums + floats, t->inputs, t->outputs, block,
                            input, count, p->weights_step, dweights);
        }
    }
}

static void winograd_backward_weights(const skel_dense_f32_tiles *t, const float *x,
                                      const float *dy, float *dweights, float *dbias,
                                      float *scratch)
{
    const grid in = grid_of(t, t->inputs);
    const grid out = grid_of(t, t->outputs);
    const points inputs = points_of(t, t->inputs, scratch);
    const points outputs = points_of(t, t->outputs, scratch + points_floats(t, t->inputs));
    product p = {.channels = t->inputs,
                 .blocks = out.blocks,
                 .source = &inputs,
                 .target = &outputs,
                 .sums = outputs.data + points_floats(t, t->outputs),
                 .weights_step = weights_floats(t, SKEL_DENSE_BACKWARD_WEIGHTS)};
    size_t pairs = parts(out.blocks, VECTORS);
    size_t strip = strip_of(t, SKEL_DENSE_BACKWARD_WEIGHTS);

    for (size_t first = 0; first < all_tiles(t); first += chunk_of(t)) {
        p.tiles = skel_lesser(chunk_of(t), all_tiles(t) - first);
        p.is_first = first == 0;
        transform_inputs(t->lanes, &in, x, first, p.tiles, &inputs);
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < p.tiles; i++) {
            FOR_BLOCK_LANES(t->lanes, gradient_tile, &out, dy, first + i, i, &outputs);
        }
        for (p.first_pair = 0; p.first_pair < pairs; p.first_pair += strip) {
            p.pairs = skel_lesser(strip, pairs - p.first_pair);
            multiply_gradients(t->lanes, &p);
            if (first + p.tiles == all_tiles(t)) { /* else later chunks add to the sums of all */
                transform_sums(t, &p, dweights);
            }
        }
    }
    if (t->has_bias) {
        skel_dense_bias_sums(t->images, t->outputs, out.pixels, t->lanes, dy, dbias);
    }
}

const skel_dense_winograd_kernels SKEL_ISA_NAME(skel_dense_winograd_kernels) = {
    .scratch = winograd_scratch,
    .forward = winograd_forward,
    .backward_data = winograd_backward_data,
    .backward_weights = winograd_backward_weights,
};
