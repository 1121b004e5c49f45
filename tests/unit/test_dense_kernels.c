/* The dense engine's own loops against plain loops in double, on odd shapes. */
#include "suite.h"

#include "nn/engines/dense/kernels/elementwise.h"
#include "nn/engines/dense/kernels/norm.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <omp.h>

/* Float has 24 bits; sums of a few hundred terms lose a few of them. */
static const double tolerance = 2e-6;

static const skel_dense_extent extents[] = {
    {1, 1, 1, 16}, {3, 2, 7, 16},  {2, 3, 257, 16}, {1, 1, 1031, 16}, {70, 1, 16, 16},
    {5, 2, 49, 8}, {2, 1, 512, 8}, {4, 3, 25, 1},   {9, 10, 1, 1},    {1, 2, 1500, 1},
};
enum { EXTENTS = sizeof extents / sizeof *extents };

static size_t channels_of(skel_dense_extent e)
{
    return e.blocks * e.lanes;
}

static size_t floats_of(skel_dense_extent e)
{
    return e.images * e.pixels * channels_of(e);
}

/* Where a value is: [images][blocks][pixels][lanes]. */
static size_t at(skel_dense_extent e, size_t n, size_t c, size_t p)
{
    return ((n * e.blocks + c / e.lanes) * e.pixels + p) * e.lanes + c % e.lanes;
}

static float *numbers(size_t count, uint64_t seed, double centre)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 0, 0);
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)(centre + skel_stream_normal(&stream));
    }
    return out;
}

static double *doubles(size_t count)
{
    double *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    return out;
}

/* |a - b| against the largest |b| */
static void check_close(size_t count, const float a[], const double b[])
{
    double largest = 0;
    double error = 0;

    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(b[i]));
        error = fmax(error, fabs((double)a[i] - b[i]));
        ck_assert(!isnan(a[i]));
    }
    ck_assert_msg(error <= tolerance * largest, "error %g of %g", error, largest);
}

static void sums_are_right(skel_dense_extent e, double centre)
{
    size_t channels = channels_of(e);
    float *x = numbers(floats_of(e), 1, centre);
    double *partials = doubles(skel_dense_f32_norm_partials(e));
    double *sum = doubles(channels);
    double *squares = doubles(channels);
    double elements = (double)(e.images * e.pixels);

    skel_dense_f32_norm_sums(e, x, partials, channels, sum, squares);
    for (size_t c = 0; c < channels; c++) {
        double mean = 0;
        double variance = 0;

        for (size_t i = 0; i < e.images * e.pixels; i++) {
            mean += (double)x[at(e, i / e.pixels, c, i % e.pixels)] / elements;
        }
        for (size_t i = 0; i < e.images * e.pixels; i++) {
            double d = (double)x[at(e, i / e.pixels, c, i % e.pixels)] - mean;
            variance += d * d / elements;
        }
        ck_assert_double_eq_tol(sum[c] / elements, mean, tolerance * (1 + fabs(centre)));
        ck_assert_double_eq_tol(squares[c] / elements - sum[c] / elements * sum[c] / elements,
                                variance, 1e-4 * (variance + 0.01));
    }
    SKEL_FREE(&x);
    SKEL_FREE(&partials);
    SKEL_FREE(&sum);
    SKEL_FREE(&squares);
}

START_TEST(sums_are_those_of_a_plain_loop)
{
    sums_are_right(extents[_i], 0);
}
END_TEST

START_TEST(a_variance_survives_a_mean_a_thousand_times_larger)
{
    sums_are_right(extents[_i], 1000);
}
END_TEST

START_TEST(one_thread_and_several_give_the_same_bits)
{
    skel_dense_extent e = {37, 5, 36, 16};
    size_t channels = channels_of(e);
    float *x = numbers(floats_of(e), 2, 0.3);
    double *partials = doubles(skel_dense_f32_norm_partials(e));
    double *one = doubles(2 * channels);
    double *three = doubles(2 * channels);

    omp_set_num_threads(1);
    skel_dense_f32_norm_sums(e, x, partials, channels, one, one + channels);
    omp_set_num_threads(3);
    skel_dense_f32_norm_sums(e, x, partials, channels, three, three + channels);
    for (size_t i = 0; i < 2 * channels; i++) {
        ck_assert_double_eq(one[i], three[i]);
    }
    SKEL_FREE(&x);
    SKEL_FREE(&partials);
    SKEL_FREE(&one);
    SKEL_FREE(&three);
}
END_TEST

/* Everything that one batch norm's passes read. */
typedef struct norm {
    skel_dense_extent e;
    float *x;
    float *other;
    float *first;
    float *second;
    float *vectors; /* mean, slope, shift, offset, factor */
    float *y;
} norm;

static const float *vector(const norm *n, size_t which)
{
    return n->vectors + which * ((channels_of(n->e) + 15) / 16 * 16);
}

static skel_dense_f32_norm_vectors vectors_of(const norm *n)
{
    return (skel_dense_f32_norm_vectors){
        .mean = vector(n, 0), .slope = vector(n, 1), .shift = vector(n, 2)};
}

static norm norm_create(skel_dense_extent e)
{
    return (norm){.e = e,
                  .x = numbers(floats_of(e), 3, 0.5),
                  .other = numbers(floats_of(e), 4, 0),
                  .first = numbers(floats_of(e), 5, 0),
                  .second = numbers(floats_of(e), 6, 0.1),
                  .vectors = numbers(5 * ((channels_of(e) + 15) / 16 * 16), 7, 0.2),
                  .y = numbers(floats_of(e), 8, 0)};
}

static void norm_destroy(norm *n)
{
    SKEL_FREE(&n->x);
    SKEL_FREE(&n->other);
    SKEL_FREE(&n->first);
    SKEL_FREE(&n->second);
    SKEL_FREE(&n->vectors);
    SKEL_FREE(&n->y);
}

/* The upper bounds that a ReLU has. */
static const float ceilings[] = {INFINITY, 0.6F};
enum { CEILINGS = sizeof ceilings / sizeof *ceilings };

/* y at one place, in double. */
static double expected_y(const norm *n, size_t c, size_t i, bool add, bool relu, float ceiling)
{
    double v = ((double)n->x[i] - (double)vector(n, 0)[c]) * (double)vector(n, 1)[c] +
               (double)vector(n, 2)[c] + (add ? (double)n->other[i] : 0);

    return relu ? fmin(fmax(v, 0), (double)ceiling) : v;
}

static void apply_is_right(norm *n, bool add, bool relu, float ceiling)
{
    double *expected = doubles(floats_of(n->e));

    skel_dense_f32_norm_apply(n->e, n->x, vectors_of(n), add ? n->other : NULL, relu, ceiling,
                              n->y);
    for (size_t i = 0; i < n->e.images * n->e.pixels; i++) {
        for (size_t c = 0; c < channels_of(n->e); c++) {
            size_t place = at(n->e, i / n->e.pixels, c, i % n->e.pixels);
            expected[place] = expected_y(n, c, place, add, relu, ceiling);
        }
    }
    check_close(floats_of(n->e), n->y, expected);
    SKEL_FREE(&expected);
}

START_TEST(applying_normalises_adds_and_cuts)
{
    norm n = norm_create(extents[_i]);

    for (size_t k = 0; k < CEILINGS; k++) {
        apply_is_right(&n, false, false, ceilings[k]);
        apply_is_right(&n, false, true, ceilings[k]);
        apply_is_right(&n, true, false, ceilings[k]);
        apply_is_right(&n, true, true, ceilings[k]);
    }
    norm_destroy(&n);
}
END_TEST

START_TEST(a_relu_lets_nan_through)
{
    norm n = norm_create(extents[_i]);

    n.x[floats_of(n.e) - 1] = NAN;
    for (size_t k = 0; k < CEILINGS; k++) {
        skel_dense_f32_norm_apply(n.e, n.x, vectors_of(&n), NULL, true, ceilings[k], n.y);
        ck_assert(isnan(n.y[floats_of(n.e) - 1]));
    }
    skel_dense_f32_elementwise_relu_forward(floats_of(n.e), n.x, n.y);
    ck_assert(isnan(n.y[floats_of(n.e) - 1]));
    norm_destroy(&n);
}
END_TEST

/* Which arrays a backward pass has. */
typedef struct variant {
    bool second;
    bool relu;
    bool from_output;
} variant;

static void backward_is_right(norm *n, variant v, float ceiling)
{
    skel_dense_extent e = n->e;
    size_t channels = channels_of(e);
    double *dy = doubles(floats_of(e));
    double *dx = doubles(floats_of(e));
    double *partials = doubles(skel_dense_f32_norm_partials(e));
    double *sums = doubles(4 * channels);
    float *kept = numbers(floats_of(e), 9, 0);
    skel_dense_f32_norm_incoming in = {.first = n->first,
                                       .second = v.second ? n->second : NULL,
                                       .output = v.from_output ? n->y : NULL,
                                       .relu = v.relu,
                                       .ceiling = ceiling};

    skel_dense_f32_norm_apply(e, n->x, vectors_of(n), v.from_output ? n->other : NULL, v.relu,
                              ceiling, n->y);
    skel_dense_f32_norm_backward_sums(e, n->x, vectors_of(n), in, kept, partials, channels, sums,
                                      sums + channels);
    for (size_t i = 0; i < e.images * e.pixels; i++) {
        for (size_t c = 0; c < channels; c++) {
            size_t place = at(e, i / e.pixels, c, i % e.pixels);
            double centred = (double)n->x[place] - (double)vector(n, 0)[c];

            dy[place] = (double)n->first[place] + (v.second ? (double)n->second[place] : 0);
            dy[place] *= !v.relu || (n->y[place] > 0 && n->y[place] < ceiling);
            dx[place] = (double)vector(n, 1)[c] *
                        (dy[place] - (double)vector(n, 3)[c] - centred * (double)vector(n, 4)[c]);
            sums[2 * channels + c] += dy[place];
            sums[3 * channels + c] += dy[place] * centred;
        }
    }
    check_close(floats_of(e), kept, dy);
    for (size_t c = 0; c < 2 * channels; c++) {
        ck_assert_double_eq_tol(sums[c], sums[2 * channels + c],
                                tolerance * (double)(e.images * e.pixels));
    }
    /* in place over the first contribution, as the engine does */
    skel_dense_f32_norm_backward_apply(e, n->x, vectors_of(n), in, vector(n, 3), vector(n, 4),
                                       n->first);
    check_close(floats_of(e), n->first, dx);
    SKEL_FREE(&dy);
    SKEL_FREE(&dx);
    SKEL_FREE(&partials);
    SKEL_FREE(&sums);
    SKEL_FREE(&kept);
}

START_TEST(the_way_back_is_that_of_a_plain_loop)
{
    static const variant variants[] = {{false, false, false}, {true, false, false},
                                       {false, true, false},  {true, true, false},
                                       {false, true, true},   {true, true, true}};

    for (size_t k = 0; k < CEILINGS * sizeof variants / sizeof *variants; k++) {
        norm n = norm_create(extents[_i]);

        backward_is_right(&n, variants[k / CEILINGS], ceilings[k % CEILINGS]);
        norm_destroy(&n);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, sums_are_those_of_a_plain_loop, 0, EXTENTS);
    tcase_add_loop_test(tcase, a_variance_survives_a_mean_a_thousand_times_larger, 0, EXTENTS);
    tcase_add_test(tcase, one_thread_and_several_give_the_same_bits);
    tcase_add_loop_test(tcase, applying_normalises_adds_and_cuts, 0, EXTENTS);
    tcase_add_loop_test(tcase, a_relu_lets_nan_through, 0, EXTENTS);
    tcase_add_loop_test(tcase, the_way_back_is_that_of_a_plain_loop, 0, EXTENTS);
}

int main(void)
{
    return skel_suite_run("dense_kernels", fill);
}
