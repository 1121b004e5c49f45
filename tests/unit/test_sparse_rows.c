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
    size_t count; /* kept weights of the row */
    size_t images;
} shape;

static const shape shapes[] = {
    {1, 1, 1, 0, 1, 16},  {1, 1, 1, 0, 40, 3}, {7, 5, 1, 1, 0, 16},   {5, 7, 1, 1, 9, 16},
    {3, 3, 2, 1, 5, 1},   {2, 9, 1, 2, 33, 7}, {33, 33, 1, 1, 4, 16}, {13, 15, 3, 0, 17, 15},
    {8, 8, 1, 1, 25, 16}, {4, 4, 1, 1, 3, 16},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, CHANNELS = 3 };

/* One row of a map, with its input and output. */
typedef struct map {
    skel_sparse_rows rows;
    skel_sparse_row row;
    skel_sparse_planes in;
    skel_sparse_planes out;
    float *x;
    float *y;
} map;

static float *random_floats(skel_stream *stream, size_t count)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)skel_stream_normal(stream);
    }
    return out;
}

static map make_map(const shape *s)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);
    size_t height = (s->height - 1) * s->stride + 1;
    size_t width = (s->width - 1) * s->stride + 1;
    uint32_t around = (uint32_t)(2 * s->ring + 1);
    map m = {.in = skel_sparse_planes_make(kernels->lanes, CHANNELS, height, width, s->ring),
             .out = skel_sparse_planes_make(kernels->lanes, 2, s->height, s->width, s->ring)};

    m.x = random_floats(&stream, skel_sparse_planes_floats(&m.in));
    m.y = random_floats(&stream, skel_sparse_planes_floats(&m.out));
    m.row = (skel_sparse_row){.count = s->count,
                              .target = skel_sparse_planes_origin(&m.out, 1),
                              .height = s->height,
                              .width = s->width};
    m.rows = (skel_sparse_rows){.rows = 1,
                                .entries = s->count,
                                .in_row = s->stride * m.in.row,
                                .in_column = s->stride * kernels->lanes,
                                .out_row = m.out.row,
                                .out_column = kernels->lanes};
    ck_assert_ok(SKEL_ALLOC(s->count + 1, sizeof *m.rows.entry, &m.rows.entry));
    for (size_t n = 0; n < s->count; n++) {
        size_t channel = skel_stream_below(&stream, CHANNELS);
        size_t y = skel_stream_below(&stream, around);
        size_t x = skel_stream_below(&stream, around);

        m.rows.entry[n].offset =
            (uint32_t)(channel * m.in.plane + y * m.in.row + x * kernels->lanes);
        m.rows.entry[n].weight = (float)skel_stream_normal(&stream);
    }
    return m;
}

static void free_map(map *m)
{
    SKEL_FREE(&m->rows.entry);
    SKEL_FREE(&m->x);
    SKEL_FREE(&m->y);
}

static size_t input_at(const map *m, size_t entry, size_t y, size_t x)
{
    return m->rows.entry[entry].offset + y * m->rows.in_row + x * m->rows.in_column;
}

static size_t output_at(const map *m, size_t y, size_t x)
{
    return m->row.target + y * m->rows.out_row + x * m->rows.out_column;
}

START_TEST(a_row_is_the_sum_of_its_weights_times_the_input)
{
    const shape *s = &shapes[choose_kernels(_i)];
    size_t images = s->images < kernels->lanes ? s->images : kernels->lanes;
    map m = make_map(s);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images, 0);

    kernels->row->apply(&m.rows, &m.row, m.x, 0.5F, &lanes, m.y);
    for (size_t y = 0; y < s->height; y++) {
        for (size_t x = 0; x < s->width; x++) {
            for (size_t l = 0; l < kernels->lanes; l++) {
                double sum = l < images ? 0.5 : 0;
                double size = 1;

                for (size_t n = 0; n < s->count; n++) {
                    double term =
                        (double)m.rows.entry[n].weight * (double)m.x[input_at(&m, n, y, x) + l];

                    sum += term;
                    size += fabs(term);
                }
                /* `count` roundings to float of sums that are at most `size` */
                ck_assert_double_eq_tol((double)m.y[output_at(&m, y, x) + l], sum,
                                        6e-8 * size * (double)(s->count + 1));
            }
        }
    }
    free_map(&m);
}
END_TEST

START_TEST(a_row_writes_nothing_but_its_pixels)
{
    const shape *s = &shapes[choose_kernels(_i)];
    size_t images = s->images < kernels->lanes ? s->images : kernels->lanes;
    map m = make_map(s);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images, 0);
    size_t floats = skel_sparse_planes_floats(&m.out);
    float *before = NULL;

    ck_assert_ok(SKEL_ALLOC(floats, sizeof *before, &before));
    memcpy(before, m.y, floats * sizeof *before);
    kernels->row->apply(&m.rows, &m.row, m.x, 0.0F, &lanes, m.y);
    for (size_t y = 0; y < s->height; y++) {
        memcpy(before + output_at(&m, y, 0), m.y + output_at(&m, y, 0),
               s->width * kernels->lanes * sizeof *before);
    }
    ck_assert_mem_eq(before, m.y, floats * sizeof *before);
    SKEL_FREE(&before);
    free_map(&m);
}
END_TEST

START_TEST(products_are_sums_over_pixels_and_lanes_and_are_added)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    float *scratch = NULL;
    double *sums = NULL;

    ck_assert_ok(SKEL_ALLOC(s->count * kernels->lanes + 1, sizeof *scratch, &scratch));
    ck_assert_ok(SKEL_ALLOC(s->count + 1, sizeof *sums, &sums));
    for (size_t n = 0; n < s->count; n++) {
        sums[n] = (double)n;
    }
    kernels->row->products(&m.rows, &m.row, m.x, m.y, scratch, sums);
    for (size_t n = 0; n < s->count; n++) {
        double sum = (double)n;
        double size = 0;

        for (size_t i = 0; i < s->height * s->width * kernels->lanes; i++) {
            size_t y = i / kernels->lanes / s->width;
            size_t x = i / kernels->lanes % s->width;
            double term = (double)m.x[input_at(&m, n, y, x) + i % kernels->lanes] *
                          (double)m.y[output_at(&m, y, x) + i % kernels->lanes];

            sum += term;
            size += fabs(term);
        }
        /* a lane's sum in float has at most 1024 roundings, each of a small part of `size` */
        ck_assert_double_eq_tol(sums[n], sum, 1e-6 * (size + 1));
    }
    for (size_t i = 0; i < s->count * kernels->lanes; i++) {
        ck_assert(scratch[i] == 0.0F); /* ready for the next row */
    }
    SKEL_FREE(&scratch);
    SKEL_FREE(&sums);
    free_map(&m);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, a_row_is_the_sum_of_its_weights_times_the_input, SHAPES);
    add_kernel_test(tcase, a_row_writes_nothing_but_its_pixels, SHAPES);
    add_kernel_test(tcase, products_are_sums_over_pixels_and_lanes_and_are_added, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_rows", fill);
}
