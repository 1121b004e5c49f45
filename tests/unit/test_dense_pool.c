/* The dense engine's pooling against plain loops, and PyTorch's rules for ties and NaN. */
#include "suite.h"

#include "nn/engines/dense/kernels/pool.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

#define SQUARE(kernel, stride)                                                                     \
    {                                                                                              \
        {kernel, kernel}, {stride, stride}, {1, 1},                                                \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }

/* planes, height, width, lanes, window, whether padding counts, squares, the output's height and
 * width: tiling, gaps, overlaps, rests, one window; rectangles, padding */
static const skel_dense_f32_pool_windows windows[] = {
    {2, 4, 4, 16, SQUARE(2, 2), false, false, 2, 2},
    {1, 5, 7, 16, SQUARE(2, 2), false, false, 2, 3},
    {3, 7, 7, 16, SQUARE(3, 2), false, false, 3, 3},
    {2, 6, 6, 8, SQUARE(3, 3), false, false, 2, 2},
    {1, 9, 5, 8, SQUARE(2, 3), false, false, 3, 2},
    {2, 4, 4, 8, SQUARE(4, 1), false, false, 1, 1},
    {5, 6, 5, 1, SQUARE(2, 1), false, false, 5, 4},
    {2, 3, 3, 1, SQUARE(1, 2), false, false, 2, 2},
    {1, 28, 28, 1, SQUARE(28, 28), false, false, 1, 1},
    {2, 6, 8, 8, {{2, 4}, {2, 4}, {1, 1}, {0, 0}}, false, false, 3, 2},
    {2, 7, 6, 8, {{3, 3}, {2, 2}, {1, 1}, {1, 1}}, true, false, 4, 3},
    {3, 5, 4, 16, {{3, 2}, {1, 2}, {1, 1}, {2, 1}}, false, false, 7, 3},
    {1, 4, 9, 1, {{2, 3}, {3, 2}, {1, 1}, {0, 2}}, true, true, 2, 6},
    {2, 5, 5, 8, {{3, 3}, {2, 2}, {1, 1}, {1, 1}}, false, true, 3, 3},
    {3, 5, 5, 8, {{2, 2}, {2, 2}, {1, 1}, {1, 1}}, true, false, 3, 3},
    {2, 6, 9, 8, {{2, 2}, {1, 3}, {1, 1}, {1, 0}}, false, false, 7, 3},
};
enum { WINDOWS = sizeof windows / sizeof *windows };

static size_t in_floats(const skel_dense_f32_pool_windows *w)
{
    return w->planes * w->height * w->width * w->lanes;
}

static size_t out_floats(const skel_dense_f32_pool_windows *w)
{
    return w->planes * w->out_height * w->out_width * w->lanes;
}

static size_t taps(const skel_dense_f32_pool_windows *w)
{
    return w->window.kernel[0] * w->window.kernel[1];
}

/* Whether pixel k of the window that makes the output number `out` is inside; `*input` is it. */
static bool inside(const skel_dense_f32_pool_windows *w, size_t out, size_t k, size_t *input)
{
    size_t lane = out % w->lanes;
    size_t column = out / w->lanes % w->out_width;
    size_t row = out / w->lanes / w->out_width % w->out_height;
    size_t plane = out / w->lanes / w->out_width / w->out_height;
    size_t y = row * w->window.stride[0] + k / w->window.kernel[1] - w->window.before[0];
    size_t x = column * w->window.stride[1] + k % w->window.kernel[1] - w->window.before[1];

    *input = ((plane * w->height + y) * w->width + x) * w->lanes + lane;
    return y < w->height && x < w->width; /* below 0 wraps around */
}

/* What a pixel inside counts in a mean. */
static double share_of(const skel_dense_f32_pool_windows *w, size_t out)
{
    size_t count = 0;

    for (size_t k = 0; k < taps(w); k++) {
        size_t input = 0;
        count += w->counts_padding || inside(w, out, k, &input);
    }
    return 1 / (double)count;
}

static float *zeros(size_t count)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    return out;
}

/* Few different values: many ties. */
static float *few_values(size_t count)
{
    skel_stream stream = skel_stream_open(11, SKEL_PURPOSE_TEST, 0, 0);
    float *out = zeros(count);

    for (size_t i = 0; i < count; i++) {
        out[i] = (float)skel_stream_below(&stream, 4) - 2.0F;
    }
    return out;
}

START_TEST(max_takes_the_first_of_the_largest_there_and_back)
{
    const skel_dense_f32_pool_windows *w = &windows[_i];
    float *x = few_values(in_floats(w));
    float *y = zeros(out_floats(w));
    float *chosen = zeros(out_floats(w));
    float *dx = few_values(in_floats(w)); /* to be overwritten */
    float *expected = zeros(in_floats(w));
    uint16_t *choice = NULL;

    ck_assert_ok(SKEL_ALLOC(out_floats(w), sizeof *choice, &choice));
    skel_dense_f32_pool_max_forward(*w, x, y, choice);
    skel_dense_f32_pool_max_chosen(*w, choice, x, chosen);
    for (size_t i = 0; i < out_floats(w); i++) {
        size_t best = SIZE_MAX;
        size_t at = 0;

        for (size_t k = 0; k < taps(w); k++) {
            if (inside(w, i, k, &at) && (best == SIZE_MAX || x[at] > x[best])) {
                best = at;
            }
        }
        ck_assert(y[i] == x[best]);
        ck_assert(chosen[i] == x[best]);
        expected[best] += (float)i + 1;
        y[i] = (float)i + 1; /* from here on its gradient */
    }
    skel_dense_f32_pool_max_backward(*w, choice, y, dx);
    for (size_t i = 0; i < in_floats(w); i++) {
        ck_assert(dx[i] == expected[i]);
    }
    SKEL_FREE(&x);
    SKEL_FREE(&y);
    SKEL_FREE(&chosen);
    SKEL_FREE(&dx);
    SKEL_FREE(&expected);
    SKEL_FREE(&choice);
}
END_TEST

START_TEST(a_mean_is_that_of_a_plain_loop_there_and_back)
{
    const skel_dense_f32_pool_windows *w = &windows[_i];
    size_t at = 0;
    float *x = few_values(in_floats(w));
    float *y = zeros(out_floats(w));
    float *dx = few_values(in_floats(w));
    float *expected = zeros(in_floats(w));

    skel_dense_f32_pool_mean_forward(*w, x, y);
    for (size_t i = 0; i < out_floats(w); i++) {
        double share = share_of(w, i);
        double mean = 0;

        for (size_t k = 0; k < taps(w); k++) {
            mean += inside(w, i, k, &at) ? (double)x[at] * share : 0;
        }
        ck_assert_double_eq_tol((double)y[i], mean, 1e-6);
        y[i] = (float)(i % 7) - 3;
        share *= w->squares ? share : 1;
        for (size_t k = 0; k < taps(w); k++) {
            if (inside(w, i, k, &at)) {
                expected[at] += (float)((double)y[i] * share);
            }
        }
    }
    skel_dense_f32_pool_mean_backward(*w, y, dx);
    for (size_t i = 0; i < in_floats(w); i++) {
        ck_assert_double_eq_tol((double)dx[i], (double)expected[i], 1e-5);
    }
    SKEL_FREE(&x);
    SKEL_FREE(&y);
    SKEL_FREE(&dx);
    SKEL_FREE(&expected);
}
END_TEST

START_TEST(nan_is_the_largest_of_its_window)
{
    const skel_dense_f32_pool_windows *w = &windows[_i];

    for (size_t k = 0; k < taps(w); k++) {
        float *x = few_values(in_floats(w));
        float *y = zeros(out_floats(w));
        size_t at = 0;

        if (!inside(w, out_floats(w) - 1, k, &at)) {
            SKEL_FREE(&x);
            SKEL_FREE(&y);
            continue;
        }
        x[at] = NAN;
        skel_dense_f32_pool_max_forward(*w, x, y, NULL);
        ck_assert(isnan(y[out_floats(w) - 1]));
        SKEL_FREE(&x);
        SKEL_FREE(&y);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, max_takes_the_first_of_the_largest_there_and_back, 0, WINDOWS);
    tcase_add_loop_test(tcase, a_mean_is_that_of_a_plain_loop_there_and_back, 0, WINDOWS);
    tcase_add_loop_test(tcase, nan_is_the_largest_of_its_window, 0, WINDOWS);
}

int main(void)
{
    return skel_suite_run("dense_pool", fill);
}
