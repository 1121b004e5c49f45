/* Convolutions over spans. */
#include "bias.h"
#include "kernels.h"
#include "spans_image.h"

#include "skel/status.h"

#include <string.h>

enum {
    TILE = 12,             /* sums of a tile */
    WEIGHTS_FLOATS = 4096, /* of three blocks, which all pixels of an image read: half of the first
                              cache */
    CHUNK_FLOATS = 12288,  /* what the weights' gradient reads at once: likewise */
};

/* Columns of a tile. A single vector leaves registers unused: there are no more for addresses. */
static inline __attribute__((always_inline)) size_t columns_of(size_t vectors)
{
    return vectors == 1 ? 8 : TILE / vectors;
}

/* How sums run: in three loops, each a number of times; from one time to the next are some floats
 * of the vectors and some of the factors. */
typedef struct walk {
    size_t outer;
    size_t middle;
    size_t inner;
    size_t vector[3];
    size_t factor[3];
} walk;

/* Forward. */
typedef struct forward {
    const float *weights;
    size_t weights_step; /* floats from one output block's to the next one's */
    const float *bias;
    size_t biases;
    span_image image;
    size_t pixels;
    size_t *window; /* [pixels] where each one's begins in an image */
} forward;

/* Gradient of the input. */
typedef struct scatter {
    float *weights; /* [span][vector from 0 on, in pieces][output][vector of the piece][lane] */
    span_image image;
    size_t outputs;
    size_t pixels;
    size_t *window; /* [pixels] by columns: tiles add to the image at different places */
    size_t *pixel;  /* [pixels] number in the output */
} scatter;

/* Gradient of the weights. */
typedef struct gradient {
    const skel_dense_f32_tiles *tiles;
    const float *dy;
    float *images; /* all of them */
    float *sums;   /* [output block][value][lane] */
    span_image image;
    size_t blocks;
    size_t values; /* of a window's spans */
    size_t *value; /* [values] where each one lies, from the window's begin */
} gradient;

/* Rows of outputs that the weights' gradient takes at once: of one image, or all of some. */
typedef struct rows {
    size_t image;
    size_t images;
    size_t row;
    size_t count; /* of each image */
} rows;

/* Spans of a window whose weights are read at once. */
static size_t spans_at_once(size_t floats)
{
    return floats < WEIGHTS_FLOATS ? WEIGHTS_FLOATS / floats : 1;
}

#define LANES_FILE "spans_lanes.h"
#include "block_lanes.h"

/* Floats of whole vectors of any length. */
static size_t whole_vectors(size_t floats)
{
    return round_up(floats, SPAN_MOST_LANES);
}

/* Floats of a table of numbers. */
static size_t table_floats(size_t numbers)
{
    return whole_vectors(numbers * sizeof(size_t) / sizeof(float));
}

static size_t input_floats(const skel_dense_f32_tiles *t)
{
    size_t channels = t->plain ? t->inputs : parts(t->inputs, t->lanes) * t->lanes;

    return channels * t->height * t->width;
}

static size_t output_floats(const skel_dense_f32_tiles *t)
{
    return parts(t->outputs, t->lanes) * t->lanes * t->out_height * t->out_width;
}

/* Sets an image's pixels, and the padding to 0. */
static void fill(const skel_dense_f32_tiles *t, const span_image *i, const float *x, float *image)
{
    memset(image, 0, i->floats * sizeof *image);
    if (t->plain) {
        span_image_fill_plain(t, i, x, image);
    } else {
        FOR_BLOCK_LANES(t->lanes, fill_image, t, i, x, image);
    }
}

static void spans_forward(const skel_dense_f32_tiles *t, const float *x, const float *weights,
                          const float *bias, float *y, float *scratch)
{
    size_t blocks = parts(t->outputs, t->lanes);
    forward f = {.weights = weights,
                 .weights_step = skel_dense_window_taps(&t->window) * t->inputs * t->lanes,
                 .bias = bias,
                 .biases = t->has_bias ? t->outputs : 0,
                 .image = span_image_of(t),
                 .pixels = t->out_height * t->out_width,
                 .window = (size_t *)(void *)scratch};

    for (size_t p = 0; p < f.pixels; p++) {
        f.window[p] = span_image_window(t, &f.image, p / t->out_width, p % t->out_width);
    }
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < t->images; i++) {
        float image[SPAN_IMAGE_FLOATS];

        fill(t, &f.image, x + i * input_floats(t), image);
        for (size_t piece = 0; piece * VECTORS < blocks; piece++) {
            FOR_BLOCK_LANES(t->lanes, forward_blocks, &f, first_of(blocks, piece),
                            vectors_of(blocks, piece), image, y + i * output_floats(t));
        }
    }
}

/* Packs the weights of a span's vectors, 0 behind the last value. */
static void pack_span(const skel_dense_f32_tiles *t, const scatter *g, const float *weights,
                      size_t span)
{
    size_t vectors = parts(g->image.span, t->lanes);
    size_t block = g->image.spans * g->image.span * t->lanes;
    float *to = g->weights + span * vectors * g->outputs * t->lanes;

    for (size_t piece = 0; piece * VECTORS < vectors; piece++) {
        size_t first = first_of(vectors, piece) * t->lanes;
        size_t end = first + vectors_of(vectors, piece) * t->lanes;

        for (size_t o = 0; o < g->outputs; o++) {
            const float *from =
                weights + o / t->lanes * block + o % t->lanes + span * g->image.span * t->lanes;

            for (size_t k = first; k < end; k++) {
                *to++ = k < g->image.span ? from[k * t->lanes] : 0.0F;
            }
        }
    }
}

/* The gradient of one image. */
static void scatter_image(const skel_dense_f32_tiles *t, const scatter *g, const float *dy,
                          float *dx)
{
    size_t vectors = parts(g->image.span, t->lanes);
    float image[SPAN_IMAGE_FLOATS] = {0};
    float outputs[SPAN_IMAGE_FLOATS + SPAN_MOST_LANES];

    FOR_BLOCK_LANES(t->lanes, pack_outputs, g, dy, outputs);
    for (size_t span = 0; span < g->image.spans; span++) {
        for (size_t piece = 0; piece * VECTORS < vectors; piece++) {
            FOR_BLOCK_LANES(t->lanes, scatter_vectors, g, span, first_of(vectors, piece),
                            vectors_of(vectors, piece), outputs, image);
        }
    }
    FOR_BLOCK_LANES(t->lanes, unfill_image, t, &g->image, image, dx);
}

/* Floats of the packed weights of the gradient of the input. */
static size_t packed_floats(const skel_dense_f32_tiles *t)
{
    span_image i = span_image_of(t);

    return whole_vectors(i.spans * parts(i.span, t->lanes) * t->lanes * t->outputs);
}

static void spans_backward_data(const skel_dense_f32_tiles *t, const float *dy,
                                const float *weights, float *dx, float *scratch)
{
    size_t pixels = t->out_height * t->out_width;
    scatter g = {.weights = scratch,
                 .image = span_image_of(t),
                 .outputs = t->outputs,
                 .pixels = pixels,
                 .window = (size_t *)(void *)(scratch + packed_floats(t))};

    SKEL_ASSERT(!t->plain);
    g.pixel = g.window + pixels;
    for (size_t p = 0; p < pixels; p++) {
        size_t row = p % t->out_height;
        size_t column = p / t->out_height;

        g.pixel[p] = row * t->out_width + column;
        g.window[p] = span_image_window(t, &g.image, row, column);
    }
#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (size_t span = 0; span < g.image.spans; span++) {
            pack_span(t, &g, weights, span);
        }
#pragma omp for schedule(static)
        for (size_t i = 0; i < t->images; i++) {
            scatter_image(t, &g, dy + i * output_floats(t), dx + i * input_floats(t));
        }
    }
}

/* Sets the rows that are taken at once, from `image` and `row` on. */
static void set_rows(const gradient *g, size_t image, size_t row, rows *r)
{
    const skel_dense_f32_tiles *t = g->tiles;
    size_t floats = VECTORS * t->lanes * t->out_width + t->window.stride[0] * g->image.row;
    size_t most = floats < CHUNK_FLOATS ? CHUNK_FLOATS / floats : 1;
    size_t images = most / t->out_height > 0 ? most / t->out_height : 1;

    *r = (rows){.image = image,
                .images = skel_lesser(images, t->images - image),
                .row = row,
                .count = skel_lesser(most, t->out_height - row)};
}

/* Adds the products of some rows. Each sum stays with the thread that took its first part. */
static void gradient_rows(const gradient *g, const rows *r)
{
    for (size_t piece = 0; piece * VECTORS < g->blocks; piece++) {
        size_t vectors = vectors_of(g->blocks, piece);

#pragma omp for schedule(static) nowait
        for (size_t k = 0; k < g->values; k += columns_of(vectors)) {
            FOR_BLOCK_LANES(g->tiles->lanes, gradient_blocks, g, first_of(g->blocks, piece),
                            vectors, k, r);
        }
    }
}

static void gradient_all(const gradient *g)
{
    rows r = {.images = 1}; /* an image has a row, which sets it */

    for (size_t image = 0; image < g->tiles->images; image += r.images) {
        for (size_t row = 0; row < g->tiles->out_height; row += r.count) {
            set_rows(g, image, row, &r);
            gradient_rows(g, &r);
        }
    }
}

/* The gradient of one output, [input][tap], from [tap][input] in blocks. */
static void order_values(const gradient *g, size_t output, float *to)
{
    const skel_dense_f32_tiles *t = g->tiles;
    size_t lanes = t->lanes;
    const float *from = g->sums + output / lanes * g->values * lanes + output % lanes;
    size_t taps = g->values / t->inputs;

    for (size_t i = 0; i < t->inputs; i++) {
        for (size_t tap = 0; tap < taps; tap++) {
            *to++ = from[(tap * t->inputs + i) * lanes];
        }
    }
}

static void spans_backward_weights(const skel_dense_f32_tiles *t, const float *x, const float *dy,
                                   float *dweights, float *dbias, float *scratch)
{
    gradient g = {.tiles = t,
                  .dy = dy,
                  .images = scratch,
                  .image = span_image_of(t),
                  .blocks = parts(t->outputs, t->lanes),
                  .values = skel_dense_window_taps(&t->window) * t->inputs};

    g.sums = g.images + t->images * g.image.floats;
    g.value = (size_t *)(void *)(g.sums + g.blocks * whole_vectors(g.values * t->lanes));
    for (size_t k = 0; k < g.values; k++) {
        g.value[k] = k / g.image.span * g.image.down + k % g.image.span;
    }
#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (size_t i = 0; i < t->images; i++) {
            fill(t, &g.image, x + i * input_floats(t), g.images + i * g.image.floats);
        }
        gradient_all(&g);
#pragma omp barrier
#pragma omp for schedule(static)
        for (size_t o = 0; o < t->outputs; o++) {
            order_values(&g, o, dweights + o * g.values);
        }
    }
    if (t->has_bias) {
        skel_dense_bias_sums(t->images, t->outputs, t->out_height * t->out_width, t->lanes, dy,
                             dbias);
    }
}

static size_t spans_scratch(const skel_dense_f32_tiles *t, skel_dense_direction direction)
{
    size_t pixels = t->out_height * t->out_width;
    size_t values = skel_dense_window_taps(&t->window) * t->inputs;

    switch (direction) {
    case SKEL_DENSE_FORWARD:
        return table_floats(pixels);
    case SKEL_DENSE_BACKWARD_DATA:
        return packed_floats(t) + table_floats(2 * pixels);
    case SKEL_DENSE_BACKWARD_WEIGHTS:
        break;
    }
    return t->images * span_image_of(t).floats +
           parts(t->outputs, t->lanes) * whole_vectors(values * t->lanes) + table_floats(values);
}

const skel_dense_spans_kernels SKEL_ISA_NAME(skel_dense_spans_kernels) = {
    .scratch = spans_scratch,
    .forward = spans_forward,
    .backward_data = spans_backward_data,
    .backward_weights = spans_backward_weights,
};
