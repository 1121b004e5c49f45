/* Dense rows by Winograd's algorithm against plain double loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include <math.h>

/* Shapes that leave rests of tiles, bands, groups and chunks of channels; lanes without images. */
typedef struct shape {
    size_t height;
    size_t width;
    size_t rows;
    size_t columns;
    size_t images;
    size_t together; /* tiles of a chunk of the weights' gradient */
} shape;

static const shape shapes[] = {
    {1, 1, 1, 1, 16, 1}, {4, 4, 6, 7, 3, 1},      {7, 5, 7, 33, 16, 3},
    {3, 9, 12, 3, 1, 2}, {17, 16, 13, 130, 7, 7}, {8, 21, 5, 65, 16, 5},
};
enum { SHAPES = sizeof shapes / sizeof *shapes, TAPS = 9, SIDE = 4, POINTS = 36, LINE = 16 };

/* A map of dense rows in one grid, with its input and output. */
typedef struct map {
    skel_sparse_rows rows;
    skel_sparse_grid grid;
    skel_sparse_planes in;
    skel_sparse_planes out;
    size_t padded; /* rows of all bands */
    float *x;
    float *y; /* out, or the output's gradient */
    float *bias;
    float *weight;
    float *inputs;
    float *outputs;
    float *scratch; /* zeros */
    double *sums;
} map;

static size_t step_of(size_t floats)
{
    return (floats + LINE - 1) / LINE * LINE;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t tiles_of(const shape *s)
{
    return (s->height + SIDE - 1) / SIDE * ((s->width + SIDE - 1) / SIDE);
}

static size_t images_of(const shape *s)
{
    return smaller(s->images, kernels->lanes);
}

/* Floats of values at all points. Channels are those of whole groups. */
static size_t values_of(size_t channels, size_t tiles)
{
    size_t group = kernels->winograd->group;

    return POINTS * step_of((channels + group) * tiles * kernels->lanes);
}

/* Random values in lanes with an image. */
static float *random_planes(skel_stream *stream, const skel_sparse_planes *planes, size_t images)
{
    float *out = random_floats(stream, skel_sparse_planes_floats(planes));

    for (size_t i = 0; i < skel_sparse_planes_floats(planes); i++) {
        out[i] = i % kernels->lanes < images ? out[i] : 0;
    }
    return out;
}

/* The rows are in another order than their channels, and so are the columns. */
static void make_rows(map *m, const shape *s)
{
    ck_assert_ok(SKEL_ALLOC(s->rows, sizeof *m->rows.row, &m->rows.row));
    ck_assert_ok(SKEL_ALLOC(s->columns, sizeof *m->grid.bands.offset, &m->grid.bands.offset));
    for (size_t r = 0; r < s->rows; r++) {
        size_t channel = s->rows - 1 - r;

        m->rows.row[r] = (skel_sparse_row){.channel = channel,
                                           .target = skel_sparse_planes_origin(&m->out, channel)};
    }
    for (size_t c = 0; c < s->columns; c++) {
        m->grid.bands.offset[c] = (uint32_t)((s->columns - c) * m->in.plane);
    }
}

static map make_map(const shape *s)
{
    skel_stream stream = skel_stream_open(4, SKEL_PURPOSE_TEST, 1, 0);
    size_t lanes = kernels->lanes;
    size_t height = kernels->band->rows;
    map m = {.in = skel_sparse_planes_make(lanes, s->columns + 1, s->height, s->width, 1),
             .out = skel_sparse_planes_make(lanes, s->rows, s->height, s->width, 0),
             .padded = (s->rows + height - 1) / height * height};

    m.x = random_planes(&stream, &m.in, images_of(s));
    m.y = random_planes(&stream, &m.out, images_of(s));
    m.bias = random_floats(&stream, s->rows);
    m.weight = random_floats(&stream, TAPS * m.padded * s->columns);
    m.inputs = random_floats(&stream, values_of(s->columns, smaller(tiles_of(s), LINE) + 4));
    m.outputs = random_floats(&stream, values_of(m.padded, smaller(tiles_of(s), LINE) + 4));
    m.grid = (skel_sparse_grid){
        .rows = s->rows,
        .height = s->height,
        .width = s->width,
        .bands = {.rows = s->rows, .columns = s->columns, .taps = TAPS, .weight = m.weight}};
    m.rows = (skel_sparse_rows){.grids = 1,
                                .rows = s->rows,
                                .in_row = m.in.row,
                                .in_column = lanes,
                                .out_row = m.out.row,
                                .out_column = lanes};
    make_rows(&m, s);
    ck_assert_ok(
        SKEL_ALLOC(s->rows * SKEL_SPARSE_STATISTICS * lanes, sizeof *m.scratch, &m.scratch));
    ck_assert_ok(SKEL_ALLOC(2 * s->rows, sizeof *m.sums, &m.sums));
    return m;
}

static void free_map(map *m)
{
    SKEL_FREE(&m->rows.row);
    SKEL_FREE(&m->grid.bands.offset);
    SKEL_FREE(&m->x);
    SKEL_FREE(&m->y);
    SKEL_FREE(&m->bias);
    SKEL_FREE(&m->weight);
    SKEL_FREE(&m->inputs);
    SKEL_FREE(&m->outputs);
    SKEL_FREE(&m->scratch);
    SKEL_FREE(&m->sums);
}

/* Computes the rows of the map from `first` on; streamed or not, they have the same bits. */
static void apply(map *m, const shape *s, size_t first, bool statistics)
{
    const skel_sparse_winograd_kernels *k = kernels->winograd;
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, images_of(s), 0);
    skel_sparse_range range = {
        .rows = &m->rows, .grid = &m->grid, .first = first, .last = s->rows, .streams = first > 0};
    size_t count = m->padded * s->columns;
    skel_sparse_tiles tiles = {.height = s->height,
                               .width = s->width,
                               .row = m->in.row,
                               .together = k->tiles,
                               .step = step_of(s->columns * k->tiles * kernels->lanes)};
    size_t pending = 0;
    float *weights = NULL;

    ck_assert_ok(SKEL_ALLOC(POINTS * step_of(count), sizeof *weights, &weights));
    k->weights(count, m->weight, 0, smaller(LINE, count), step_of(count), weights);
    k->weights(count, m->weight, smaller(LINE, count), count, step_of(count), weights);
    for (; tiles.first < tiles_of(s); tiles.first += k->tiles) {
        tiles.count = smaller(k->tiles, tiles_of(s) - tiles.first);
        k->inputs(&tiles, m->x, 0, s->columns, m->grid.bands.offset, m->inputs);
        k->apply(range, &tiles, m->inputs, weights, step_of(count), m->outputs,
                 step_of(m->padded * k->tiles * kernels->lanes), m->bias, &lanes, m->y,
                 statistics ? m->scratch : NULL, statistics ? m->sums : NULL, &pending);
    }
    SKEL_FREE(&weights);
}

static size_t values_of_row(const shape *s)
{
    return s->height * s->width * kernels->lanes;
}

/* Value number i of a row: its place in the output, and in the input relative to a column. */
static size_t output_at(const map *m, size_t r, size_t i)
{
    size_t pixel = i / kernels->lanes;

    return m->rows.row[r].target + pixel / m->grid.width * m->out.row +
           pixel % m->grid.width * kernels->lanes + i % kernels->lanes;
}

static size_t input_at(const map *m, size_t i, size_t tap)
{
    size_t pixel = i / kernels->lanes;

    return (pixel / m->grid.width + tap / 3) * m->in.row +
           (pixel % m->grid.width + tap % 3) * kernels->lanes + i % kernels->lanes;
}

/* Place of a weight in the matrices. */
static size_t weight_at(const map *m, size_t r, size_t c, size_t tap)
{
    size_t height = kernels->band->rows;

    return tap * m->padded * m->grid.bands.columns + r / height * height * m->grid.bands.columns +
           c * height + r % height;
}

static double output_of(const map *m, size_t r, size_t i)
{
    double sum = (double)m->bias[m->rows.row[r].channel];

    for (size_t c = 0; c < m->grid.bands.columns; c++) {
        for (size_t t = 0; t < TAPS; t++) {
            sum += (double)m->weight[weight_at(m, r, c, t)] *
                   (double)m->x[m->grid.bands.offset[c] + input_at(m, i, t)];
        }
    }
    return sum;
}

/* As in the tests of the dense engine's convolutions, whose algorithm and points these are. */
#define TOLERANCE 6e-6

START_TEST(a_dense_row_is_the_convolution_of_plain_loops)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    double difference = 0;
    double norm = 0;

    apply(&m, s, 0, false);
    for (size_t i = 0; i < s->rows * values_of_row(s); i++) {
        size_t r = i / values_of_row(s);
        size_t value = i % values_of_row(s);
        double y = (double)m.y[output_at(&m, r, value)];

        if (value % kernels->lanes < s->images) {
            double expected = output_of(&m, r, value);

            difference += (y - expected) * (y - expected);
            norm += expected * expected;
        } else {
            ck_assert(y == 0); /* nothing comes from other lanes */
        }
    }
    ck_assert_double_le(sqrt(difference / norm), TOLERANCE);
    free_map(&m);
}
END_TEST

START_TEST(rows_have_the_same_bits_in_a_smaller_range_and_write_only_their_pixels)
{
    const shape *s = &shapes[choose_kernels(_i)];
    size_t first = s->rows > kernels->band->rows ? kernels->band->rows : 0;
    map all = make_map(s);
    map part = make_map(s);
    map expected = make_map(s);

    apply(&all, s, 0, false);
    apply(&part, s, first, false);
    for (size_t i = first * values_of_row(s); i < s->rows * values_of_row(s); i++) {
        size_t at = output_at(&all, i / values_of_row(s), i % values_of_row(s));

        expected.y[at] = all.y[at];
    }
    ck_assert_mem_eq(expected.y, part.y, skel_sparse_planes_floats(&all.out) * sizeof *part.y);
    free_map(&all);
    free_map(&part);
    free_map(&expected);
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

        for (size_t i = 0; i < values_of_row(s); i++) {
            double y = (double)m.y[output_at(&m, r, i)];

            sum += y;
            squares += y * y;
        }
        /* a lane's sum in float has at most 320 roundings, each of a small part of the squares */
        ck_assert_double_eq_tol(m.sums[2 * channel], sum, 1e-5 * (1 + sqrt(squares)));
        ck_assert_double_eq_tol(m.sums[2 * channel + 1], squares, 1e-5 * (1 + squares));
    }
    for (size_t i = 0; i < s->rows * SKEL_SPARSE_STATISTICS * kernels->lanes; i++) {
        ck_assert(m.scratch[i] == 0.0F); /* ready for the next rows */
    }
    free_map(&m);
}
END_TEST

/* Adds the gradient of the weights of bands [first, last), chunk by chunk of tiles; a chunk is
 * transformed in two parts. */
static void add_products(map *m, const shape *s, size_t first, size_t last, double sums[])
{
    const skel_sparse_winograd_kernels *k = kernels->winograd;
    size_t values = s->together * kernels->lanes;
    size_t groups = (s->columns + k->group - 1) / k->group;
    skel_sparse_winograd_products of = {.together = s->together,
                                        .bands = m->padded / kernels->band->rows,
                                        .columns = s->columns,
                                        .inputs_step = step_of(groups * k->group * values),
                                        .outputs_step = step_of(m->padded * values),
                                        .room_step = step_of(m->padded * k->group)};
    uint32_t *pixel = NULL;
    float *room = NULL;

    ck_assert_ok(SKEL_ALLOC(s->rows, sizeof *pixel, &pixel));
    ck_assert_ok(SKEL_ALLOC(POINTS * of.room_step, sizeof *room, &room));
    for (size_t r = 0; r < s->rows; r++) {
        pixel[r] = (uint32_t)m->rows.row[r].target;
    }
    for (size_t tile = 0; tile < tiles_of(s); tile += of.count) {
        of.count = smaller(s->together, tiles_of(s) - tile);
        for (size_t part = 0; part < 2; part++) {
            skel_sparse_tiles tiles = {.height = s->height,
                                       .width = s->width,
                                       .row = m->in.row,
                                       .place = part * (of.count / 2),
                                       .count = part == 0 ? of.count / 2 : of.count - of.count / 2,
                                       .together = s->together,
                                       .step = of.inputs_step};

            tiles.first = tile + tiles.place;
            for (size_t g = 0; g < groups; g++) {
                k->group_inputs(&tiles, m->x, s->columns, g, m->grid.bands.offset, m->inputs);
            }
            tiles.row = m->out.row;
            tiles.step = of.outputs_step;
            for (size_t band = 0; band < of.bands; band++) {
                k->gradients(&tiles, m->y, s->rows, band, pixel, m->outputs);
            }
        }
        k->products(&of, first, last, m->inputs, m->outputs, room, sums);
    }
    SKEL_FREE(&pixel);
    SKEL_FREE(&room);
}

static double gradient_of(const map *m, const shape *s, size_t r, size_t c, size_t tap)
{
    double sum = 0;

    for (size_t i = 0; i < values_of_row(s); i++) {
        sum += (double)m->y[output_at(m, r, i)] *
               (double)m->x[m->grid.bands.offset[c] + input_at(m, i, tap)];
    }
    return sum;
}

START_TEST(the_gradient_of_the_weights_is_that_of_plain_loops)
{
    const shape *s = &shapes[choose_kernels(_i)];
    map m = make_map(s);
    size_t bands = m.padded / kernels->band->rows;
    double difference = 0;
    double norm = 0;
    double *sums = NULL;
    double *parts = NULL;

    ck_assert_ok(SKEL_ALLOC(TAPS * m.padded * s->columns, sizeof *sums, &sums));
    ck_assert_ok(SKEL_ALLOC(TAPS * m.padded * s->columns, sizeof *parts, &parts));
    add_products(&m, s, 0, bands, sums);
    for (size_t i = 0; i < s->rows * s->columns * TAPS; i++) {
        size_t r = i / TAPS / s->columns;
        size_t c = i / TAPS % s->columns;
        double expected = gradient_of(&m, s, r, c, i % TAPS);
        double error = sums[weight_at(&m, r, c, i % TAPS)] - expected;

        difference += error * error;
        norm += expected * expected;
    }
    ck_assert_double_le(sqrt(difference / norm), TOLERANCE);
    add_products(&m, s, 0, bands / 2, parts);
    add_products(&m, s, bands / 2, bands, parts);
    ck_assert_mem_eq(sums, parts, TAPS * m.padded * s->columns * sizeof *sums);
    SKEL_FREE(&sums);
    SKEL_FREE(&parts);
    free_map(&m);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, a_dense_row_is_the_convolution_of_plain_loops, SHAPES);
    add_kernel_test(tcase, rows_have_the_same_bits_in_a_smaller_range_and_write_only_their_pixels,
                    SHAPES);
    add_kernel_test(tcase, statistics_are_sums_of_the_outputs_and_of_their_squares, SHAPES);
    add_kernel_test(tcase, the_gradient_of_the_weights_is_that_of_plain_loops, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_winograd", fill);
}
