/* The sparse engine's batch norm kernels against plain double loops. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

/* Shapes: one pixel, odd sides, a row longer than a float sum may be, part of the lanes. */
typedef struct shape {
    size_t height;
    size_t width;
    size_t ring;
    size_t images;
} shape;

static const shape shapes[] = {{1, 1, 0, 16},  {3, 5, 1, 16},  {7, 7, 2, 3},
                               {2, 300, 1, 9}, {40, 9, 1, 16}, {33, 1, 0, 1}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static const skel_sparse_activation functions[] = {
    {.kind = SKEL_SPARSE_IDENTITY},
    {.kind = SKEL_SPARSE_RELU},
    {.kind = SKEL_SPARSE_LEAKY_RELU, .slope = 0.25F},
    {.kind = SKEL_SPARSE_CLIP, .low = -0.5F, .high = 1.5F},
    {.kind = SKEL_SPARSE_SIGMOID},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static const skel_sparse_channel channel = {.mean = 0.25F, .slope = -1.5F, .shift = 0.75F};

/* Arrays of one channel, and the address of the first pixel in each. All but x have a wider ring.
 */
typedef struct arrays {
    skel_sparse_planes planes; /* of x */
    skel_sparse_planes wide;   /* of all others */
    size_t images;
    float *block[5];
    float *x;
    float *other;
    float *output;
    float *first;
    float *second;
} arrays;

static arrays make_arrays(const shape *s)
{
    skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, 0, 0);
    arrays a = {.planes = skel_sparse_planes_make(kernels->lanes, 1, s->height, s->width, s->ring),
                .wide =
                    skel_sparse_planes_make(kernels->lanes, 1, s->height, s->width, s->ring + 1),
                .images = s->images < kernels->lanes ? s->images : kernels->lanes};
    size_t floats = skel_sparse_planes_floats(&a.wide);
    float **pixel[] = {&a.x, &a.other, &a.output, &a.first, &a.second};

    for (size_t k = 0; k < 5; k++) {
        ck_assert_ok(SKEL_ALLOC(floats, sizeof(float), &a.block[k]));
        for (size_t i = 0; i < floats; i++) {
            a.block[k][i] =
                i % kernels->lanes < a.images ? (float)skel_stream_normal(&stream) : 0.0F;
        }
        *pixel[k] = a.block[k] + skel_sparse_planes_origin(k == 0 ? &a.planes : &a.wide, 0);
    }
    return a;
}

static void free_arrays(arrays *a)
{
    for (size_t k = 0; k < 5; k++) {
        SKEL_FREE(&a->block[k]);
    }
}

/* Values of one channel, ring and lanes without an image left out. */
static size_t value_count(const arrays *a)
{
    return a->planes.height * a->planes.width * a->images;
}

/* Where the i-th of these values is in an array. */
static size_t place_in(const skel_sparse_planes *planes, const arrays *a, size_t i)
{
    size_t pixel = i / a->images;

    return pixel / planes->width * planes->row + pixel % planes->width * kernels->lanes +
           i % a->images;
}

static size_t value_at(const arrays *a, size_t i)
{
    return place_in(&a->planes, a, i);
}

static size_t wide_at(const arrays *a, size_t i)
{
    return place_in(&a->wide, a, i);
}

static double normalised(double x)
{
    return (x - (double)channel.mean) * (double)channel.slope + (double)channel.shift;
}

static double value_of(const skel_sparse_activation *f, double x)
{
    switch (f->kind) {
    case SKEL_SPARSE_IDENTITY:
        return x;
    case SKEL_SPARSE_RELU:
        return fmax(x, 0);
    case SKEL_SPARSE_LEAKY_RELU:
        return x > 0 ? x : (double)f->slope * x;
    case SKEL_SPARSE_CLIP:
        return fmin(fmax(x, (double)f->low), (double)f->high);
    case SKEL_SPARSE_SIGMOID:
        break;
    }
    return 1 / (1 + exp(-x));
}

/* The derivative, from the value. */
static double derivative_of(const skel_sparse_activation *f, double y)
{
    switch (f->kind) {
    case SKEL_SPARSE_IDENTITY:
        return 1;
    case SKEL_SPARSE_RELU:
        return y > 0;
    case SKEL_SPARSE_LEAKY_RELU:
        return y > 0 ? 1 : (double)f->slope;
    case SKEL_SPARSE_CLIP:
        return y > (double)f->low && y < (double)f->high;
    case SKEL_SPARSE_SIGMOID:
        break;
    }
    return y * (1 - y);
}

START_TEST(sums_are_those_of_a_plain_loop_far_from_zero_too)
{
    arrays a = make_arrays(&shapes[choose_kernels(_i)]);
    double sum[2] = {0, 0};
    double plain[2] = {0, 0};
    double centred = 0;
    double n = (double)value_count(&a);

    for (size_t i = 0; i < value_count(&a); i++) {
        a.x[value_at(&a, i)] += 1000;
        plain[0] += (double)a.x[value_at(&a, i)];
        plain[1] += (double)a.x[value_at(&a, i)] * (double)a.x[value_at(&a, i)];
    }
    kernels->norm->sums(&a.planes, a.x, sum);
    ck_assert_double_eq_tol(sum[0], plain[0], 1e-8 * plain[0]);
    for (size_t i = 0; i < value_count(&a); i++) {
        centred += pow((double)a.x[value_at(&a, i)] - plain[0] / n, 2);
    }
    /* the variance about 1 of values about 1000, where floats are 6e-5 apart */
    ck_assert_double_eq_tol(sum[1] / n - pow(sum[0] / n, 2), centred / n, 1e-4 * (1 + centred / n));
    free_arrays(&a);
}
END_TEST

START_TEST(apply_normalises_adds_and_activates)
{
    int number = choose_kernels(_i);
    const skel_sparse_activation *f = &functions[number / 2 % FUNCTIONS];
    arrays a = make_arrays(&shapes[number / 2 / FUNCTIONS]);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, a.images, 0);
    bool adds = number % 2 == 1;

    kernels->norm->apply(&a.planes, a.x, channel, adds ? a.other : NULL, *f, &lanes, a.wide.row,
                         a.output);
    for (size_t i = 0; i < value_count(&a); i++) {
        size_t at = wide_at(&a, i);
        double y = normalised((double)a.x[value_at(&a, i)]) + (adds ? (double)a.other[at] : 0);

        ck_assert_double_eq_tol((double)a.output[at], value_of(f, y), 1e-5);
    }
    for (size_t l = a.images; l < kernels->lanes; l++) {
        ck_assert(a.output[l] == 0.0F);
    }
    free_arrays(&a);
}
END_TEST

enum { CASES = 4 * FUNCTIONS };

/* The incoming gradient of case `i`: with every activation, stored output or not, one part or two.
 */
static skel_sparse_incoming incoming_of(const arrays *a, int i)
{
    const skel_sparse_activation *f = &functions[i / 4 % FUNCTIONS];

    for (size_t k = 0; k < value_count(a); k++) {
        float *output = a->output + wide_at(a, k);

        *output = (float)value_of(f, (double)*output);
    }
    return (skel_sparse_incoming){.first = a->first,
                                  .second = i % 2 == 1 ? a->second : NULL,
                                  .output = i / 2 % 2 == 1 ? a->output : NULL,
                                  .activation = *f,
                                  .row = a->wide.row};
}

static double gradient_at(const arrays *a, const skel_sparse_incoming *incoming, size_t i)
{
    size_t at = wide_at(a, i);
    double dy = (double)incoming->first[at];

    dy += incoming->second == NULL ? 0 : (double)incoming->second[at];
    return dy * derivative_of(&incoming->activation,
                              incoming->output != NULL
                                  ? (double)incoming->output[at]
                                  : value_of(&incoming->activation,
                                             normalised((double)a->x[value_at(a, i)])));
}

START_TEST(backward_sums_are_those_of_a_plain_loop)
{
    int number = choose_kernels(_i);
    arrays a = make_arrays(&shapes[number / CASES]);
    skel_sparse_incoming incoming = incoming_of(&a, number % CASES);
    double sum[2] = {0, 0};
    double plain[2] = {0, 0};
    double size = 1;

    kernels->norm->backward_sums(&a.planes, a.x, channel, incoming, a.other, sum);
    for (size_t i = 0; i < value_count(&a); i++) {
        double x = (double)a.x[value_at(&a, i)];
        double dy = gradient_at(&a, &incoming, i);

        plain[0] += dy;
        plain[1] += dy * (x - (double)channel.mean);
        size += fabs(dy) * (1 + fabs(x));
        ck_assert_double_eq_tol((double)a.other[wide_at(&a, i)], dy, 1e-6); /* the gradient kept */
    }
    ck_assert_double_eq_tol(sum[0], plain[0], 1e-6 * size);
    ck_assert_double_eq_tol(sum[1], plain[1], 1e-6 * size);
    free_arrays(&a);
}
END_TEST

START_TEST(backward_apply_is_the_formula_of_its_header)
{
    int number = choose_kernels(_i);
    arrays a = make_arrays(&shapes[number / CASES]);
    skel_sparse_incoming incoming = incoming_of(&a, number % CASES);
    skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(kernels->lanes, a.images, 0);

    kernels->norm->backward_apply(&a.planes, a.x, channel, incoming, 0.125F, -0.5F, &lanes,
                                  a.wide.row, a.other);
    for (size_t i = 0; i < value_count(&a); i++) {
        double x = (double)a.x[value_at(&a, i)];
        double dx = (double)channel.slope *
                    (gradient_at(&a, &incoming, i) - 0.125 + (x - (double)channel.mean) * 0.5);

        ck_assert_double_eq_tol((double)a.other[wide_at(&a, i)], dx, 1e-5);
    }
    for (size_t l = a.images; l < kernels->lanes; l++) {
        ck_assert(a.other[l] == 0.0F);
    }
    free_arrays(&a);
}
END_TEST

START_TEST(addition_and_sum_are_those_of_a_plain_loop)
{
    arrays a = make_arrays(&shapes[choose_kernels(_i)]);
    double sum = 0;

    kernels->norm->add(&a.wide, a.first, a.second, a.other);
    for (size_t i = 0; i < value_count(&a); i++) {
        size_t at = wide_at(&a, i);

        ck_assert(a.other[at] == a.first[at] + a.second[at]);
        sum += (double)a.first[at];
    }
    ck_assert_double_eq_tol(kernels->norm->sum(&a.wide, a.first), sum,
                            1e-5 * (double)value_count(&a));
    free_arrays(&a);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, sums_are_those_of_a_plain_loop_far_from_zero_too, SHAPES);
    add_kernel_test(tcase, apply_normalises_adds_and_activates, 2 * FUNCTIONS * SHAPES);
    add_kernel_test(tcase, backward_sums_are_those_of_a_plain_loop, CASES * SHAPES);
    add_kernel_test(tcase, backward_apply_is_the_formula_of_its_header, CASES * SHAPES);
    add_kernel_test(tcase, addition_and_sum_are_those_of_a_plain_loop, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_norm", fill);
}
