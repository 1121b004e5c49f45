/* The dense engine's own convolutions against plain loops in double, on odd shapes. */
#include "dense_layout.h"
#include "sample.h"
#include "suite.h"

#include "nn/engines/dense/kernels/matmul.h"
#include "nn/engines/dense/kernels/spans.h"
#include "nn/engines/dense/kernels/winograd.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

/* A shape; the output's follows from the padding behind. */
typedef struct shape {
    skel_dense_f32_tiles tiles;
    size_t after[2];
} shape;

#define SQUARE(kernel, stride, padding)                                                            \
    {                                                                                              \
        {kernel, kernel}, {stride, stride}, {1, 1},                                                \
        {                                                                                          \
            padding, padding                                                                       \
        }                                                                                          \
    }

/* images, lanes, inputs, outputs, bias, height, width, the output's, window, plain; padding below
 * and on the right */
static const shape shapes[] = {
    {{7, 8, 16, 20, false, 2, 2, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    {{1, 8, 8, 8, true, 3, 5, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    {{13, 8, 21, 11, true, 4, 4, 0, 0, SQUARE(3, 2, 1), false}, {1, 1}},
    {{5, 8, 16, 8, false, 7, 6, 0, 0, SQUARE(5, 1, 2), false}, {2, 2}},
    {{6, 8, 8, 40, false, 5, 5, 0, 0, SQUARE(1, 2, 0), false}, {0, 0}},
    {{3, 8, 8, 16, false, 6, 6, 0, 0, SQUARE(5, 3, 0), false}, {0, 0}},
    {{8, 16, 32, 48, false, 2, 3, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    {{2, 16, 9, 5, true, 8, 4, 0, 0, SQUARE(3, 2, 0), false}, {0, 0}},
    {{3, 8, 1, 20, true, 12, 12, 0, 0, SQUARE(5, 1, 0), true}, {0, 0}},
    {{9, 8, 3, 8, false, 9, 7, 0, 0, SQUARE(3, 1, 1), true}, {1, 1}},
    {{4, 16, 2, 17, true, 8, 8, 0, 0, SQUARE(3, 2, 1), true}, {1, 1}},
    {{70, 8, 16, 16, false, 12, 12, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    {{40, 8, 3, 16, false, 32, 32, 0, 0, SQUARE(3, 1, 1), true}, {1, 1}},
    {{2, 8, 8, 8, false, 1, 1, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    /* rectangular, dilated, padding that differs from side to side, or holds a whole window */
    {{5, 8, 9, 16, true, 7, 9, 0, 0, {{3, 2}, {1, 2}, {2, 1}, {0, 1}}, false}, {3, 0}},
    {{4, 16, 8, 20, false, 9, 6, 0, 0, {{1, 3}, {2, 1}, {1, 2}, {0, 4}}, false}, {0, 1}},
    {{3, 8, 2, 11, true, 8, 9, 0, 0, {{3, 5}, {2, 1}, {1, 2}, {2, 3}}, true}, {0, 4}},
    {{2, 8, 8, 8, false, 3, 3, 0, 0, {{2, 2}, {1, 1}, {1, 1}, {3, 0}}, false}, {0, 3}},
    /* for Winograd's algorithm: whole tiles and parts of tiles, one and several chunks of them */
    {{3, 8, 24, 40, true, 8, 8, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    {{5, 16, 19, 33, true, 9, 6, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    {{22, 8, 8, 8, true, 32, 31, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    /* for products of matrices: one and several chunks of pixels, of channels and of outputs; rows
     * and columns that no window reads, pixels that no group of columns fills */
    {{3, 8, 48, 32, true, 9, 7, 0, 0, SQUARE(3, 2, 1), false}, {1, 1}},
    {{2, 8, 280, 56, true, 5, 3, 0, 0, SQUARE(1, 1, 0), false}, {0, 0}},
    {{1, 8, 8, 384, false, 15, 15, 0, 0, SQUARE(1, 1, 0), false}, {0, 0}},
    {{2, 16, 160, 32, true, 6, 7, 0, 0, SQUARE(1, 2, 0), false}, {0, 0}},
    {{2, 16, 64, 208, false, 8, 9, 0, 0, {{3, 2}, {2, 3}, {2, 1}, {1, 0}}, false}, {2, 1}},
    {{5, 8, 24, 16, false, 17, 16, 0, 0, SQUARE(3, 2, 1), false}, {1, 0}},
    /* for Winograd's algorithm: several strips of weights */
    {{1, 8, 64, 244, true, 4, 5, 0, 0, SQUARE(3, 1, 1), false}, {1, 1}},
    /* for spans: several of a window and of its weights at once, rests of channels on either side,
     * pixels that no window reads; a plain image with three channels, a stride and padding */
    {{3, 8, 20, 50, true, 12, 12, 0, 0, SQUARE(5, 1, 0), false}, {0, 0}},
    {{2, 8, 6, 16, true, 14, 14, 0, 0, SQUARE(5, 1, 0), false}, {0, 0}},
    {{2, 16, 20, 50, false, 9, 8, 0, 0, {{5, 3}, {2, 3}, {1, 1}, {1, 2}}, false}, {0, 0}},
    {{2, 8, 37, 9, true, 7, 11, 0, 0, {{2, 4}, {1, 2}, {3, 1}, {2, 1}}, false}, {1, 2}},
    {{11, 8, 1, 20, true, 28, 28, 0, 0, SQUARE(5, 1, 0), true}, {0, 0}},
    {{3, 8, 3, 27, true, 17, 16, 0, 0, SQUARE(7, 2, 3), true}, {3, 3}},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* An algorithm of convolutions. */
typedef struct algorithm {
    bool (*fits)(const skel_dense_f32_tiles *); /* NULL: every shape */
    size_t fitting;                             /* how many of the shapes above do */
    __typeof__(skel_dense_f32_tiles_scratch) *scratch;
    __typeof__(skel_dense_f32_tiles_forward) *forward;
    __typeof__(skel_dense_f32_tiles_backward_data) *backward_data;
    __typeof__(skel_dense_f32_tiles_backward_weights) *backward_weights;
    layout input_weights; /* those that the gradient of the input reads */
    layout weights;       /* the gradient's */
} algorithm;

/* The algorithm with the functions skel_dense_f32_<name>_*(). */
#define ALGORITHM(name, fits, count, input_weights, weights)                                       \
    {                                                                                              \
        fits, count, skel_dense_f32_##name##_scratch, skel_dense_f32_##name##_forward,             \
            skel_dense_f32_##name##_backward_data, skel_dense_f32_##name##_backward_weights,       \
            input_weights, weights                                                                 \
    }

static const algorithm algorithms[] = {
    ALGORITHM(tiles, NULL, SHAPES, IN_INPUTS, IN_OUTPUTS),
    ALGORITHM(winograd, skel_dense_f32_winograd_fits, 9, IN_INPUTS, FLAT),
    ALGORITHM(matmul, skel_dense_f32_matmul_fits, 16, IN_INPUTS, FLAT),
    ALGORITHM(spans, skel_dense_f32_spans_fits, 30, IN_OUTPUTS, FLAT),
};
enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

static size_t positions(const shape *s, size_t d, size_t size)
{
    const skel_dense_window *w = &s->tiles.window;

    return (size + w->before[d] + s->after[d] - (w->kernel[d] - 1) * w->dilation[d] - 1) /
               w->stride[d] +
           1;
}

static skel_dense_f32_tiles shape_of(int which)
{
    skel_dense_f32_tiles t = shapes[which].tiles;

    t.out_height = positions(&shapes[which], 0, t.height);
    t.out_width = positions(&shapes[which], 1, t.width);
    return t;
}

static void *zeros(size_t count, size_t size)
{
    void *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count + 1, size, &out));
    return out;
}

static float *random_values(size_t count, uint32_t which)
{
    skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, which, 0);
    float *out = zeros(count, sizeof *out);

    for (size_t i = 0; i < count; i++) {
        out[i] = (float)skel_stream_below(&stream, 2001) / 1000.0F - 1.0F;
    }
    return out;
}

/* Random weights, 0 where there is no channel. */
static float *random_weights(const skel_dense_f32_tiles *t, layout to)
{
    size_t taps = skel_dense_window_taps(&t->window);
    float *values = random_values(w_floats(t), 1);
    float *out = zeros(w_floats(t), sizeof *out);

    for (size_t k = 0; k < t->outputs * t->inputs * taps; k++) {
        size_t at = w_at(t, to, k / taps / t->inputs, k / taps % t->inputs, k % taps);
        out[at] = values[at];
    }
    SKEL_FREE(&values);
    return out;
}

/* Random gradients of the output, 0 where there is no channel. */
static float *random_outputs(const skel_dense_f32_tiles *t)
{
    size_t pixels = t->out_height * t->out_width;
    float *values = random_values(y_floats(t), 3);
    float *out = zeros(y_floats(t), sizeof *out);

    for (size_t k = 0; k < t->images * t->outputs * pixels; k++) {
        size_t at = y_at(t, k / pixels / t->outputs, k / pixels % t->outputs, k % pixels);
        out[at] = values[at];
    }
    SKEL_FREE(&values);
    return out;
}

/* Calls back for every product of an input, a weight and an output. */
typedef void (*product_fn)(double *sum, const float *a, const float *b, size_t x, size_t w,
                           size_t y);

static void for_products(const skel_dense_f32_tiles *t, layout to, product_fn product, double *sum,
                         const float *a, const float *b)
{
    const skel_dense_window *w = &t->window;
    size_t taps = skel_dense_window_taps(w);
    size_t places = t->out_height * t->out_width * taps;

    for (size_t k = 0; k < t->images * places; k++) {
        size_t image = k / places;
        size_t pixel = k % places / taps;
        size_t tap = k % taps;
        size_t row = pixel / t->out_width * w->stride[0] + tap / w->kernel[1] * w->dilation[0] -
                     w->before[0];
        size_t column = pixel % t->out_width * w->stride[1] + tap % w->kernel[1] * w->dilation[1] -
                        w->before[1];

        if (row >= t->height || column >= t->width) { /* below 0 wraps around */
            continue;
        }
        for (size_t o = 0; o < t->outputs; o++) {
            for (size_t i = 0; i < t->inputs; i++) {
                product(sum, a, b, x_at(t, image, i, row * t->width + column),
                        w_at(t, to, o, i, tap), y_at(t, image, o, pixel));
            }
        }
    }
}

static void into_y(double *sum, const float *a, const float *b, size_t x, size_t w, size_t y)
{
    sum[y] += (double)a[x] * (double)b[w];
}

static void into_x(double *sum, const float *a, const float *b, size_t x, size_t w, size_t y)
{
    sum[x] += (double)a[y] * (double)b[w];
}

static void into_w(double *sum, const float *a, const float *b, size_t x, size_t w, size_t y)
{
    sum[w] += (double)a[x] * (double)b[y];
}

/* Each of n additions in float errs by up to 2^-24 of the sum so far; errors of either sign make
 * that sqrt(n) 2^-24 of the tensor's norm, 6e-6 for the most products of a sum here, 40960. */
static void check_close(const float *values, const double *sum, size_t count)
{
    double difference = 0;
    double norm = 0;

    for (size_t i = 0; i < count; i++) {
        difference += ((double)values[i] - sum[i]) * ((double)values[i] - sum[i]);
        norm += sum[i] * sum[i];
    }
    ck_assert_double_gt(norm, 0);
    ck_assert_double_le(sqrt(difference / norm), 6e-6);
}

static void done(float *a, float *b, float *c, float *d, double *sum)
{
    SKEL_FREE(&a);
    SKEL_FREE(&b);
    SKEL_FREE(&c);
    SKEL_FREE(&d);
    SKEL_FREE(&sum);
}

static void check_forward(const algorithm *by, int which)
{
    skel_dense_f32_tiles t = shape_of(which);
    size_t pixels = t.out_height * t.out_width;
    float *x = random_values(x_floats(&t), 0);
    float *w = random_weights(&t, IN_OUTPUTS);
    float *bias = random_values(t.outputs, 2);
    float *y = random_values(y_floats(&t), 3);
    float *scratch = zeros(by->scratch(&t, SKEL_DENSE_FORWARD), sizeof *scratch);
    double *sum = zeros(y_floats(&t), sizeof *sum);

    for (size_t k = 0; t.has_bias && k < t.images * t.outputs * pixels; k++) {
        size_t channel = k / pixels % t.outputs;
        sum[y_at(&t, k / pixels / t.outputs, channel, k % pixels)] = (double)bias[channel];
    }
    for_products(&t, IN_OUTPUTS, into_y, sum, x, w);
    by->forward(&t, x, w, bias, y, scratch);
    check_close(y, sum, y_floats(&t));
    SKEL_FREE(&bias);
    done(x, w, y, scratch, sum);
}

static void check_input(const algorithm *by, int which)
{
    skel_dense_f32_tiles t = shape_of(which);
    float *dy = random_outputs(&t);
    float *w = random_weights(&t, by->input_weights);
    float *dx = random_values(x_floats(&t), 2);
    float *scratch = NULL;
    double *sum = zeros(x_floats(&t), sizeof *sum);

    if (!t.plain) {
        scratch = zeros(by->scratch(&t, SKEL_DENSE_BACKWARD_DATA), sizeof *scratch);
        for_products(&t, by->input_weights, into_x, sum, dy, w);
        by->backward_data(&t, dy, w, dx, scratch);
        check_close(dx, sum, x_floats(&t));
    }
    done(dy, w, dx, scratch, sum);
}

static void check_weights(const algorithm *by, int which)
{
    skel_dense_f32_tiles t = shape_of(which);
    size_t pixels = t.out_height * t.out_width;
    float *x = random_values(x_floats(&t), 0);
    float *dy = random_outputs(&t);
    float *dw = zeros(w_floats(&t), sizeof *dw);
    float *dbias = random_values(t.outputs, 3);
    float *scratch = zeros(by->scratch(&t, SKEL_DENSE_BACKWARD_WEIGHTS), sizeof *scratch);
    double *sum = zeros(w_floats(&t), sizeof *sum);

    for_products(&t, by->weights, into_w, sum, x, dy);
    by->backward_weights(&t, x, dy, dw, dbias, scratch);
    check_close(dw, sum, w_floats(&t));
    for (size_t channel = 0; t.has_bias && channel < t.outputs; channel++) {
        double total = 0;

        for (size_t k = 0; k < t.images * pixels; k++) {
            total += (double)dy[y_at(&t, k / pixels, channel, k % pixels)];
        }
        ck_assert(dbias[channel] == (float)total);
    }
    SKEL_FREE(&dbias);
    done(x, dy, dw, scratch, sum);
}

static bool fits(const algorithm *by, int which)
{
    skel_dense_f32_tiles t = shape_of(which);

    return by->fits == NULL || by->fits(&t);
}

/* _i: algorithm and shape. */
START_TEST(an_algorithm_computes_what_plain_loops_do)
{
    const algorithm *by = &algorithms[_i / SHAPES];
    int which = _i % SHAPES;

    if (fits(by, which)) {
        check_forward(by, which);
        check_input(by, which);
        check_weights(by, which);
    }
}
END_TEST

START_TEST(every_algorithm_has_shapes_that_fit)
{
    const algorithm *by = &algorithms[_i];
    size_t count = 0;

    for (int which = 0; which < SHAPES; which++) {
        count += fits(by, which);
    }
    ck_assert_uint_eq(count, by->fitting);
}
END_TEST

static void fill(TCase *tcase)
{
    skel_sample_add(tcase, an_algorithm_computes_what_plain_loops_do, SHAPES * ALGORITHMS);
    tcase_add_loop_test(tcase, every_algorithm_has_shapes_that_fit, 0, ALGORITHMS);
}

int main(void)
{
    return skel_suite_run("dense_tiles", fill);
}
