/* Sums over microbatches: the same bits however they are spread, and what happens when one fails.
 */
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/reduce.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEGMENTS = 7, COUNT = 1217, SCALARS = 2, MOST = 9 };

/* ordinary, tiny (denormal), huge, zeros of both signs, one value, wide range, late starters */
static const skel_segment segment[SEGMENTS] = {{0, 500}, {500, 100}, {600, 100}, {700, 50},
                                               {750, 1}, {751, 400}, {1151, 66}};
static const char *const names[SEGMENTS] = {"ordinary", "tiny", "huge", "zeros",
                                            "one",      "wide", "late"};
static const char *const scalar_names[SCALARS] = {"loss", "correct"};

/* What the microbatches of a test hold, and who fails. */
typedef struct source {
    double growth; /* microbatch m's values are growth^m times larger */
    size_t failing;
    float poison; /* value put into the failing microbatch, 0: fn itself fails */
    size_t calls;
    size_t seen; /* microbatches that fn was asked for */
} source;

static const source plain = {.growth = 1.0, .failing = MOST};

static float value_of(const source *from, size_t microbatch, size_t s, skel_stream *stream)
{
    double normal = skel_stream_normal(stream);
    double range = ldexp(1.0, (int)skel_stream_below(stream, 40) - 30);
    double scale = pow(from->growth, (double)microbatch);

    switch (s) {
    case 1:
        return (float)(normal * 1e-43);
    case 2:
        return (float)(normal * 1e37);
    case 3:
        return normal < 0 ? -0.0F : 0.0F;
    case 5:
        return (float)(normal * range);
    case 6:
        return microbatch < 2 ? 0.0F : (float)(normal * 1e-3);
    default:
        return (float)(normal * scale);
    }
}

static void fill_values(const source *from, size_t microbatch, float values[])
{
    for (size_t s = 0; s < SEGMENTS; s++) {
        skel_stream stream =
            skel_stream_open(3, SKEL_PURPOSE_TEST, (uint32_t)microbatch, (uint32_t)s);

        for (size_t i = 0; i < segment[s].count; i++) {
            values[segment[s].offset + i] = value_of(from, microbatch, s, &stream);
        }
    }
}

static skel_status compute(void *context, size_t first, size_t count, float *const values[],
                           double scalars[])
{
    source *from = context;

    from->calls++;
    from->seen += count;
    for (size_t m = 0; m < count; m++) {
        fill_values(from, first + m, values[m]);
        scalars[m * SCALARS] = 1.0 / (double)(first + m + 3);
        scalars[m * SCALARS + 1] = (double)(first + m);
        if (first + m == from->failing && from->poison == 0) {
            return SKEL_FAIL(SKEL_ERR_DATA, "microbatch %zu cannot be read", first + m);
        }
        if (first + m == from->failing) {
            values[m][755] = from->poison;
        }
    }
    return SKEL_OK;
}

static const skel_reduce_shape shape = {.count = COUNT,
                                        .segments = SEGMENTS,
                                        .segment = segment,
                                        .scalars = SCALARS,
                                        .microbatches_max = MOST,
                                        .names = names,
                                        .scalar_names = scalar_names};

/* The step's exponent, from the definition: the largest magnitude is in [2^40, 2^41) steps. */
static int exponent_of(const float values[], size_t s)
{
    float largest = 0;
    int exponent = 0;

    for (size_t i = 0; i < segment[s].count; i++) {
        largest = fmaxf(largest, fabsf(values[segment[s].offset + i]));
    }
    (void)frexpf(largest, &exponent);
    return largest == 0 ? 44 : 41 - exponent;
}

/* All on one processor, in 128-bit integers, from the definition. */
static void sum_serially(const source *from, size_t microbatches, bool coarse, float sum[])
{
    __extension__ typedef __int128 wide;
    static float values[MOST][COUNT];
    int exponent[SEGMENTS];

    for (size_t m = 0; m < microbatches; m++) {
        fill_values(from, m, values[m]);
    }
    for (size_t s = 0; s < SEGMENTS; s++) {
        exponent[s] = exponent_of(values[0], s);
        for (size_t m = 1; coarse && m < microbatches; m++) {
            int other = exponent_of(values[m], s);
            bool zeros = exponent[s] == 44;
            exponent[s] = zeros || (other < exponent[s] && other != 44) ? other : exponent[s];
        }
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            wide total = 0;

            for (size_t m = 0; m < microbatches; m++) {
                total += (wide)rintl(ldexpl((long double)values[m][i], exponent[s]));
            }
            sum[i] = (float)ldexp((double)total, -exponent[s]);
        }
    }
}

static bool same_bits(const float a[], const float b[])
{
    const void *left = a; /* the sign of a zero counts too */
    const void *right = b;

    return memcmp(left, right, COUNT * sizeof *a) == 0;
}

static bool sum_is(skel_reduction reduction, bool lockstep, source from, size_t microbatches,
                   const float expected[])
{
    skel_reducer *reducer = NULL;
    float sum[COUNT];
    double scalars[SCALARS];
    double loss = 0;
    double correct = 0;
    bool same = true;

    if (skel_reducer_create(skel_suite_comm(), reduction, &shape, lockstep, &reducer) != SKEL_OK) {
        return false;
    }
    for (size_t m = 0; m < microbatches; m++) {
        loss += 1.0 / (double)(m + 3);
        correct += (double)m;
    }
    for (int time = 0; time < 2; time++) { /* a reducer is used many times */
        memset(sum, 0x55, sizeof sum);
        same = same && skel_reduce(reducer, microbatches, compute, &from, sum, scalars) == SKEL_OK;
        same = same && same_bits(sum, expected);
        same = same && scalars[0] == loss;
        same = same && scalars[1] == correct;
        same = same && (!lockstep || from.calls == (size_t)time + 1);
    }
    skel_reducer_destroy(&reducer);
    return same;
}

static void check_sums(double growth, size_t fewest, bool coarse)
{
    source from = {.growth = growth, .failing = MOST};
    float expected[COUNT];

    for (size_t n = fewest; n <= MOST; n++) {
        sum_serially(&from, n, coarse, expected);
        ck_assert(skel_suite_all(sum_is(SKEL_REDUCTION_EXACT, false, from, n, expected)));
        ck_assert(skel_suite_all(sum_is(SKEL_REDUCTION_EXACT, true, from, n, expected)));
    }
}

START_TEST(the_sum_is_that_of_one_processor_for_any_number_of_microbatches)
{
    check_sums(1.5, 1, false);
}
END_TEST

START_TEST(the_sum_survives_microbatches_that_grow_beyond_the_first_ones_scale)
{
    check_sums(1e4, 6, true);
}
END_TEST

/* Whether sum is within the promised distance of the true one: half a step of 2^-40 of microbatch
 * 0's largest value for each microbatch, and float's rounding. */
static bool is_close(const source *from, size_t microbatches, const float sum[], double steps)
{
    static float values[MOST][COUNT];
    bool close = true;

    for (size_t m = 0; m < microbatches; m++) {
        fill_values(from, m, values[m]);
    }
    for (size_t s = 0; s < SEGMENTS; s++) {
        double step = ldexp(1.0, -exponent_of(values[0], s));

        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            long double exact = 0;
            long double size = 0;

            for (size_t m = 0; m < microbatches; m++) {
                exact += (long double)values[m][i];
                size += fabsl((long double)values[m][i]);
            }
            close = close && fabsl((long double)sum[i] - exact) <=
                                 (long double)(0.51 * step * (double)microbatches) +
                                     (long double)(steps * 0x1p-24) * size + 0x1p-149L;
        }
    }
    return close;
}

START_TEST(the_sum_is_close_to_the_true_one)
{
    skel_reduction reductions[] = {SKEL_REDUCTION_EXACT, SKEL_REDUCTION_FLOAT};
    source from = {.growth = 1.1, .failing = MOST};

    for (size_t r = 0; r < 2; r++) {
        skel_reducer *reducer = NULL;
        float sum[COUNT];
        double scalars[SCALARS];
        skel_status status =
            skel_reducer_create(skel_suite_comm(), reductions[r], &shape, false, &reducer);

        ck_assert(skel_suite_all(status == SKEL_OK));
        status = skel_reduce(reducer, MOST, compute, &from, sum, scalars);
        ck_assert(skel_suite_all(status == SKEL_OK));
        /* float: one rounding of a partial sum per addition, exact: one in all */
        ck_assert(skel_suite_all(is_close(&from, MOST, sum, r == 0 ? 1.01 : MOST)));
        skel_reducer_destroy(&reducer);
    }
}
END_TEST

/* Whether all ranks leave with the status and, after an error, a message with this text. */
static bool ends_with(skel_reduction reduction, bool lockstep, source from, skel_microbatch_fn fn,
                      size_t microbatches, skel_status expected, const char *text)
{
    skel_reducer *reducer = NULL;
    float sum[COUNT];
    double scalars[SCALARS];
    skel_status status =
        skel_reducer_create(skel_suite_comm(), reduction, &shape, lockstep, &reducer);

    if (status == SKEL_OK) {
        status = skel_reduce(reducer, microbatches, fn, &from, sum, scalars);
    }
    skel_reducer_destroy(&reducer);
    return skel_suite_all(status == expected &&
                          (expected == SKEL_OK || strstr(skel_error_message(), text) != NULL));
}

START_TEST(all_ranks_leave_together_when_any_microbatch_fails)
{
    for (int mode = 0; mode < 4; mode++) {
        for (size_t m = 0; m < MOST; m++) {
            source from = {.growth = mode == 3 ? 1e4 : 1.0, .failing = m};
            char text[64];

            (void)snprintf(text, sizeof text, "microbatch %zu cannot be read", m);
            ck_assert(ends_with(mode % 2 == 0 ? SKEL_REDUCTION_FLOAT : SKEL_REDUCTION_EXACT,
                                mode == 1, from, compute, MOST, SKEL_ERR_DATA, text));
        }
    }
}
END_TEST

START_TEST(a_value_that_is_not_finite_is_named_on_every_rank)
{
    const float poisons[] = {NAN, INFINITY, -INFINITY};

    for (int mode = 0; mode < 6; mode++) {
        for (size_t m = 0; m < MOST; m++) {
            source from = {
                .growth = mode > 3 ? 1e4 : 1.0, .failing = m, .poison = poisons[mode % 3]};
            char text[96];

            (void)snprintf(text, sizeof text,
                           "microbatch %zu: value 4 of wide (flat index 755) is ", m);
            ck_assert(ends_with(mode == 0 ? SKEL_REDUCTION_FLOAT : SKEL_REDUCTION_EXACT,
                                mode % 2 == 1, from, compute, MOST, SKEL_ERR_NUMBER, text));
        }
    }
}
END_TEST

static skel_status compute_bad_loss(void *context, size_t first, size_t count,
                                    float *const values[], double scalars[])
{
    skel_status status = compute(context, first, count, values, scalars);

    for (size_t m = 0; m < count; m++) {
        if (first + m == 5) {
            scalars[m * SCALARS] = (double)NAN;
        }
    }
    return status;
}

static skel_status compute_largest(void *context, size_t first, size_t count, float *const values[],
                                   double scalars[])
{
    skel_status status = compute(context, first, count, values, scalars);

    for (size_t m = 0; m < count; m++) {
        values[m][750] = -FLT_MAX;
    }
    return status;
}

START_TEST(a_loss_that_is_not_finite_is_named_on_every_rank)
{
    ck_assert(ends_with(SKEL_REDUCTION_EXACT, false, plain, compute_bad_loss, MOST, SKEL_ERR_NUMBER,
                        "microbatch 5: loss is "));
    ck_assert(ends_with(SKEL_REDUCTION_FLOAT, false, plain, compute_bad_loss, MOST, SKEL_ERR_NUMBER,
                        "microbatch 5: loss is "));
}
END_TEST

START_TEST(a_sum_beyond_floats_range_is_named_on_every_rank)
{
    const char *text = "sum over the microbatches: value 0 of one (flat index 750) is -inf";

    ck_assert(
        ends_with(SKEL_REDUCTION_EXACT, false, plain, compute_largest, 2, SKEL_ERR_NUMBER, text));
    ck_assert(
        ends_with(SKEL_REDUCTION_FLOAT, false, plain, compute_largest, 2, SKEL_ERR_NUMBER, text));
    ck_assert(ends_with(SKEL_REDUCTION_EXACT, false, plain, compute_largest, 1, SKEL_OK, ""));
}
END_TEST

START_TEST(nothing_to_sum_is_an_error)
{
    ck_assert(ends_with(SKEL_REDUCTION_EXACT, false, plain, compute, 0, SKEL_ERR_CONFIG,
                        "no microbatches"));
}
END_TEST

START_TEST(a_reducer_allocates_the_bytes_it_says)
{
    for (int mode = 0; mode < 4; mode++) {
        skel_reduction reduction = mode % 2 == 0 ? SKEL_REDUCTION_EXACT : SKEL_REDUCTION_FLOAT;
        size_t before = skel_memory_bytes();
        size_t said =
            skel_reducer_bytes(&shape, reduction, mode > 1, skel_comm_size(skel_suite_comm()));
        skel_reducer *reducer = NULL;
        skel_status status =
            skel_reducer_create(skel_suite_comm(), reduction, &shape, mode > 1, &reducer);

        ck_assert(skel_suite_all(status == SKEL_OK && skel_memory_bytes() - before == said));
        skel_reducer_destroy(&reducer);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_sum_is_that_of_one_processor_for_any_number_of_microbatches);
    tcase_add_test(tcase, the_sum_survives_microbatches_that_grow_beyond_the_first_ones_scale);
    tcase_add_test(tcase, the_sum_is_close_to_the_true_one);
    tcase_add_test(tcase, all_ranks_leave_together_when_any_microbatch_fails);
    tcase_add_test(tcase, a_value_that_is_not_finite_is_named_on_every_rank);
    tcase_add_test(tcase, a_loss_that_is_not_finite_is_named_on_every_rank);
    tcase_add_test(tcase, a_sum_beyond_floats_range_is_named_on_every_rank);
    tcase_add_test(tcase, nothing_to_sum_is_an_error);
    tcase_add_test(tcase, a_reducer_allocates_the_bytes_it_says);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "reduce", fill);
}
