/* The sparse engine's dense rows against plain double loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

/* Shapes that leave rests of tiles, of bands and of chunks of columns; the stride is the input's.
 */
typedef struct shape {
    size_t height; /* of the output */
    size_t width;
    size_t stride;
    size_t ring;
    size_t rows;
    size_t columns;
    size_t images;
} shape;

static const shape shapes[] = {
    {1, 1, 1, 0, 1, 1, 16},   {2, 2, 1, 1, 6, 7, 3},   {7, 5, 1, 1, 7, 192, 16},
    {3, 3, 2, 1, 12, 193, 1}, {1, 9, 1, 2, 5, 400, 7}, {17, 16, 1, 1, 13, 60, 16},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, CHANNELS = 5 };

/* A map of dense rows in one grid, with its input and output. */
typedef struct map {
    skel_sparse_rows rows;
    skel_sparse_grid grid;
    skel_sparse_planes in;
    skel_sparse_planes out;
    float *x;
    float *y;
    float *bias;
    float *scratch; /* zeros */
    float *panel;
    double *sums;
} map;

/* Columns at random places, the rows in another order than their channels. */
static void make_rows(map *m, const shape *s, skel_stream *stream)
{
    uint32_t around = (uint32_t)(2 * s->ring + 1);
    size_t height = kernels->band->rows;

    ck_assert_ok(SKEL_ALLOC(s->rows, sizeof *m->rows.row, &m->rows.row));
    ck_assert_ok(SKEL_ALLOC(s->columns, sizeof *m->grid.bands.offset, &m->grid.bands.offset));
    for (size_t r = 0; r < s->rows; r++) {
        size_t channel = s->rows - 1 - r;

        m->rows.row[r] = (skel_sparse_row){.channel = channel,
                                           .target = skel_sparse_planes_origin(&m->out, channel)};
    }
    for (size_t k = 0; k < s->columns; k++) {
        size_t channel = skel_stream_below(stream, CHANNELS);
        size_t y = skel_stream_below(stream, around);
        size_t x = skel_stream_below(stream, around);

        m->grid.bands.offset[k] =
            (uint32_t)(channel * m->in.plane + y * m->in.row + x * kernels->lanes);
    }
    m->grid.bands.rows = s->rows;
    m->grid.bands.columns = s->columns;
    m->grid.bands.weight =
        random_floats(stream, (s->rows + height - 1) / height * height * s->columns);
}

static map make_map(const shape *s)
{
    skel_stream stream = skel_stream_open(4, SKEL_PURPOSE_TEST, 0, 0);
    size_t height = (s->height - 1) * s->stride + 1;
    size_t width = (s->width - 1) * s->stride + 1;
    map m = {.in = skel_sparse_planes_make(kernels->lanes, CHANNELS, height, width, s->ring),
             .out = skel_sparse_planes_make(kernels->lanes, s->rows, s->height, s->width, s->ring)};

    m.x = random_floats(&stream, skel_sparse_planes_floats(&m.in));
    m.y = random_floats(&stream, skel_sparse_planes_floats(&m.out));
    m.bias = random_floats(&stream, s->rows);
    m.grid = (skel_sparse_grid){.rows = s->rows, .height = s->height, .width = s->width};
    m.rows = (skel_sparse_rows){.grids = 1,
                                .rows = s->rows,
                                .in_row = s->stride * m.in.row,
                                .in_column = s->stride * kernels->lanes,
                                .out_row = m.out.row,
                                .out_column = kernels->lanes};
    make_rows(&m, s, &stream);
    ck_assert_ok(SKEL_ALLOC(s->rows * SKEL_SPARSE_STATISTICS * kernels->lanes, sizeof *m.scratch,
                            &m.scratch));
    ck_assert_ok(SKEL_ALLOC(kernels->band->panel(s->rows), sizeof *m.panel, &m.panel));
    ck_assert_ok(SKEL_ALLOC(2 * s->rows, sizeof *m.sums, &m.sums));
    return m;
}

static void free_map(map *m)
{
    SKEL_FREE(&m->rows.row);
    SKEL_FREE(&m->grid.bands.offset);
    SKEL_FREE(&m->grid.bands.weight);
    SKEL_FREE(&m->x);
    SKEL_FREE(&m->y);
    SKEL_FREE(&m->bias);
    SKEL_FREE(&m->scratch);
    SKEL_FREE(&m->panel);
    SKEL_FREE(&m->sums);
}

/* Computes the rows of the map from `first` on. */
static void apply(map *m, const shape *s, size_t first, bool statistics)
{
    size_t images = s->images < kernels->lanes ? s->images : kernels->lanes;
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images, 0);
    skel_sparse_range range = {.rows = &m->rows,
                               .grid = &m->grid,
                               .first = first,
                               .last = s->rows,
                               .streams = first > 0}; /* the same bits */

    kernels->band->apply(range, m->x, m->bias, &lanes, m->y, statistics ? m->scratch : NULL,
                         statistics ? m->sums : NULL, m->panel);
}

static size_t values_of(const map *m)
{
    return m->grid.height * m->grid.width * kernels->lanes;
}

/* Value number i of a row: its place in the output, and relative to a column in the input. */
static size_t output_at(const map *m, size_t r, size_t i)
{
    size_t pixel = i / kernels->lanes;

    return m->rows.row[r].target + pixel / m->grid.width * m->rows.out_row +
           pixel % m->grid.width * m->rows.out_column + i % kernels->lanes;
}

static size_t input_at(const map *m, size_t i)
{
    size_t pixel = i / kernels->lanes;

    return pixel / m->grid.width * m->rows.in_row + pixel % m->grid.width * m->rows.in_column +
           i % kernels->lanes;
}

static double weight_of(const map *m, size_t r, size_t k)
{
    size_t height = kernels->band->rows;

    return (double)
        m->grid.bands.weight[r / height * height * m->grid.bands.columns + k * height + r % height];
}

START_TEST(a_dense_row_is_the_sum_of_its_weights_times_the_input)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);

    apply(&m, s, 0, false);
    for (size_t i = 0; i < s->rows * values_of(&m); i++) {
        size_t r = i / values_of(&m);
        size_t value = i % values_of(&m);
        bool image = value % kernels->lanes < s->images;
        double sum = image ? (double)m.bias[m.rows.row[r].channel] : 0;
        double size = 1 + fabs(sum);

        for (size_t k = 0; k < s->columns; k++) {
            double term =
                weight_of(&m, r, k) * (double)m.x[m.grid.bands.offset[k] + input_at(&m, value)];

            sum += term;
            size += fabs(term);
        }
        /* as many roundings to float as terms, of sums that are at most `size` */
        ck_assert_double_eq_tol((double)m.y[output_at(&m, r, value)], sum,
                                6e-8 * size * (double)(s->columns + 1));
    }
    free_map(&m);
}
END_TEST

START_TEST(rows_have_the_same_bits_in_a_smaller_range_and_write_only_their_pixels)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    size_t floats = skel_sparse_planes_floats(&m.out);
    size_t first = s->rows > kernels->band->rows ? kernels->band->rows : 0;
    float *before = NULL;
    float *all = NULL;

    ck_assert_ok(SKEL_ALLOC(floats, sizeof *before, &before));
    ck_assert_ok(SKEL_ALLOC(floats, sizeof *all, &all));
    memcpy(before, m.y, floats * sizeof *before);
    apply(&m, s, 0, false);
    memcpy(all, m.y, floats * sizeof *all);
    memcpy(m.y, before, floats * sizeof *before);
    apply(&m, s, first, false);
    for (size_t i = first * values_of(&m); i < s->rows * values_of(&m); i++) {
        size_t at = output_at(&m, i / values_of(&m), i % values_of(&m));

        before[at] = all[at];
    }
    ck_assert_mem_eq(before, m.y, floats * sizeof *before);
    SKEL_FREE(&before);
    SKEL_FREE(&all);
    free_map(&m);
}
END_TEST

START_TEST(statistics_are_sums_of_the_outputs_and_of_their_squares)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);

    apply(&m, s, 0, true);
    for (size_t r = 0; r < s->rows; r++) {
        size_t channel = m.rows.row[r].channel;
        double sum = 0;
        double squares = 0;

        for (size_t i = 0; i < values_of(&m); i++) {
            double y = (double)m.y[output_at(&m, r, i)];

            sum += y;
            squares += y * y;
        }
        /* a lane's sum in float has at most 260 roundings, each of a small part of the squares */
        ck_assert_double_eq_tol(m.sums[2 * channel], sum, 1e-5 * (1 + sqrt(squares)));
        ck_assert_double_eq_tol(m.sums[2 * channel + 1], squares, 1e-5 * (1 + squares));
    }
    for (size_t i = 0; i < s->rows * SKEL_SPARSE_STATISTICS * kernels->lanes; i++) {
        ck_assert(m.scratch[i] == 0.0F); /* ready for the next rows */
    }
    free_map(&m);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, a_dense_row_is_the_sum_of_its_weights_times_the_input, SHAPES);
    add_kernel_test(tcase, rows_have_the_same_bits_in_a_smaller_range_and_write_only_their_pixels,
                    SHAPES);
    add_kernel_test(tcase, statistics_are_sums_of_the_outputs_and_of_their_squares, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_bands", fill);
}
