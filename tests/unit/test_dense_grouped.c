/* The dense engine's convolutions in groups against plain loops in double, on odd shapes. */
#include "suite.h"

#include "nn/engines/dense/kernels/grouped.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <omp.h>

/* A shape; the output's follows from the padding behind. */
typedef struct shape {
    skel_dense_f32_grouped grouped;
    size_t after[2];
} shape;

#define SQUARE(kernel, stride, padding)                                                            \
    {                                                                                              \
        {kernel, kernel}, {stride, stride}, {1, 1},                                                \
        {                                                                                          \
            padding, padding                                                                       \
        }                                                                                          \
    }

/* images, lanes, groups, inputs, outputs, bias, height, width, the output's, window, threads;
 * padding below and on the right */
static const shape shapes[] = {
    /* depthwise */
    {{3, 8, 16, 16, 16, false, 7, 7, 0, 0, SQUARE(3, 1, 1), 0}, {1, 1}},
    {{2, 8, 11, 11, 11, true, 9, 20, 0, 0, SQUARE(3, 2, 1), 0}, {1, 1}},
    {{2, 16, 20, 20, 20, true, 5, 6, 0, 0, SQUARE(5, 1, 2), 0}, {2, 2}},
    {{1, 8, 3, 3, 3, false, 1, 1, 0, 0, SQUARE(3, 1, 1), 0}, {1, 1}},
    {{2, 8, 8, 8, 8, false, 6, 5, 0, 0, SQUARE(1, 2, 0), 0}, {0, 0}},
    {{2, 8, 9, 9, 9, false, 8, 9, 0, 0, {{3, 2}, {1, 3}, {2, 1}, {0, 1}}, 0}, {3, 0}},
    {{2, 8, 8, 8, 8, true, 10, 11, 0, 0, {{3, 4}, {2, 3}, {3, 2}, {5, 1}}, 0}, {4, 2}},
    {{1, 8, 8, 8, 8, false, 3, 3, 0, 0, {{2, 2}, {1, 1}, {1, 1}, {3, 0}}, 0}, {0, 3}},
    {{2, 16, 16, 16, 16, false, 30, 40, 0, 0, SQUARE(7, 1, 3), 0}, {3, 3}},
    /* several outputs of an input */
    {{2, 8, 6, 6, 12, true, 5, 5, 0, 0, SQUARE(3, 1, 1), 0}, {1, 1}},
    /* groups that are smaller than a block, that straddle blocks, that fill blocks */
    {{3, 8, 8, 32, 32, false, 7, 6, 0, 0, SQUARE(3, 1, 1), 0}, {1, 1}},
    {{2, 8, 3, 36, 15, true, 6, 7, 0, 0, SQUARE(3, 2, 1), 0}, {1, 1}},
    {{2, 16, 4, 24, 40, true, 5, 9, 0, 0, {{2, 3}, {1, 2}, {2, 1}, {1, 0}}, 0}, {0, 2}},
    {{1, 8, 2, 32, 16, false, 9, 9, 0, 0, SQUARE(3, 1, 2), 0}, {0, 0}},
    {{2, 16, 2, 2, 34, true, 4, 4, 0, 0, SQUARE(1, 1, 0), 0}, {0, 0}},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static size_t positions(const shape *s, size_t d, size_t size)
{
    const skel_dense_window *w = &s->grouped.window;

    return (size + w->before[d] + s->after[d] - (w->kernel[d] - 1) * w->dilation[d] - 1) /
               w->stride[d] +
           1;
}

static skel_dense_f32_grouped shape_of(int which)
{
    skel_dense_f32_grouped g = shapes[which].grouped;

    g.out_height = positions(&shapes[which], 0, g.height);
    g.out_width = positions(&shapes[which], 1, g.width);
    g.threads = (size_t)omp_get_max_threads();
    return g;
}

static size_t padded(const skel_dense_f32_grouped *g, size_t channels)
{
    return (channels + g->lanes - 1) / g->lanes * g->lanes;
}

static size_t x_floats(const skel_dense_f32_grouped *g)
{
    return g->images * padded(g, g->inputs) * g->height * g->width;
}

static size_t y_floats(const skel_dense_f32_grouped *g)
{
    return g->images * padded(g, g->outputs) * g->out_height * g->out_width;
}

static size_t w_floats(const skel_dense_f32_grouped *g)
{
    return g->outputs * (g->inputs / g->groups) * skel_dense_window_taps(&g->window);
}

static size_t at(const skel_dense_f32_grouped *g, size_t channels, size_t pixels, size_t image,
                 size_t channel, size_t pixel)
{
    return ((image * (padded(g, channels) / g->lanes) + channel / g->lanes) * pixels + pixel) *
               g->lanes +
           channel % g->lanes;
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

/* A random tensor, 0 where there is no channel. */
static float *random_tensor(const skel_dense_f32_grouped *g, size_t channels, size_t pixels,
                            uint32_t which)
{
    size_t count = g->images * padded(g, channels) * pixels;
    float *values = random_values(count, which);
    float *out = zeros(count, sizeof *out);

    for (size_t k = 0; k < g->images * channels * pixels; k++) {
        size_t place =
            at(g, channels, pixels, k / pixels / channels, k / pixels % channels, k % pixels);
        out[place] = values[place];
    }
    SKEL_FREE(&values);
    return out;
}

static float *random_input(const skel_dense_f32_grouped *g)
{
    return random_tensor(g, g->inputs, g->height * g->width, 0);
}

static float *random_output(const skel_dense_f32_grouped *g)
{
    return random_tensor(g, g->outputs, g->out_height * g->out_width, 3);
}

/* Calls back for every product of an input, a weight and an output. */
typedef void (*product_fn)(double *sum, const float *a, const float *b, size_t x, size_t w,
                           size_t y);

/* The products of one tap at one pixel of an image. */
static void tap_products(const skel_dense_f32_grouped *g, size_t image, size_t pixel, size_t tap,
                         product_fn product, double *sum, const float *a, const float *b)
{
    const skel_dense_window *w = &g->window;
    size_t row =
        pixel / g->out_width * w->stride[0] + tap / w->kernel[1] * w->dilation[0] - w->before[0];
    size_t column =
        pixel % g->out_width * w->stride[1] + tap % w->kernel[1] * w->dilation[1] - w->before[1];
    size_t inputs = g->inputs / g->groups;

    if (row >= g->height || column >= g->width) { /* below 0 wraps around */
        return;
    }
    for (size_t o = 0; o < g->outputs; o++) {
        for (size_t i = 0; i < inputs; i++) {
            size_t channel = o / (g->outputs / g->groups) * inputs + i;

            product(sum, a, b,
                    at(g, g->inputs, g->height * g->width, image, channel, row * g->width + column),
                    (o * inputs + i) * skel_dense_window_taps(w) + tap,
                    at(g, g->outputs, g->out_height * g->out_width, image, o, pixel));
        }
    }
}

static void for_products(const skel_dense_f32_grouped *g, product_fn product, double *sum,
                         const float *a, const float *b)
{
    size_t taps = skel_dense_window_taps(&g->window);
    size_t places = g->out_height * g->out_width * taps;

    for (size_t k = 0; k < g->images * places; k++) {
        tap_products(g, k / places, k % places / taps, k % taps, product, sum, a, b);
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
 * that sqrt(n) 2^-24 of the tensor's norm, 2e-6 for the most products of a sum in float here, 1024.
 */
static void check_close(const float *values, const double *sum, size_t count)
{
    double difference = 0;
    double norm = 0;

    for (size_t i = 0; i < count; i++) {
        difference += ((double)values[i] - sum[i]) * ((double)values[i] - sum[i]);
        norm += sum[i] * sum[i];
    }
    ck_assert_double_gt(norm, 0);
    ck_assert_double_le(sqrt(difference / norm), 2e-6);
}

static void done(float *a, float *b, float *c, float *d, double *sum)
{
    SKEL_FREE(&a);
    SKEL_FREE(&b);
    SKEL_FREE(&c);
    SKEL_FREE(&d);
    SKEL_FREE(&sum);
}

static float *scratch_of(const skel_dense_f32_grouped *g, skel_dense_direction direction)
{
    return random_values(skel_dense_f32_grouped_scratch(g, direction), 7);
}

START_TEST(forward_is_that_of_plain_loops)
{
    skel_dense_f32_grouped g = shape_of(_i);
    size_t pixels = g.out_height * g.out_width;
    float *x = random_input(&g);
    float *w = random_values(w_floats(&g), 1);
    float *bias = random_values(g.outputs, 2);
    float *y = random_values(y_floats(&g), 3);
    float *scratch = scratch_of(&g, SKEL_DENSE_FORWARD);
    double *sum = zeros(y_floats(&g), sizeof *sum);

    for (size_t k = 0; g.has_bias && k < g.images * g.outputs * pixels; k++) {
        size_t channel = k / pixels % g.outputs;
        sum[at(&g, g.outputs, pixels, k / pixels / g.outputs, channel, k % pixels)] =
            (double)bias[channel];
    }
    for_products(&g, into_y, sum, x, w);
    skel_dense_f32_grouped_forward(&g, x, w, bias, y, scratch);
    check_close(y, sum, y_floats(&g));
    SKEL_FREE(&bias);
    done(x, w, y, scratch, sum);
}
END_TEST

START_TEST(the_gradient_of_the_input_is_that_of_plain_loops)
{
    skel_dense_f32_grouped g = shape_of(_i);
    float *dy = random_output(&g);
    float *w = random_values(w_floats(&g), 1);
    float *dx = random_values(x_floats(&g), 2);
    float *scratch = scratch_of(&g, SKEL_DENSE_BACKWARD_DATA);
    double *sum = zeros(x_floats(&g), sizeof *sum);

    for_products(&g, into_x, sum, dy, w);
    skel_dense_f32_grouped_backward_data(&g, dy, w, dx, scratch);
    check_close(dx, sum, x_floats(&g));
    done(dy, w, dx, scratch, sum);
}
END_TEST

START_TEST(the_gradients_of_weights_and_bias_are_those_of_plain_loops)
{
    skel_dense_f32_grouped g = shape_of(_i);
    size_t pixels = g.out_height * g.out_width;
    float *x = random_input(&g);
    float *dy = random_output(&g);
    float *dw = random_values(w_floats(&g), 4);
    float *dbias = random_values(g.outputs, 5);
    float *scratch = scratch_of(&g, SKEL_DENSE_BACKWARD_WEIGHTS);
    double *sum = zeros(w_floats(&g), sizeof *sum);

    for_products(&g, into_w, sum, x, dy);
    skel_dense_f32_grouped_backward_weights(&g, x, dy, dw, dbias, scratch);
    check_close(dw, sum, w_floats(&g));
    for (size_t channel = 0; g.has_bias && channel < g.outputs; channel++) {
        double total = 0;

        for (size_t k = 0; k < g.images * pixels; k++) {
            total += (double)dy[at(&g, g.outputs, pixels, k / pixels, channel, k % pixels)];
        }
        ck_assert(dbias[channel] == (float)total);
    }
    SKEL_FREE(&dbias);
    done(x, dy, dw, scratch, sum);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, forward_is_that_of_plain_loops, 0, SHAPES);
    tcase_add_loop_test(tcase, the_gradient_of_the_input_is_that_of_plain_loops, 0, SHAPES);
    tcase_add_loop_test(tcase, the_gradients_of_weights_and_bias_are_those_of_plain_loops, 0,
                        SHAPES);
}

int main(void)
{
    return skel_suite_run("dense_grouped", fill);
}
