/* Convolutions as products of matrices. */
#include "bias.h"
#include "kernels.h"
#include "matmul_places.h"

#include <omp.h>

enum {
    COLUMNS = 4,
    WEIGHTS_FLOATS = 1 << 11, /* of a target block: three of them fill 3/4 of the first cache */
    PANEL_FLOATS = 1 << 16,   /* half of the second cache */
    PIXELS = 512,             /* most of a chunk */
    AHEAD = 4,                /* groups of a panel whose source is asked for in advance */
    GRADIENT_PIXELS = 192,    /* most of a chunk of the weights' gradient */
};

typedef float four __attribute__((vector_size(16), may_alias));

/* Forward or backward data. */
typedef struct gather {
    const float *source;
    const float *weights;
    const float *bias; /* NULL: none */
    float *target;
    float *panel;
    size_t source_blocks;
    size_t source_pixels;
    size_t source_height;
    size_t source_width;
    size_t weights_step; /* floats from one target block's to the next one's */
    matmul_region phase; /* target pixels */
    size_t scale[2];     /* source pixels from one target pixel to the next one */
    size_t taps;
    matmul_tap tap[SKEL_DENSE_MATMUL_TAPS];
} gather;

/* Some pixels of a phase, and some steps of their sums: a step is a block of the source at a tap.
 */
typedef struct chunk {
    size_t count; /* places, of which the last group may be no pixels */
    matmul_place place[PIXELS];
    size_t first_step;
    size_t steps;
    bool is_first;                       /* steps: the target has no sums yet */
    size_t weights[WEIGHTS_FLOATS / 64]; /* of each step, floats from a target block's first */
} chunk;

/* A chunk of the weights' gradient: places in floats, of the output's gradient from the tensor's
 * first and of the input from a block's first in image 0. */
typedef struct gradient_chunk {
    size_t count;
    size_t *target; /* [GRADIENT_PIXELS] */
    size_t *source; /* [tap][GRADIENT_PIXELS]; NOWHERE: outside the image */
} gradient_chunk;

#define NOWHERE SIZE_MAX

/* Gradient of the weights. */
typedef struct gradient {
    const float *x;
    const float *dy;
    float *dweights; /* [output][tap][input] */
    float *panel;    /* a chunk's gradients of some output blocks */
    size_t in_blocks;
    size_t in_pixels;
    matmul_region outputs;
    size_t taps;
    matmul_tap tap[SKEL_DENSE_MATMUL_TAPS];
    const gradient_chunk *now;  /* the chunk's */
    const gradient_chunk *next; /* the next one's; behind the last, none */
    size_t first_block;         /* output blocks of the panel */
    size_t blocks;
    bool is_first; /* chunk: the weights' gradient has no values yet */
} gradient;

/* Writes the columns of four rows of four floats. */
static inline __attribute__((always_inline)) void
transpose(const float *a, const float *b, const float *c, const float *d, float *to)
{
    four *out = (four *)(void *)to;

    for (size_t k = 0; k < COLUMNS; k++) {
        out[k] = (four){a[k], b[k], c[k], d[k]};
    }
}

#define LANES_FILE "matmul_lanes.h"
#include "block_lanes.h"

#include "skel/sizes.h"

/* Steps of a chunk. */
static size_t steps_of(size_t lanes, size_t steps)
{
    return even(steps, WEIGHTS_FLOATS / lanes / lanes);
}

/* Pixels of a chunk. */
static size_t pixels_of(size_t lanes, size_t steps, size_t pixels)
{
    size_t fit = PANEL_FLOATS / (lanes * steps) / COLUMNS * COLUMNS;
    size_t most = skel_lesser(fit, PIXELS);

    return parts(even(pixels, most), COLUMNS) * COLUMNS;
}

/* Where a step's weights are, in floats from a target block's first. */
static size_t weights_at(const gather *g, size_t lanes, size_t step)
{
    const matmul_tap *tap = &g->tap[step / g->source_blocks];

    return (tap->number * g->source_blocks + step % g->source_blocks) * lanes * lanes;
}

/* Sets the steps of a chunk, from the phase's number `first` on. */
static void set_steps(const gather *g, size_t lanes, size_t first, size_t steps, chunk *c)
{
    c->first_step = first;
    c->steps = steps;
    c->is_first = first == 0;
    for (size_t i = 0; i < steps; i++) {
        c->weights[i] = weights_at(g, lanes, first + i);
    }
}

/* Adds a chunk's steps to its pixels. Where there are more threads than pieces of the target's
 * blocks, they share the groups of a piece. */
static void gather_chunk(const gather *g, size_t lanes, const chunk *c)
{
    size_t pieces = parts(g->phase.blocks, VECTORS);
    size_t groups = c->count / COLUMNS;
    size_t most = parts(groups, parts((size_t)omp_get_max_threads(), pieces));

#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (size_t group = 0; group < groups; group++) {
            FOR_BLOCK_LANES(lanes, pack_group, g, c, group);
        }
#pragma omp for collapse(2) schedule(static)
        for (size_t piece = 0; piece < pieces; piece++) {
            for (size_t first = 0; first < groups; first += most) {
                FOR_BLOCK_LANES(lanes, gather_groups, g, c, first_of(g->phase.blocks, piece),
                                vectors_of(g->phase.blocks, piece), first,
                                skel_lesser(first + most, groups));
            }
        }
    }
}

/* All pixels of a phase. */
static void gather_phase(const gather *g, size_t images, size_t lanes)
{
    size_t all = images * g->phase.count[0] * g->phase.count[1];
    size_t steps = g->taps * g->source_blocks;
    size_t most = steps_of(lanes, steps);
    size_t pixels = pixels_of(lanes, most, all);
    chunk c;

    for (size_t first = 0; first < all; first += pixels) {
        size_t count = skel_lesser(pixels, all - first);

        c.count = parts(count, COLUMNS) * COLUMNS;
        set_places(&g->phase, lanes, first, count, c.count, c.place);
        for (size_t step = 0; step == 0 || step < steps; step += most) { /* with no tap, zeros */
            set_steps(g, lanes, step, skel_lesser(most, steps - step), &c);
            gather_chunk(g, lanes, &c);
        }
    }
}

static void matmul_forward(const skel_dense_f32_tiles *t, const float *x, const float *weights,
                           const float *bias, float *y, float *scratch)
{
    gather g = {.source = x,
                .weights = weights,
                .bias = t->has_bias ? bias : NULL,
                .target = y,
                .panel = scratch,
                .source_blocks = t->inputs / t->lanes,
                .source_pixels = t->height * t->width,
                .source_height = t->height,
                .source_width = t->width,
                .weights_step = skel_dense_window_taps(&t->window) * t->inputs * t->lanes,
                .phase = all_outputs(t),
                .scale = {t->window.stride[0], t->window.stride[1]}};

    g.taps = set_taps_forward(&t->window, g.tap);
    gather_phase(&g, t->images, t->lanes);
}

static void matmul_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                 const float *weights, float *dx, float *scratch)
{
    const size_t *stride = t->window.stride;
    gather g = {.source = dy,
                .weights = weights,
                .target = dx,
                .panel = scratch,
                .source_blocks = t->outputs / t->lanes,
                .source_pixels = t->out_height * t->out_width,
                .source_height = t->out_height,
                .source_width = t->out_width,
                .weights_step = skel_dense_window_taps(&t->window) * t->outputs * t->lanes,
                .phase = {.blocks = t->inputs / t->lanes,
                          .pixels = t->height * t->width,
                          .width = t->width,
                          .apart = {stride[0], stride[1]}},
                .scale = {1, 1}};
    matmul_region *r = &g.phase;

    for (r->first[0] = 0; r->first[0] < skel_lesser(stride[0], t->height); r->first[0]++) {
        for (r->first[1] = 0; r->first[1] < skel_lesser(stride[1], t->width); r->first[1]++) {
            r->count[0] = parts(t->height - r->first[0], stride[0]);
            r->count[1] = parts(t->width - r->first[1], stride[1]);
            g.taps = set_taps_backward(&t->window, r->first, g.tap);
            gather_phase(&g, t->images, t->lanes);
        }
    }
}

/* Output blocks of a panel of the weights' gradient. */
static size_t panel_blocks(const skel_dense_f32_tiles *t)
{
    return skel_lesser(t->outputs / t->lanes, PANEL_FLOATS / (GRADIENT_PIXELS * t->lanes));
}

/* Adds the products of a chunk's pixels with the output blocks of a panel. */
static void gradient_panel(const gradient *g, size_t lanes)
{
    size_t pieces = parts(g->in_blocks, VECTORS);

#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (size_t block = 0; block < g->blocks; block++) {
            FOR_BLOCK_LANES(lanes, pack_outputs, g, g->first_block + block,
                            g->panel + block * g->now->count * lanes);
        }
#pragma omp for collapse(2) schedule(static)
        for (size_t t = 0; t < g->taps; t++) {
            for (size_t piece = 0; piece < pieces; piece++) {
                FOR_BLOCK_LANES(lanes, gradient_blocks, g, t, first_of(g->in_blocks, piece),
                                vectors_of(g->in_blocks, piece));
            }
        }
    }
}

/* Sets the pixels of a chunk, from the number `first` on; none behind the last. */
static void set_pixels(const gradient *g, const skel_dense_f32_tiles *t, size_t first,
                       gradient_chunk *to)
{
    size_t all = t->images * g->outputs.pixels;
    matmul_place place[GRADIENT_PIXELS];

    to->count = first < all ? skel_lesser(even(all, GRADIENT_PIXELS), all - first) : 0;
    set_places(&g->outputs, t->lanes, first, to->count, to->count, place);
    for (size_t p = 0; p < to->count; p++) {
        to->target[p] = place[p].target;
    }
    for (size_t i = 0; i < g->taps; i++) {
        size_t *source = to->source + i * GRADIENT_PIXELS;

        for (size_t p = 0; p < to->count; p++) {
            size_t row = place[p].row * t->window.stride[0] + g->tap[i].shift[0];
            size_t column = place[p].column * t->window.stride[1] + g->tap[i].shift[1];
            size_t at = place[p].image * g->in_blocks * g->in_pixels + row * t->width + column;

            source[p] = row < t->height && column < t->width ? at * t->lanes : NOWHERE;
        }
    }
}

/* Places of a chunk of the weights' gradient. */
static size_t chunk_places(const skel_dense_f32_tiles *t)
{
    return (1 + skel_dense_window_taps(&t->window)) * GRADIENT_PIXELS;
}

/* Sums of the gradient, if they are not in its order. */
static size_t sums_floats(const skel_dense_f32_tiles *t)
{
    size_t taps = skel_dense_window_taps(&t->window);

    return taps == 1 ? 0 : t->outputs * taps * t->inputs;
}

/* The gradient of one output, [input][tap], from [tap][input]. */
static void order_taps(size_t taps, size_t inputs, const float *from, float *to)
{
    for (size_t i = 0; i < inputs; i++) {
        for (size_t t = 0; t < taps; t++) {
            to[i * taps + t] = from[t * inputs + i];
        }
    }
}

static void matmul_backward_weights(const skel_dense_f32_tiles *t, const float *x, const float *dy,
                                    float *dweights, float *dbias, float *scratch)
{
    float *sums = sums_floats(t) == 0 ? dweights : scratch + PANEL_FLOATS;
    size_t *places = (size_t *)(void *)(scratch + PANEL_FLOATS + sums_floats(t));
    gradient_chunk chunks[2];
    gradient g = {.x = x,
                  .dy = dy,
                  .dweights = sums,
                  .panel = scratch,
                  .in_blocks = t->inputs / t->lanes,
                  .in_pixels = t->height * t->width,
                  .outputs = all_outputs(t),
                  .is_first = true};

    g.taps = set_taps_forward(&t->window, g.tap);
    for (size_t i = 0; i < 2; i++, places += chunk_places(t)) {
        chunks[i] = (gradient_chunk){.target = places, .source = places + GRADIENT_PIXELS};
    }
    set_pixels(&g, t, 0, &chunks[0]);
    for (size_t first = 0, odd = 0; chunks[odd].count > 0; odd = 1 - odd) {
        first += chunks[odd].count;
        set_pixels(&g, t, first, &chunks[1 - odd]);
        g.now = &chunks[odd];
        g.next = &chunks[1 - odd];
        for (g.first_block = 0; g.first_block < g.outputs.blocks;
             g.first_block += panel_blocks(t)) {
            g.blocks = skel_lesser(panel_blocks(t), g.outputs.blocks - g.first_block);
            gradient_panel(&g, t->lanes);
        }
        g.is_first = false;
    }
    if (sums != dweights) {
#pragma omp parallel for schedule(static)
        for (size_t o = 0; o < t->outputs; o++) {
            size_t row = g.taps * t->inputs;

            order_taps(g.taps, t->inputs, sums + o * row, dweights + o * row);
        }
    }
    if (t->has_bias) {
        skel_dense_bias_sums(t->images, t->outputs, g.outputs.pixels, t->lanes, dy, dbias);
    }
}

static size_t matmul_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    if (direction != SKEL_DENSE_BACKWARD_WEIGHTS) {
        return PANEL_FLOATS;
    }
    return PANEL_FLOATS + sums_floats(t) + 2 * chunk_places(t) * sizeof(size_t) / sizeof(float);
}

const skel_dense_matmul_kernels SKEL_ISA_NAME(skel_dense_matmul_kernels) = {
    .scratch = matmul_scratch,
    .forward = matmul_forward,
    .backward_data = matmul_backward_data,
    .backward_weights = matmul_backward_weights,
};
