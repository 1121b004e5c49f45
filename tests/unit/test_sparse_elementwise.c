/* The sparse engine's activations, products and copies against plain double loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

/* Shapes: one pixel, odd sides, a long row, part of the lanes. */
typedef struct shape {
    size_t height;
    size_t width;
    size_t ring;
    size_t images;
} shape;

static const shape shapes[] = {{1, 1, 0, 16}, {3, 5, 1, 3}, {2, 300, 1, 9}, {33, 1, 2, 1}};

static const skel_sparse_activation functions[] = {
    {.kind = SKEL_SPARSE_IDENTITY},
    {.kind = SKEL_SPARSE_RELU},
    {.kind = SKEL_SPARSE_LEAKY_RELU, .slope = 0.125F},
    {.kind = SKEL_SPARSE_LEAKY_RELU, .slope = 0.0F},
    {.kind = SKEL_SPARSE_CLIP, .low = 0.0F, .high = 6.0F},
    {.kind = SKEL_SPARSE_CLIP, .low = -INFINITY, .high = -0.5F},
    {.kind = SKEL_SPARSE_CLIP, .low = 0.25F, .high = INFINITY},
    {.kind = SKEL_SPARSE_SIGMOID},
};
enum {
    SHAPES = sizeof shapes / sizeof *shapes,
    FUNCTIONS = sizeof functions / sizeof *functions,
    ARRAYS = 3
};

/* Arrays of one channel, with rings of different widths. */
typedef struct arrays {
    const shape *shape;
    size_t images;
    float *block[ARRAYS];
    skel_sparse_target array[ARRAYS];
} arrays;

static arrays make_arrays(const shape *s, double scale)
{
    skel_stream stream = skel_stream_open(8, SKEL_PURPOSE_TEST, 0, 0);
    arrays a = {.shape = s, .images = s->images < kernels->lanes ? s->images : kernels->lanes};

    for (size_t k = 0; k < ARRAYS; k++) {
        skel_sparse_planes planes =
            skel_sparse_planes_make(kernels->lanes, 1, s->height, s->width, s->ring + k);

        a.block[k] = random_floats(&stream, skel_sparse_planes_floats(&planes));
        for (size_t i = 0; i < skel_sparse_planes_floats(&planes); i++) {
            a.block[k][i] *= i % kernels->lanes < a.images ? (float)scale : 0.0F;
        }
        a.array[k] = (skel_sparse_target){
            .first = a.block[k] + skel_sparse_planes_origin(&planes, 0), .row = planes.row};
    }
    return a;
}

static void free_arrays(arrays *a)
{
    for (size_t k = 0; k < ARRAYS; k++) {
        SKEL_FREE(&a->block[k]);
    }
}

static size_t value_count(const arrays *a)
{
    return a->shape->height * a->shape->width * kernels->lanes;
}

/* Value i of an array, all lanes counted. */
static float *at(const arrays *a, size_t k, size_t i)
{
    size_t pixel = i / kernels->lanes;

    return a->array[k].first + pixel / a->shape->width * a->array[k].row +
           pixel % a->shape->width * kernels->lanes + i % kernels->lanes;
}

static skel_sparse_source source(const arrays *a, size_t k)
{
    return (skel_sparse_source){.first = a->array[k].first, .row = a->array[k].row};
}

static double value_of(const skel_sparse_activation *f, double x)
{
    switch (f->kind) {
    case SKEL_SPARSE_IDENTITY:
        return x;
    case SKEL_SPARSE_RELU:
        return x > 0 ? x : 0;
    case SKEL_SPARSE_LEAKY_RELU:
        return x > 0 ? x : (double)f->slope * x;
    case SKEL_SPARSE_CLIP:
        return fmin(fmax(x, (double)f->low), (double)f->high);
    case SKEL_SPARSE_SIGMOID:
        break;
    }
    return 1 / (1 + exp(-x));
}

static double derivative_of(const skel_sparse_activation *f, double x)
{
    switch (f->kind) {
    case SKEL_SPARSE_IDENTITY:
        return 1;
    case SKEL_SPARSE_RELU:
        return x > 0;
    case SKEL_SPARSE_LEAKY_RELU:
        return x > 0 ? 1 : (double)f->slope;
    case SKEL_SPARSE_CLIP:
        return x > (double)f->low && x < (double)f->high;
    case SKEL_SPARSE_SIGMOID:
        break;
    }
    return value_of(f, x) * (1 - value_of(f, x));
}

START_TEST(an_activation_and_its_derivative_are_those_of_a_plain_loop)
{
    int number = choose_kernels(_i);
    const skel_sparse_activation *f = &functions[number % FUNCTIONS];
    arrays a = make_arrays(&shapes[number / FUNCTIONS], 3);
    size_t height = a.shape->height;
    size_t width = a.shape->width;
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, a.images, 0);

    *at(&a, 0, 0) = 6; /* a bound of a clip */
    kernels->elementwise->activate(height, width, *f, source(&a, 0), &lanes, a.array[1]);
    for (size_t i = 0; i < value_count(&a); i++) {
        double y = value_of(f, (double)*at(&a, 0, i));

        ck_assert_double_eq_tol((double)*at(&a, 1, i), i % kernels->lanes < a.images ? y : 0,
                                2e-7 * (1 + fabs(y)));
    }
    for (size_t i = 0; i < value_count(&a); i++) {
        *at(&a, 2, i) = (float)(i % 5) - 2;
    }
    kernels->elementwise->activate_backward(height, width, *f, source(&a, 1), source(&a, 2),
                                            a.array[2]);
    for (size_t i = 0; i < value_count(&a); i++) {
        double dx = ((double)(i % 5) - 2) * derivative_of(f, (double)*at(&a, 0, i));

        if (i % kernels->lanes < a.images) {
            ck_assert_double_eq_tol((double)*at(&a, 2, i), dx, 5e-7);
        }
    }
    free_arrays(&a);
}
END_TEST

START_TEST(a_sigmoid_stays_right_far_from_zero_and_nan_stays_nan)
{
    const skel_sparse_activation f = {.kind = SKEL_SPARSE_SIGMOID};
    skel_sparse_lane_mask lanes;
    arrays a;

    (void)choose_kernels(_i);
    a = make_arrays(&shapes[2], 40);
    lanes = skel_sparse_lane_mask_of(kernels->lanes, kernels->lanes, 0);
    *at(&a, 0, 0) = INFINITY;
    *at(&a, 0, 1) = -INFINITY;
    *at(&a, 0, 2) = NAN;
    kernels->elementwise->activate(2, 300, f, source(&a, 0), &lanes, a.array[1]);
    ck_assert(*at(&a, 1, 0) == 1.0F);
    ck_assert_double_eq_tol((double)*at(&a, 1, 1), 0, 1e-36);
    ck_assert(isnan(*at(&a, 1, 2)));
    for (size_t i = 3; i < value_count(&a); i++) {
        double x = (double)*at(&a, 0, i);

        if (x > -80) {
            ck_assert_double_eq_tol((double)*at(&a, 1, i) * (1 + exp(-x)), 1, 4e-7);
        }
    }
    free_arrays(&a);
}
END_TEST

START_TEST(products_sums_and_copies_are_those_of_a_plain_loop)
{
    arrays a = make_arrays(&shapes[choose_kernels(_i)], 1);
    size_t height = a.shape->height;
    size_t width = a.shape->width;
    float factor[SKEL_SPARSE_LANES_MAX] __attribute__((aligned(64)));
    float sum[SKEL_SPARSE_LANES_MAX];
    double plain[SKEL_SPARSE_LANES_MAX] = {0};

    for (size_t l = 0; l < kernels->lanes; l++) {
        factor[l] = (float)l - 1.5F;
    }
    kernels->elementwise->multiply(height, width, source(&a, 0), source(&a, 1), a.array[2]);
    for (size_t i = 0; i < value_count(&a); i++) {
        ck_assert(*at(&a, 2, i) == *at(&a, 0, i) * *at(&a, 1, i));
        plain[i % kernels->lanes] += (double)*at(&a, 0, i) * (double)*at(&a, 1, i);
    }
    kernels->elementwise->dot(height, width, source(&a, 0), source(&a, 1), sum);
    for (size_t l = 0; l < kernels->lanes; l++) {
        ck_assert_double_eq_tol((double)sum[l], plain[l], 1e-6 * (double)value_count(&a));
    }
    kernels->elementwise->scale(height, width, source(&a, 0), factor, a.array[2]);
    kernels->elementwise->copy(height, width, source(&a, 0), a.array[1]);
    for (size_t i = 0; i < value_count(&a); i++) {
        ck_assert(*at(&a, 2, i) == *at(&a, 0, i) * factor[i % kernels->lanes]);
        ck_assert(*at(&a, 1, i) == *at(&a, 0, i));
    }
    free_arrays(&a);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, an_activation_and_its_derivative_are_those_of_a_plain_loop,
                    FUNCTIONS * SHAPES);
    add_kernel_test(tcase, a_sigmoid_stays_right_far_from_zero_and_nan_stays_nan, 1);
    add_kernel_test(tcase, products_sums_and_copies_are_those_of_a_plain_loop, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_elementwise", fill);
}
