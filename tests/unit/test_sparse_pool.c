/* The sparse engine's pooling, alone and behind batch norm, against plain loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/network.h"
#include "skel/random.h"

#include <math.h>

/* Windows that tile the plane, leave a rest, leave gaps, overlap, are the whole plane, are not
 * square, or reach into padding, more of it on one side than on the other. */
typedef struct windows {
    size_t height;
    size_t width;
    size_t ring;
    size_t kernel[2];
    size_t stride[2];
    size_t before[2];
    size_t after[2];
    bool counts_padding;
} windows;

static const windows cases[] = {
    {4, 6, 1, {2, 2}, {2, 2}, {0, 0}, {0, 0}, false},
    {9, 3, 0, {3, 3}, {3, 3}, {0, 0}, {0, 0}, true},
    {1, 1, 1, {1, 1}, {1, 1}, {0, 0}, {0, 0}, false},
    {8, 8, 0, {8, 8}, {8, 8}, {0, 0}, {0, 0}, false},
    {5, 7, 1, {2, 2}, {2, 2}, {0, 0}, {0, 0}, false},
    {9, 7, 2, {2, 2}, {3, 3}, {0, 0}, {0, 0}, false},
    {6, 5, 1, {3, 3}, {1, 1}, {0, 0}, {0, 0}, true},
    {6, 5, 1, {2, 5}, {2, 1}, {0, 0}, {0, 0}, false},
    {7, 8, 0, {3, 3}, {2, 2}, {1, 1}, {1, 1}, false},
    {7, 8, 1, {3, 3}, {2, 2}, {1, 1}, {1, 1}, true},
    {5, 3, 1, {4, 2}, {1, 2}, {3, 1}, {1, 0}, false},
    {3, 4, 0, {3, 4}, {1, 3}, {0, 2}, {2, 3}, true},
    {1, 2, 2, {3, 5}, {1, 1}, {1, 2}, {1, 2}, false},
};
/* the first TILED of them tile the plane, as pooling behind batch norm requires */
enum { CASES = sizeof cases / sizeof *cases, TILED = 4 };

static const skel_sparse_channel channel = {.mean = 0.25F, .slope = 1.5F, .shift = 0.75F};

typedef struct arrays {
    skel_sparse_pool pool;
    float *in; /* blocks, and addresses of the first pixel */
    float *out;
    float *gradient;
    float *x;
    float *y;
    float *dx;
    uint16_t *choice;
} arrays;

/* Few different values: many ties. */
static float *few_values(const skel_sparse_planes *planes)
{
    skel_stream stream = skel_stream_open(11, SKEL_PURPOSE_TEST, 0, 0);
    size_t count = skel_sparse_planes_floats(planes);
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)skel_stream_below(&stream, 5) - 2.0F;
    }
    return out;
}

static size_t outputs_of(const windows *w, size_t d, size_t size)
{
    return (size + w->before[d] + w->after[d] - w->kernel[d]) / w->stride[d] + 1;
}

static arrays make_arrays(const windows *w)
{
    arrays a = {
        .pool = {.in = skel_sparse_planes_make(kernels->lanes, 1, w->height, w->width, w->ring),
                 .out = skel_sparse_planes_make(kernels->lanes, 1, outputs_of(w, 0, w->height),
                                                outputs_of(w, 1, w->width), 1),
                 .kernel = {w->kernel[0], w->kernel[1]},
                 .stride = {w->stride[0], w->stride[1]},
                 .before = {w->before[0], w->before[1]},
                 .counts_padding = w->counts_padding}};

    a.in = few_values(&a.pool.in);
    a.out = few_values(&a.pool.out);
    a.gradient = few_values(&a.pool.in); /* to be overwritten */
    a.x = a.in + skel_sparse_planes_origin(&a.pool.in, 0);
    a.y = a.out + skel_sparse_planes_origin(&a.pool.out, 0);
    a.dx = a.gradient + skel_sparse_planes_origin(&a.pool.in, 0);
    ck_assert_ok(SKEL_ALLOC(a.pool.out.height * a.pool.out.width * kernels->lanes, sizeof *a.choice,
                            &a.choice));
    return a;
}

static void free_arrays(arrays *a)
{
    SKEL_FREE(&a->in);
    SKEL_FREE(&a->out);
    SKEL_FREE(&a->gradient);
    SKEL_FREE(&a->choice);
}

static size_t output_count(const arrays *a)
{
    return a->pool.out.height * a->pool.out.width * kernels->lanes;
}

static size_t output_at(const arrays *a, size_t i)
{
    size_t pixel = i / kernels->lanes;

    return pixel / a->pool.out.width * a->pool.out.row +
           pixel % a->pool.out.width * kernels->lanes + i % kernels->lanes;
}

static size_t window_pixels(const arrays *a)
{
    return a->pool.kernel[0] * a->pool.kernel[1];
}

/* Input k of the window of output i; SKEL_NONE in the padding. */
static size_t input_at(const arrays *a, size_t i, size_t k)
{
    const skel_sparse_pool *pool = &a->pool;
    size_t pixel = i / kernels->lanes;
    size_t y = pixel / pool->out.width * pool->stride[0] + k / pool->kernel[1];
    size_t x = pixel % pool->out.width * pool->stride[1] + k % pool->kernel[1];

    if (y < pool->before[0] || y - pool->before[0] >= pool->in.height || x < pool->before[1] ||
        x - pool->before[1] >= pool->in.width) {
        return SKEL_NONE;
    }
    return (y - pool->before[0]) * pool->in.row + (x - pool->before[1]) * kernels->lanes +
           i % kernels->lanes;
}

/* The first of the largest inputs of a window. */
static size_t largest_of(const arrays *a, size_t i)
{
    size_t best = SKEL_NONE;

    for (size_t k = 0; k < window_pixels(a); k++) {
        size_t at = input_at(a, i, k);

        best = at != SKEL_NONE && (best == SKEL_NONE || a->x[at] > a->x[best]) ? at : best;
    }
    return best;
}

/* The gradient of the input, of plain loops: [floats of the input block]. */
static double *zeros(const arrays *a)
{
    double *out = NULL;

    ck_assert_ok(SKEL_ALLOC(skel_sparse_planes_floats(&a->pool.in), sizeof *out, &out));
    return out;
}

/* Pixels of the input that are not in the ring. */
static void check_gradient(const arrays *a, const double expected[])
{
    for (size_t y = 0; y < a->pool.in.height; y++) {
        for (size_t i = 0; i < a->pool.in.width * kernels->lanes; i++) {
            size_t at = y * a->pool.in.row + i;

            ck_assert_double_eq_tol((double)a->dx[at], expected[at], 1e-5);
        }
    }
}

START_TEST(max_takes_the_first_of_the_largest_there_and_back)
{
    arrays a = make_arrays(&cases[choose_kernels(_i)]);
    double *expected = zeros(&a);

    kernels->pool->max(&a.pool, a.x, a.y, a.choice);
    for (size_t i = 0; i < output_count(&a); i++) {
        size_t best = largest_of(&a, i);

        ck_assert(a.y[output_at(&a, i)] == a.x[best]);
        a.y[output_at(&a, i)] = (float)i + 1; /* from here on the gradient */
        expected[best] += (double)i + 1;
    }
    kernels->pool->max_backward(&a.pool, a.choice, a.y, a.dx);
    check_gradient(&a, expected);
    SKEL_FREE(&expected);
    free_arrays(&a);
}
END_TEST

/* The part of each input in the mean of a window. */
static double share_of(const arrays *a, size_t i)
{
    size_t inside = 0;

    for (size_t k = 0; k < window_pixels(a); k++) {
        inside += input_at(a, i, k) != SKEL_NONE;
    }
    return 1 / (double)(a->pool.counts_padding ? window_pixels(a) : inside);
}

START_TEST(a_mean_is_that_of_a_plain_loop_there_and_back)
{
    arrays a = make_arrays(&cases[choose_kernels(_i)]);
    double *expected = zeros(&a);

    kernels->pool->mean(&a.pool, a.x, a.y);
    for (size_t i = 0; i < output_count(&a); i++) {
        double share = share_of(&a, i);
        double mean = 0;
        float dy = (float)(i % 7) - 3;

        for (size_t k = 0; k < window_pixels(&a); k++) {
            size_t at = input_at(&a, i, k);

            if (at != SKEL_NONE) {
                mean += (double)a.x[at] * share;
                expected[at] += (double)dy * share;
            }
        }
        ck_assert_double_eq_tol((double)a.y[output_at(&a, i)], mean, 1e-6);
        a.y[output_at(&a, i)] = dy;
    }
    kernels->pool->mean_backward(&a.pool, a.y, a.dx);
    check_gradient(&a, expected);
    SKEL_FREE(&expected);
    free_arrays(&a);
}
END_TEST

START_TEST(nan_is_the_largest_of_its_window)
{
    const windows *w = &cases[choose_kernels(_i)];

    for (size_t k = 0; k < w->kernel[0] * w->kernel[1]; k++) {
        arrays a = make_arrays(w);
        size_t last = output_count(&a) - 1;

        if (input_at(&a, last, k) != SKEL_NONE) {
            a.x[input_at(&a, last, k)] = NAN;
            kernels->pool->max(&a.pool, a.x, a.y, NULL);
            ck_assert(isnan(a.y[output_at(&a, last)]));
        }
        free_arrays(&a);
    }
}
END_TEST

static double normalised(double x)
{
    return (x - (double)channel.mean) * (double)channel.slope + (double)channel.shift;
}

/* The pixel whose normalised value the window keeps; SKEL_NONE if ReLU clears all of them. */
static size_t kept_of(const arrays *a, size_t i)
{
    size_t best = largest_of(a, i);

    return normalised((double)a->x[best]) > 0 ? best : SKEL_NONE;
}

START_TEST(norm_with_pooling_is_norm_then_relu_then_pooling)
{
    arrays a = make_arrays(&cases[choose_kernels(_i)]);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, kernels->lanes - 3, 0);

    kernels->norm_pool->apply(&a.pool.in, &a.pool.out, a.pool.kernel[0], a.x, channel, &lanes, a.y,
                              a.choice);
    for (size_t i = 0; i < output_count(&a); i++) {
        size_t kept = kept_of(&a, i);
        bool empty = kept == SKEL_NONE || i % kernels->lanes >= kernels->lanes - 3;

        ck_assert_double_eq_tol((double)a.y[output_at(&a, i)],
                                empty ? 0 : normalised((double)a.x[kept]), 1e-6);
    }
    free_arrays(&a);
}
END_TEST

START_TEST(norm_with_pooling_differentiates_the_pixels_it_kept)
{
    arrays a = make_arrays(&cases[choose_kernels(_i)]);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, kernels->lanes, 0);
    double *expected = zeros(&a);
    double plain[2] = {0, 0};
    double sum[2] = {0, 0};

    kernels->norm_pool->apply(&a.pool.in, &a.pool.out, a.pool.kernel[0], a.x, channel, &lanes, a.y,
                              a.choice);
    for (size_t i = 0; i < output_count(&a); i++) {
        size_t kept = kept_of(&a, i);

        a.y[output_at(&a, i)] = (float)(i % 7) - 3; /* from here on the gradient */
        if (kept != SKEL_NONE) {
            expected[kept] = (double)a.y[output_at(&a, i)];
            plain[0] += expected[kept];
            plain[1] += expected[kept] * ((double)a.x[kept] - (double)channel.mean);
        }
    }
    kernels->norm_pool->backward_sums(&a.pool.in, &a.pool.out, a.pool.kernel[0], a.x, channel,
                                      a.choice, a.y, sum);
    ck_assert_double_eq_tol(sum[0], plain[0], 1e-4);
    ck_assert_double_eq_tol(sum[1], plain[1], 1e-4);
    kernels->norm_pool->backward_apply(&a.pool.in, &a.pool.out, a.pool.kernel[0], a.x, channel,
                                       a.choice, a.y, 0.125F, -0.5F, &lanes, a.pool.in.row, a.dx);
    for (size_t i = 0; i < a.pool.in.height * a.pool.in.row - 2 * a.pool.in.ring * kernels->lanes;
         i++) {
        expected[i] = (double)channel.slope *
                      (expected[i] - 0.125 + ((double)a.x[i] - (double)channel.mean) * 0.5);
    }
    check_gradient(&a, expected);
    SKEL_FREE(&expected);
    free_arrays(&a);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, max_takes_the_first_of_the_largest_there_and_back, CASES);
    add_kernel_test(tcase, a_mean_is_that_of_a_plain_loop_there_and_back, CASES);
    add_kernel_test(tcase, nan_is_the_largest_of_its_window, CASES);
    add_kernel_test(tcase, norm_with_pooling_is_norm_then_relu_then_pooling, TILED);
    add_kernel_test(tcase, norm_with_pooling_differentiates_the_pixels_it_kept, TILED);
}

int main(void)
{
    return skel_suite_run("sparse_pool", fill);
}
