/* Tangents of the dense engine's batch norm against differences of plain loops in double. */
#include "suite.h"

#include "nn/engines/dense/kernels/norm_tangent.h"
#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <omp.h>

/* Float has 24 bits; sums of a few hundred terms lose a few of them. What is differentiated are
 * polynomials of the third degree at most: the central difference is off by STEP^2 times numbers of
 * the order of 1, far less. */
static const double tolerance = 4e-6;

#define STEP 0x1p-14

static const skel_dense_extent extents[] = {
    {1, 1, 1, 16},  {3, 2, 7, 16}, {2, 3, 257, 16}, {70, 1, 16, 16}, {5, 2, 49, 8},
    {2, 1, 512, 8}, {4, 3, 25, 1}, {9, 10, 1, 1},   {1, 2, 1500, 1},
};
enum { EXTENTS = sizeof extents / sizeof *extents };

/* What moves along the vector: tensors, then vectors by channel. */
enum { X, OTHER, FIRST, SECOND, TENSORS };
enum { MEAN, SLOPE, SHIFT, LOG_INVERSE, OFFSET, FACTOR, VECTORS };

/* Values [0] and tangents [1]; LOG_INVERSE has a tangent alone. */
typedef struct norm {
    skel_dense_extent e;
    float *tensor[2][TENSORS];
    float *vector[2][VECTORS];
    float *y;
} norm;

/* Which arrays there are. */
typedef struct variant {
    bool second; /* backward a second contribution, forward an addition */
    bool relu;
    bool from_output;
    bool moving;   /* whether x has a tangent */
    float ceiling; /* of the ReLU */
} variant;

static size_t channels_of(skel_dense_extent e)
{
    return e.blocks * e.lanes;
}

static size_t floats_of(skel_dense_extent e)
{
    return e.images * e.pixels * channels_of(e);
}

/* The channel of a place of [images][blocks][pixels][lanes]. */
static size_t channel_of(skel_dense_extent e, size_t place)
{
    return place / e.lanes / e.pixels % e.blocks * e.lanes + place % e.lanes;
}

static float *numbers(size_t count, uint32_t which)
{
    skel_stream stream = skel_stream_open(13, SKEL_PURPOSE_TEST, 0, which);
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)(0.2 + skel_stream_normal(&stream));
    }
    return out;
}

static double *doubles(size_t count)
{
    double *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    return out;
}

static void norm_make(skel_dense_extent e, norm *out)
{
    uint32_t which = 0;

    *out = (norm){.e = e, .y = numbers(floats_of(e), which++)};
    for (size_t side = 0; side < 2; side++) {
        for (size_t t = 0; t < TENSORS; t++) {
            out->tensor[side][t] = numbers(floats_of(e), which++);
        }
        for (size_t v = 0; v < VECTORS; v++) {
            out->vector[side][v] = numbers((channels_of(e) + 15) / 16 * 16, which++);
        }
    }
}

static void norm_free(norm *n)
{
    for (size_t side = 0; side < 2; side++) {
        for (size_t t = 0; t < TENSORS; t++) {
            SKEL_FREE(&n->tensor[side][t]);
        }
        for (size_t v = 0; v < VECTORS; v++) {
            SKEL_FREE(&n->vector[side][v]);
        }
    }
    SKEL_FREE(&n->y);
}

static double tensor_at(const norm *n, size_t which, size_t place, double r)
{
    return (double)n->tensor[0][which][place] + r * (double)n->tensor[1][which][place];
}

static double vector_at(const norm *n, size_t which, size_t place, double r)
{
    size_t c = channel_of(n->e, place);

    return (double)n->vector[0][which][c] + r * (double)n->vector[1][which][c];
}

static double centred_at(const norm *n, variant v, size_t place, double r)
{
    double x = tensor_at(n, X, place, v.moving ? r : 0);

    /* an x that does not move has a mean that does not */
    return x - vector_at(n, MEAN, place, v.moving ? r : 0);
}

/* Whether the ReLU stops a gradient. */
static bool stops(const norm *n, variant v, size_t place)
{
    return v.relu && !(n->y[place] > 0 && n->y[place] < v.ceiling);
}

/* Results of a batch norm at one place, at a distance along the vector: forward, ... */
static double y_at(const norm *n, variant v, size_t place, double r)
{
    double y = centred_at(n, v, place, r) * vector_at(n, SLOPE, place, r) +
               vector_at(n, SHIFT, place, r) + (v.second ? tensor_at(n, OTHER, place, r) : 0);

    return stops(n, v, place) ? 0 : y;
}

/* ... the gradient with respect to the result, ... */
static double dy_at(const norm *n, variant v, size_t place, double r)
{
    double dy = tensor_at(n, FIRST, place, r) + (v.second ? tensor_at(n, SECOND, place, r) : 0);

    return stops(n, v, place) ? 0 : dy;
}

/* ... its product with xhat over the standard deviation's inverse at 0, ... */
static double product_at(const norm *n, variant v, size_t place, double r)
{
    double stretch = 1 + r * (double)n->vector[1][LOG_INVERSE][channel_of(n->e, place)];

    return dy_at(n, v, place, r) * centred_at(n, v, place, r) * stretch;
}

/* ... and the gradient with respect to x. */
static double dx_at(const norm *n, variant v, size_t place, double r)
{
    return vector_at(n, SLOPE, place, r) *
           (dy_at(n, v, place, r) - vector_at(n, OFFSET, place, r) -
            centred_at(n, v, place, r) * vector_at(n, FACTOR, place, r));
}

static double difference(double (*at)(const norm *, variant, size_t, double), const norm *n,
                         variant v, size_t place)
{
    return (at(n, v, place, STEP) - at(n, v, place, -STEP)) / (2 * STEP);
}

/* |a - derivative| against the largest derivative */
static void check_tensor(const norm *n, variant v,
                         double (*at)(const norm *, variant, size_t, double), const float a[])
{
    double largest = 0;
    double error = 0;

    for (size_t i = 0; i < floats_of(n->e); i++) {
        double expected = difference(at, n, v, i);

        largest = fmax(largest, fabs(expected));
        error = fmax(error, fabs((double)a[i] - expected));
        ck_assert(!isnan(a[i]));
    }
    ck_assert_msg(error <= tolerance * largest, "error %g of %g", error, largest);
}

static void check_sums(const norm *n, variant v,
                       double (*at)(const norm *, variant, size_t, double), const double sum[])
{
    double elements = (double)(n->e.images * n->e.pixels);
    double *expected = doubles(channels_of(n->e));

    for (size_t i = 0; i < floats_of(n->e); i++) {
        expected[channel_of(n->e, i)] += difference(at, n, v, i);
    }
    for (size_t c = 0; c < channels_of(n->e); c++) {
        ck_assert_double_eq_tol(sum[c], expected[c], tolerance * elements);
    }
    SKEL_FREE(&expected);
}

static skel_dense_f32_norm_vectors vectors_of(const norm *n)
{
    return (skel_dense_f32_norm_vectors){n->vector[0][MEAN], n->vector[0][SLOPE],
                                         n->vector[0][SHIFT]};
}

/* Of an x that does not move the mean has a tangent of 0. */
static skel_dense_f32_norm_tangent_vectors tangents_of(const norm *n)
{
    return (skel_dense_f32_norm_tangent_vectors){n->vector[1][MEAN], n->vector[1][SLOPE],
                                                 n->vector[1][SHIFT], n->vector[1][LOG_INVERSE]};
}

/* The primal y, from which the ReLUs' masks are. */
static void apply(norm *n, variant v)
{
    skel_dense_f32_norm_apply(n->e, n->tensor[0][X], vectors_of(n),
                              v.from_output ? n->tensor[0][OTHER] : NULL, v.relu, v.ceiling, n->y);
}

static const variant variants[] = {
    {false, false, false, true, INFINITY}, {true, false, false, true, INFINITY},
    {false, true, false, true, INFINITY},  {true, true, false, true, INFINITY},
    {false, true, true, true, INFINITY},   {true, true, true, true, INFINITY},
    {true, true, true, false, INFINITY},   {false, true, false, true, 0.6F},
    {true, true, false, true, 0.6F},       {true, true, true, true, 0.6F},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

START_TEST(forward_tangents_are_differences_of_a_plain_loop)
{
    for (size_t k = 0; k < VARIANTS; k++) {
        variant v = variants[k];
        norm n;
        float *ry = NULL;

        norm_make(extents[_i], &n);
        apply(&n, v);
        ck_assert_ok(SKEL_ALLOC(floats_of(n.e), sizeof *ry, &ry));
        skel_dense_f32_norm_tangent_apply(
            n.e, n.tensor[0][X], v.moving ? n.tensor[1][X] : NULL, vectors_of(&n), tangents_of(&n),
            v.second ? n.tensor[1][OTHER] : NULL, v.relu ? n.y : NULL, v.ceiling, ry);
        check_tensor(&n, v, y_at, ry);
        SKEL_FREE(&ry);
        norm_free(&n);
    }
}
END_TEST

static skel_dense_f32_norm_tangent_pair pair_of(const norm *n, variant v)
{
    return (skel_dense_f32_norm_tangent_pair){
        .x = n->tensor[0][X],
        .rx = v.moving ? n->tensor[1][X] : NULL,
        .gradient = {.first = n->tensor[0][FIRST],
                     .second = v.second ? n->tensor[0][SECOND] : NULL,
                     .output = v.from_output ? n->y : NULL,
                     .relu = v.relu,
                     .ceiling = v.ceiling},
        .first = n->tensor[1][FIRST],
        .second = v.second ? n->tensor[1][SECOND] : NULL};
}

static void backward_is_right(norm *n, variant v)
{
    const skel_dense_f32_norm_tangent_means means = {n->vector[0][OFFSET], n->vector[0][FACTOR],
                                                     n->vector[1][OFFSET], n->vector[1][FACTOR]};
    size_t channels = channels_of(n->e);
    double *partials = doubles(skel_dense_f32_norm_partials(n->e));
    double *sums = doubles(2 * channels);
    float *kept = numbers(floats_of(n->e), 99);
    float *rdx = numbers(floats_of(n->e), 98);

    skel_dense_f32_norm_tangent_backward_sums(n->e, pair_of(n, v), vectors_of(n), tangents_of(n),
                                              kept, partials, channels, sums, sums + channels);
    check_tensor(n, v, dy_at, kept);
    check_sums(n, v, dy_at, sums);
    check_sums(n, v, product_at, sums + channels);
    if (v.moving) {
        skel_dense_f32_norm_tangent_backward_apply(n->e, pair_of(n, v), vectors_of(n),
                                                   tangents_of(n), means, rdx);
        check_tensor(n, v, dx_at, rdx);
        /* in place over a contribution, as the engine does */
        skel_dense_f32_norm_tangent_backward_apply(n->e, pair_of(n, v), vectors_of(n),
                                                   tangents_of(n), means, n->tensor[1][FIRST]);
        ck_assert_mem_eq(n->tensor[1][FIRST], rdx, floats_of(n->e) * sizeof *rdx);
    }
    SKEL_FREE(&partials);
    SKEL_FREE(&sums);
    SKEL_FREE(&kept);
    SKEL_FREE(&rdx);
}

START_TEST(backward_tangents_are_differences_of_a_plain_loop)
{
    for (size_t k = 0; k < VARIANTS; k++) {
        norm n;

        norm_make(extents[_i], &n);
        apply(&n, variants[k]);
        backward_is_right(&n, variants[k]);
        norm_free(&n);
    }
}
END_TEST

START_TEST(one_thread_and_several_give_the_same_bits)
{
    const variant v = {true, true, true, true, INFINITY};
    size_t channels = 0;
    double *partials = NULL;
    double *sums = NULL;
    norm n;

    norm_make((skel_dense_extent){37, 5, 36, 16}, &n);
    apply(&n, v);
    channels = channels_of(n.e);
    partials = doubles(skel_dense_f32_norm_partials(n.e));
    sums = doubles(4 * channels);
    for (int threads = 1; threads <= 3; threads += 2) {
        double *out = sums + (threads == 1 ? 0 : 2 * channels);

        omp_set_num_threads(threads);
        skel_dense_f32_norm_tangent_backward_sums(n.e, pair_of(&n, v), vectors_of(&n),
                                                  tangents_of(&n), NULL, partials, channels, out,
                                                  out + channels);
    }
    ck_assert_mem_eq(sums, sums + 2 * channels, 2 * channels * sizeof *sums);
    SKEL_FREE(&partials);
    SKEL_FREE(&sums);
    norm_free(&n);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, forward_tangents_are_differences_of_a_plain_loop, 0, EXTENTS);
    tcase_add_loop_test(tcase, backward_tangents_are_differences_of_a_plain_loop, 0, EXTENTS);
    tcase_add_test(tcase, one_thread_and_several_give_the_same_bits);
}

int main(void)
{
    return skel_suite_run("dense_tangents", fill);
}
