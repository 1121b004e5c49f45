/* The sparse engine's gradients of all weights of a convolution against plain double loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

/* Shapes that leave every rest of a tile, and chunks of several blocks and of parts of one. */
typedef struct shape {
    size_t height; /* of the output */
    size_t width;
    size_t stride;
    size_t ring;
    size_t kernel;
    size_t inputs;
    size_t outputs;
    size_t blocks;
} shape;

static const shape shapes[] = {
    {1, 1, 1, 0, 1, 1, 1, 1},   {1, 1, 1, 0, 1, 50, 5, 3},  {7, 5, 1, 1, 3, 2, 4, 2},
    {5, 7, 2, 1, 3, 4, 3, 2},   {33, 35, 1, 1, 3, 1, 2, 2}, {3, 300, 1, 0, 1, 5, 7, 1},
    {2, 2, 1, 0, 1, 101, 9, 5}, {4, 4, 2, 0, 1, 7, 8, 9},   {13, 15, 3, 2, 5, 2, 1, 1},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* A convolution of random planes. */
typedef struct problem {
    skel_sparse_convolution convolution;
    skel_sparse_planes in;
    skel_sparse_planes out;
    float *x;
    float *dy;
    double *sums; /* [outputs][weights] 0.5 each */
    skel_sparse_column *column;
    uint32_t *channel;
} problem;

static size_t weights_of(const shape *s)
{
    return s->inputs * s->kernel * s->kernel;
}

/* Place of a weight's factor for the first output pixel. */
static size_t offset_of(const problem *p, const shape *s, size_t index)
{
    size_t x = index % s->kernel;
    size_t y = index / s->kernel % s->kernel;
    size_t channel = index / s->kernel / s->kernel;

    return channel * p->in.plane + y * p->in.row + x * kernels->lanes;
}

static void make_convolution(problem *p, const shape *s)
{
    size_t weights = weights_of(s);

    ck_assert_ok(SKEL_ALLOC(weights, sizeof *p->column, &p->column));
    ck_assert_ok(SKEL_ALLOC(s->outputs, sizeof *p->channel, &p->channel));
    ck_assert_ok(SKEL_ALLOC(s->outputs * weights, sizeof *p->sums, &p->sums));
    for (size_t i = 0; i < s->outputs * weights; i++) {
        p->sums[i] = 0.5;
    }
    p->convolution = (skel_sparse_convolution){.height = s->height,
                                               .width = s->width,
                                               .blocks = s->blocks,
                                               .in_block = skel_sparse_planes_floats(&p->in),
                                               .in_row = s->stride * p->in.row,
                                               .in_column = s->stride * kernels->lanes,
                                               .out_block = skel_sparse_planes_floats(&p->out),
                                               .out_plane = p->out.plane,
                                               .out_row = p->out.row,
                                               .elements = s->kernel * s->kernel,
                                               .weights = weights,
                                               .column = p->column};
}

static problem make_problem(const shape *s)
{
    skel_stream stream = skel_stream_open(4, SKEL_PURPOSE_TEST, 0, 0);
    size_t height = (s->height - 1) * s->stride + s->kernel - 2 * s->ring;
    size_t width = (s->width - 1) * s->stride + s->kernel - 2 * s->ring;
    problem p = {
        .in = skel_sparse_planes_make(kernels->lanes, s->inputs, height, width, s->ring),
        .out = skel_sparse_planes_make(kernels->lanes, s->outputs, s->height, s->width, s->ring)};

    p.x = random_floats(&stream, s->blocks * skel_sparse_planes_floats(&p.in));
    p.dy = random_floats(&stream, s->blocks * skel_sparse_planes_floats(&p.out));
    make_convolution(&p, s);
    return p;
}

static void free_problem(problem *p)
{
    SKEL_FREE(&p->x);
    SKEL_FREE(&p->dy);
    SKEL_FREE(&p->sums);
    SKEL_FREE(&p->column);
    SKEL_FREE(&p->channel);
}

/* Asks for every `stride`-th input channel's weights and output channel, from the last one back. */
static size_t ask(problem *p, const shape *s, size_t stride)
{
    size_t elements = s->kernel * s->kernel;
    size_t outputs = 0;

    p->convolution.columns = 0;
    for (size_t i = 0; i < weights_of(s); i++) {
        if ((s->inputs - 1 - i / elements) % stride == 0) {
            p->column[p->convolution.columns++] =
                (skel_sparse_column){.offset = (uint32_t)offset_of(p, s, i), .index = (uint32_t)i};
        }
    }
    for (size_t o = 0; o < s->outputs; o++) {
        if ((s->outputs - 1 - o) % stride == 0) {
            p->channel[outputs++] = (uint32_t)o;
        }
    }
    return outputs;
}

static void run(problem *p, size_t outputs, const uint32_t channel[])
{
    kernels->weight->products(&p->convolution, p->x, p->dy + skel_sparse_planes_origin(&p->out, 0),
                              outputs, channel, channel, p->sums);
}

/* The sum over all blocks, pixels and lanes; `size` out: the sum of the terms' magnitudes. */
static double product_of(const problem *p, const shape *s, size_t output, size_t index,
                         double *size)
{
    const skel_sparse_convolution *c = &p->convolution;
    double sum = 0;

    *size = 0;
    for (size_t i = 0; i < s->blocks * s->height * s->width * kernels->lanes; i++) {
        size_t lane = i % kernels->lanes;
        size_t x = i / kernels->lanes % s->width;
        size_t y = i / kernels->lanes / s->width % s->height;
        size_t block = i / kernels->lanes / s->width / s->height;
        double factor = (double)p->x[block * c->in_block + offset_of(p, s, index) + y * c->in_row +
                                     x * c->in_column + lane];
        double d = (double)p->dy[block * c->out_block + skel_sparse_planes_origin(&p->out, output) +
                                 y * c->out_row + x * kernels->lanes + lane];

        sum += factor * d;
        *size += fabs(factor * d);
    }
    return sum;
}

/* Checks every weight: those that were asked for and all others. */
static void check(const problem *p, const shape *s, size_t stride)
{
    size_t elements = s->kernel * s->kernel;

    for (size_t i = 0; i < s->outputs * weights_of(s); i++) {
        size_t output = i / weights_of(s);
        size_t index = i % weights_of(s);
        bool asked = (s->outputs - 1 - output) % stride == 0 &&
                     (s->inputs - 1 - index / elements) % stride == 0;
        double size = 0;
        double sum = 0;

        if (!asked) {
            ck_assert_double_eq(p->sums[i], 0.5);
            continue;
        }
        sum = product_of(p, s, output, index, &size);
        /* a sum in float is over some hundred terms, each a small part of `size` */
        ck_assert_double_eq_tol(p->sums[i], 0.5 + sum, 1e-6 * size);
    }
}

START_TEST(gradients_are_sums_over_blocks_pixels_and_lanes_and_are_added)
{
    const shape *s = &shapes[choose_kernels(_i)];
    problem p = make_problem(s);

    run(&p, ask(&p, s, 1), p.channel);
    check(&p, s, 1);
    free_problem(&p);
}
END_TEST

START_TEST(weights_that_nobody_asks_for_are_left_alone)
{
    const shape *s = &shapes[choose_kernels(_i)];
    problem p = make_problem(s);

    run(&p, ask(&p, s, 2), p.channel);
    check(&p, s, 2);
    free_problem(&p);
}
END_TEST

/* As threads do that share the outputs. */
START_TEST(bits_do_not_depend_on_what_is_asked_for_together)
{
    const shape *s = &shapes[choose_kernels(_i)];
    problem together = make_problem(s);
    problem apart = make_problem(s);
    size_t outputs = ask(&together, s, 1);

    run(&together, outputs, together.channel);
    (void)ask(&apart, s, 1);
    for (size_t o = 0; o < outputs; o++) {
        run(&apart, 1, apart.channel + o);
    }
    ck_assert_mem_eq(together.sums, apart.sums, outputs * weights_of(s) * sizeof *apart.sums);
    free_problem(&together);
    free_problem(&apart);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, gradients_are_sums_over_blocks_pixels_and_lanes_and_are_added, SHAPES);
    add_kernel_test(tcase, weights_that_nobody_asks_for_are_left_alone, SHAPES);
    add_kernel_test(tcase, bits_do_not_depend_on_what_is_asked_for_together, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_weights", fill);
}
