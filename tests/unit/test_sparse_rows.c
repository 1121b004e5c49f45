/* The sparse engine's rows of kept weights against plain double loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

/* Shapes that leave every rest of a tile; the stride is that of the input. */
typedef struct shape {
    size_t height; /* of the output */
    size_t width;
    size_t stride;
    size_t ring;
    size_t count; /* kept weights of the longest row */
    size_t images;
} shape;

static const shape shapes[] = {
    {1, 1, 1, 0, 1, 16},  {1, 1, 1, 0, 40, 3}, {7, 5, 1, 1, 0, 16},   {5, 7, 1, 1, 9, 16},
    {3, 3, 2, 1, 5, 1},   {2, 9, 1, 2, 33, 7}, {33, 33, 1, 1, 4, 16}, {13, 15, 3, 0, 17, 15},
    {8, 8, 1, 1, 25, 16}, {4, 4, 1, 1, 3, 16},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, CHANNELS = 3, ROWS = 4 };

/* A map of some rows in one grid, with its input and output. */
typedef struct map {
    skel_sparse_rows rows;
    skel_sparse_grid grid;
    skel_sparse_planes in;
    skel_sparse_planes out;
    float *x;
    float *y;
    float *scratch; /* zeros, enough for all kernels */
    double *sums;   /* one for each entry, two for each channel */
    float bias[ROWS];
} map;

/* Rows of different lengths, among them an empty one, in another order than their channels. */
static void make_rows(map *m, const shape *s, skel_stream *stream)
{
    uint32_t around = (uint32_t)(2 * s->ring + 1);
    size_t n = 0;

    ck_assert_ok(SKEL_ALLOC(ROWS + SKEL_SPARSE_ROWS_AHEAD, sizeof *m->rows.row, &m->rows.row));
    ck_assert_ok(SKEL_ALLOC(ROWS * s->count + SKEL_SPARSE_ENTRIES_AHEAD, sizeof *m->rows.entry,
                            &m->rows.entry));
    for (size_t r = 0; r < ROWS; r++) {
        size_t channel = ROWS - 1 - r;

        m->rows.row[r] = (skel_sparse_row){.first = n,
                                           .count = s->count * r / (ROWS - 1),
                                           .channel = channel,
                                           .target = skel_sparse_planes_origin(&m->out, channel)};
        n += m->rows.row[r].count;
        m->bias[channel] = 0.5F + (float)r;
    }
    for (size_t k = 0; k < n; k++) {
        size_t channel = skel_stream_below(stream, CHANNELS);
        size_t y = skel_stream_below(stream, around);
        size_t x = skel_stream_below(stream, around);

        m->rows.entry[k].offset =
            (uint32_t)(channel * m->in.plane + y * m->in.row + x * kernels->lanes);
        m->rows.entry[k].weight = (float)skel_stream_normal(stream);
    }
    m->rows.entries = n;
}

/* Floats of scratch memory that any kernel needs. */
static size_t scratch_floats(const map *m)
{
    return (m->rows.entries + (size_t)SKEL_SPARSE_STATISTICS * ROWS) * kernels->lanes;
}

static map make_map(const shape *s)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);
    size_t height = (s->height - 1) * s->stride + 1;
    size_t width = (s->width - 1) * s->stride + 1;
    map m = {.in = skel_sparse_planes_make(kernels->lanes, CHANNELS, height, width, s->ring),
             .out = skel_sparse_planes_make(kernels->lanes, ROWS, s->height, s->width, s->ring)};

    m.x = random_floats(&stream, skel_sparse_planes_floats(&m.in));
    m.y = random_floats(&stream, skel_sparse_planes_floats(&m.out));
    m.grid = (skel_sparse_grid){.rows = ROWS, .height = s->height, .width = s->width};
    m.rows = (skel_sparse_rows){.grids = 1,
                                .rows = ROWS,
                                .near = ROWS,
                                .in_row = s->stride * m.in.row,
                                .in_column = s->stride * kernels->lanes,
                                .out_row = m.out.row,
                                .out_column = kernels->lanes,
                                .gradient_origin = skel_sparse_planes_origin(&m.out, 0),
                                .gradient_plane = m.out.plane,
                                .gradient_row = m.out.row};
    make_rows(&m, s, &stream);
    ck_assert_ok(SKEL_ALLOC(scratch_floats(&m), sizeof *m.scratch, &m.scratch));
    ck_assert_ok(SKEL_ALLOC(m.rows.entries + (size_t)2 * ROWS, sizeof *m.sums, &m.sums));
    return m;
}

static void free_map(map *m)
{
    SKEL_FREE(&m->rows.row);
    SKEL_FREE(&m->rows.entry);
    SKEL_FREE(&m->x);
    SKEL_FREE(&m->y);
    SKEL_FREE(&m->scratch);
    SKEL_FREE(&m->sums);
}

/* The rows of the map from `first` on. */
static skel_sparse_range range_of(map *m, size_t first)
{
    return (skel_sparse_range){.rows = &m->rows, .grid = &m->grid, .first = first, .last = ROWS};
}

static size_t images_of(const shape *s)
{
    return s->images < kernels->lanes ? s->images : kernels->lanes;
}

/* Value number i of a row: its lane, its place in the output, and without it in the input. */
static size_t output_at(const map *m, size_t r, size_t i)
{
    size_t y = i / kernels->lanes / m->grid.width;
    size_t x = i / kernels->lanes % m->grid.width;

    return m->rows.row[r].target + y * m->rows.out_row + x * m->rows.out_column +
           i % kernels->lanes;
}

static size_t input_at(const map *m, size_t entry, size_t i)
{
    size_t y = i / kernels->lanes / m->grid.width;
    size_t x = i / kernels->lanes % m->grid.width;

    return m->rows.entry[entry].offset + y * m->rows.in_row + x * m->rows.in_column +
           i % kernels->lanes;
}

static size_t values_of(const map *m)
{
    return m->grid.height * m->grid.width * kernels->lanes;
}

START_TEST(a_row_is_the_sum_of_its_weights_times_the_input)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images_of(s), 0);

    kernels->row->apply(range_of(&m, 0), m.x, m.bias, &lanes, m.y, NULL, NULL);
    for (size_t i = 0; i < ROWS * values_of(&m); i++) {
        const skel_sparse_row *row = &m.rows.row[i / values_of(&m)];
        size_t value = i % values_of(&m);
        bool image = value % kernels->lanes < images_of(s);
        double sum = image ? (double)m.bias[row->channel] : 0;
        double size = 1 + sum;

        for (size_t n = row->first; n < row->first + row->count; n++) {
            double term = (double)m.rows.entry[n].weight * (double)m.x[input_at(&m, n, value)];

            sum += term;
            size += fabs(term);
        }
        /* as many roundings to float as terms, of sums that are at most `size` */
        ck_assert_double_eq_tol((double)m.y[output_at(&m, i / values_of(&m), value)], sum,
                                6e-8 * size * (double)(row->count + 1));
    }
    free_map(&m);
}
END_TEST

START_TEST(rows_write_nothing_but_their_pixels)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images_of(s), 0);
    size_t floats = skel_sparse_planes_floats(&m.out);
    float *before = NULL;

    ck_assert_ok(SKEL_ALLOC(floats, sizeof *before, &before));
    memcpy(before, m.y, floats * sizeof *before);
    kernels->row->apply(range_of(&m, 1), m.x, NULL, &lanes, m.y, NULL, NULL);
    for (size_t i = values_of(&m); i < ROWS * values_of(&m); i++) {
        size_t at = output_at(&m, i / values_of(&m), i % values_of(&m));

        before[at] = m.y[at];
    }
    ck_assert_mem_eq(before, m.y, floats * sizeof *before);
    SKEL_FREE(&before);
    free_map(&m);
}
END_TEST

START_TEST(streamed_rows_have_the_same_bits)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images_of(s), 0);
    skel_sparse_range range = range_of(&m, 0);
    size_t floats = skel_sparse_planes_floats(&m.out);
    float *stored = NULL;
    double sums[2 * ROWS];

    ck_assert_ok(SKEL_ALLOC(floats, sizeof *stored, &stored));
    memcpy(stored, m.y, floats * sizeof *stored);
    kernels->row->apply(range, m.x, m.bias, &lanes, stored, m.scratch, sums);
    range.streams = true;
    kernels->row->apply(range, m.x, m.bias, &lanes, m.y, m.scratch, m.sums);
    ck_assert_mem_eq(m.y, stored, floats * sizeof *stored);
    ck_assert_mem_eq(m.sums, sums, sizeof sums);
    SKEL_FREE(&stored);
    free_map(&m);
}
END_TEST

START_TEST(statistics_are_sums_of_the_outputs_and_of_their_squares)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, kernels->lanes, 0);

    m.bias[0] = 1000; /* far from 0, where a sum of squares in float would lose the variance */
    kernels->row->apply(range_of(&m, 0), m.x, m.bias, &lanes, m.y, m.scratch, m.sums);
    for (size_t r = 0; r < ROWS; r++) {
        size_t channel = m.rows.row[r].channel;
        double n = (double)values_of(&m);
        double mean = 0;
        double variance = 0;

        for (size_t i = 0; i < values_of(&m); i++) {
            mean += (double)m.y[output_at(&m, r, i)] / n;
        }
        for (size_t i = 0; i < values_of(&m); i++) {
            variance += pow((double)m.y[output_at(&m, r, i)] - mean, 2) / n;
        }
        ck_assert_double_eq_tol(m.sums[2 * channel] / n, mean, 1e-7 * (1 + fabs(mean)) + 1e-6);
        /* floats about 1000 are 6e-5 apart */
        ck_assert_double_eq_tol(m.sums[2 * channel + 1] / n - pow(m.sums[2 * channel] / n, 2),
                                variance, 1e-4 * (1 + variance));
    }
    for (size_t i = 0; i < scratch_floats(&m); i++) {
        ck_assert(m.scratch[i] == 0.0F); /* ready for the next rows */
    }
    free_map(&m);
}
END_TEST

START_TEST(products_are_sums_over_pixels_and_lanes_and_are_added)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    size_t pending = 0;

    for (size_t n = 0; n < m.rows.entries; n++) {
        m.sums[n] = (double)n;
    }
    kernels->row->products(range_of(&m, 0), m.x, m.y, m.scratch, &pending, m.sums);
    kernels->row->products(range_of(&m, 0), m.x, m.y, m.scratch, &pending, m.sums); /* twice */
    kernels->row->settle(range_of(&m, 0), m.scratch, m.sums);
    for (size_t r = 0; r < ROWS; r++) {
        const skel_sparse_row *row = &m.rows.row[r];

        for (size_t n = row->first; n < row->first + row->count; n++) {
            double sum = (double)n;
            double size = 0;

            for (size_t i = 0; i < values_of(&m); i++) {
                double term = (double)m.x[input_at(&m, n, i)] * (double)m.y[output_at(&m, r, i)];

                sum += 2 * term;
                size += fabs(term);
            }
            /* a lane's sum in float has about 1024 roundings, each of a small part of `size` */
            ck_assert_double_eq_tol(m.sums[n], sum, 1e-6 * (size + 1));
        }
    }
    for (size_t i = 0; i < scratch_floats(&m); i++) {
        ck_assert(m.scratch[i] == 0.0F);
    }
    free_map(&m);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, a_row_is_the_sum_of_its_weights_times_the_input, SHAPES);
    add_kernel_test(tcase, streamed_rows_have_the_same_bits, SHAPES);
    add_kernel_test(tcase, rows_write_nothing_but_their_pixels, SHAPES);
    add_kernel_test(tcase, statistics_are_sums_of_the_outputs_and_of_their_squares, SHAPES);
    add_kernel_test(tcase, products_are_sums_over_pixels_and_lanes_and_are_added, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_rows", fill);
}
