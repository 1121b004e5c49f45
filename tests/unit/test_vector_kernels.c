/* The loops outside the engines, on every instruction set, against plain code: the bits are equal.
 */
#include "suite.h"

#include "comm/fixed_kernels.h"
#include "prune/sums_kernels.h"
#include "prune/topk_kernels.h"
#include "skel/random.h"
#include "train/sgd_kernels.h"

#include <math.h>
#include <string.h>

enum { COUNT = 1003 }; /* whole vectors of every size, and a rest */

/* The instruction set of a loop test; the baseline if the processor lacks it. */
static skel_isa isa_of(int index)
{
    skel_isa isa = (skel_isa)index;

    return skel_isa_is_there(isa) ? isa : SKEL_ISA_BASELINE;
}

static uint32_t bits_of(float value)
{
    uint32_t bits = 0;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Floats of all magnitudes, denormal to infinite, and NaN. */
static void fill_with_any_bits(float values[COUNT])
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < COUNT; i++) {
        uint32_t bits = skel_stream_bits(&stream);

        memcpy(&values[i], &bits, sizeof bits);
    }
}

static uint32_t largest_of(const float values[COUNT])
{
    uint32_t largest = 0;

    for (size_t i = 0; i < COUNT; i++) {
        uint32_t magnitude = bits_of(fabsf(values[i]));

        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

static void check_sums(skel_isa isa, int exponent, const float values[COUNT])
{
    uint32_t limit = bits_of(ldexpf(1.0F, 62 - exponent));
    int64_t sums[COUNT];
    uint32_t largest = 0;

    for (size_t i = 0; i < COUNT; i++) {
        sums[i] = (int64_t)i - 500;
    }
    largest = skel_fixed_kernels_of(isa)->add(ldexp(1.0, exponent), limit, COUNT, values, sums);
    ck_assert_uint_eq(largest, largest_of(values));
    for (size_t i = 0; i < COUNT; i++) {
        bool fits = bits_of(fabsf(values[i])) <= limit;
        double scaled = fits ? ldexp((double)values[i], exponent) : 0;

        ck_assert_int_eq(sums[i], (int64_t)i - 500 + (int64_t)nearbyint(scaled));
    }
}

START_TEST(sums_are_rounded_as_the_library_rounds)
{
    static const int exponents[] = {-60, -20, 0, 3, 44, 90};
    float values[COUNT];

    fill_with_any_bits(values);
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        check_sums(isa_of(_i), exponents[e], values);
    }
}
END_TEST

START_TEST(halves_are_rounded_to_even)
{
    float values[COUNT];

    for (size_t i = 0; i < COUNT; i++) { /* odd multiples of 1/2, beside 0 and beside 2^22 */
        float beside = i % 2 == 0 ? 0.0F : 0x1p22F;

        values[i] = (i % 4 < 2 ? 1.0F : -1.0F) * (beside + (float)i + 0.5F);
    }
    check_sums(isa_of(_i), 0, values);
}
END_TEST

START_TEST(integers_become_the_nearest_floats)
{
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 0, 0);
    int64_t sums[COUNT] = {
        0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 53, (INT64_C(1) << 53) + 1};
    float values[COUNT];
    uint32_t largest = 0;

    for (size_t i = 7; i < COUNT; i++) {
        uint64_t high = skel_stream_bits(&stream);

        sums[i] = (int64_t)(high << 32 | skel_stream_bits(&stream)) >> i % 64;
    }
    largest = skel_fixed_kernels_of(isa_of(_i))->restore(0x1p-40, COUNT, sums, values);
    ck_assert_uint_eq(largest, largest_of(values));
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(bits_of(values[i]), bits_of((float)((double)sums[i] * 0x1p-40)));
    }
}
END_TEST

START_TEST(passing_through_fixed_point_is_adding_to_zeros_and_restoring)
{
    static const int exponents[] = {-60, -20, 0, 3, 44, 90};
    const skel_fixed_kernels *kernels = skel_fixed_kernels_of(isa_of(_i));
    float values[COUNT];
    float restored[COUNT];
    float passed[COUNT];

    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        double scale = ldexp(1.0, exponents[e]);
        int64_t sums[COUNT] = {0};
        uint32_t largest = 0;

        fill_with_any_bits(values);
        for (size_t i = 0; i < COUNT; i++) { /* those that fit: at most 2^62 */
            values[i] = fabs((double)values[i]) * scale <= 0x1p62 ? values[i] : -0.0F;
        }
        (void)kernels->add(scale, UINT32_MAX, COUNT, values, sums);
        largest = kernels->restore(1 / scale, COUNT, sums, restored);
        ck_assert_uint_eq(kernels->pass(scale, 1 / scale, COUNT, values, passed), largest);
        ck_assert_mem_eq(passed, restored, sizeof passed);
    }
}
END_TEST

START_TEST(the_largest_magnitude_is_found_wherever_it_is)
{
    float values[COUNT] = {0};

    for (size_t i = 0; i < COUNT; i++) {
        values[i] = i % 2 == 0 ? INFINITY : -INFINITY;
        ck_assert_uint_eq(skel_fixed_kernels_of(isa_of(_i))->largest(COUNT, values), 0x7f800000);
        values[i] = -1;
    }
}
END_TEST

/* The selection refuses scores that are not finite. */
static double finite_or_zero(float score)
{
    return isfinite(score) ? (double)score : 0;
}

START_TEST(scores_are_compared_as_numbers)
{
    const skel_topk_kernels *kernels = skel_topk_kernels_of(isa_of(_i));
    float scores[COUNT];
    uint8_t keep[COUNT];
    size_t ties = 0;
    size_t equal = 0;
    float threshold = 0;

    fill_with_any_bits(scores);
    for (size_t i = 0; i < COUNT; i++) {
        scores[i] = i % 10 == 0 ? (i % 20 == 0 ? 0.0F : -0.0F) : (float)finite_or_zero(scores[i]);
    }
    for (size_t t = 0; t < 40; t++) {
        threshold = scores[t * 25];
        ties = kernels->write(skel_topk_key(bits_of(threshold)), COUNT, scores, keep);
        equal = 0;
        for (size_t i = 0; i < COUNT; i++) {
            ck_assert_int_eq(keep[i], scores[i] >= threshold);
            equal += scores[i] >= threshold && scores[i] <= threshold ? 1 : 0;
        }
        ck_assert_uint_eq(ties, equal);
    }
}
END_TEST

/* Small integers: their sums are exact in any order. */
START_TEST(sums_over_the_kept_elements_are_those_of_plain_loops)
{
    const skel_prune_sums *sums = skel_prune_sums_of(isa_of(_i));
    skel_prune_squares squares;
    uint8_t keep[COUNT];
    float a[COUNT];
    float b[COUNT];
    double products = 0;
    double kept = 0;
    double all = 0;

    for (size_t i = 0; i < COUNT; i++) {
        keep[i] = i % 3 == 1;
        a[i] = (float)(i % 17) - 8;
        b[i] = (float)(i % 29) - 14;
        products += keep[i] != 0 ? fabs((double)a[i] * (double)b[i]) : 0;
        kept += keep[i] != 0 ? (double)a[i] * (double)a[i] : 0;
        all += (double)a[i] * (double)a[i];
    }
    squares = sums->squares(COUNT, keep, a);
    ck_assert_double_eq(sums->products(COUNT, keep, a, b), products);
    ck_assert_double_eq(squares.kept, kept);
    ck_assert_double_eq(squares.all, all);
}
END_TEST

/* Five masks: each element runs through one of the 32 histories. */
START_TEST(a_history_counts_what_is_pruned_for_the_second_time)
{
    enum { MASKS = 5, LONG = 64 * 300 + 7 };
    static uint8_t keep[LONG];
    static uint8_t lineage[LONG];
    static bool back[LONG];
    static bool before[LONG];

    for (size_t i = 0; i < LONG; i++) {
        lineage[i] = SKEL_LINEAGE_KEPT;
        back[i] = false;
        before[i] = true;
    }
    for (size_t m = 0; m < MASKS; m++) {
        size_t repruned = 0;

        for (size_t i = 0; i < LONG; i++) {
            keep[i] = (i >> m & 1) != 0;
            repruned += before[i] && back[i] && keep[i] == 0;
            back[i] = back[i] || (!before[i] && keep[i] != 0);
            before[i] = keep[i] != 0;
        }
        ck_assert_uint_eq(skel_prune_sums_of(isa_of(_i))->history(LONG, keep, lineage), repruned);
    }
    for (size_t i = 0; i < LONG; i++) {
        ck_assert_int_eq(lineage[i], (before[i] ? SKEL_LINEAGE_KEPT : 0) |
                                         (back[i] ? SKEL_LINEAGE_RESURRECTED : 0));
    }
}
END_TEST

START_TEST(blocks_count_and_flag_the_keys_of_a_range)
{
    const skel_topk_range in = {0xb0000000, 0x07ffffff, 16};
    skel_topk_block block;
    skel_topk_tally seen = {5, 7, 0};
    size_t above = 5;
    size_t positive = 7;
    float scores[COUNT];

    fill_with_any_bits(scores);
    memset(&block, 0xff, sizeof block);
    skel_topk_kernels_of(isa_of(_i))->take_apart(in, COUNT, scores, &block, &seen);
    for (size_t i = 0; i < COUNT; i++) {
        uint32_t bits = bits_of(scores[i]);
        uint32_t key = bits >> 31 != 0 ? 0x80000000 - (bits & 0x7fffffff) : 0x80000000 + bits;

        above += key > 0xb7ffffff ? 1 : 0;
        positive += bits > 0 && bits < 0x80000000 ? 1 : 0;
        ck_assert_uint_eq(block.bin[i], key >> 16);
        ck_assert_uint_eq(block.inside[i], key >= 0xb0000000 && key <= 0xb7ffffff ? 1 : 0);
    }
    ck_assert_uint_eq(block.inside[COUNT], 0); /* the last group is complete */
    ck_assert_uint_eq(seen.above, above);
    ck_assert_uint_eq(seen.positive, positive);
    ck_assert_uint_eq(seen.largest, largest_of(scores));
}
END_TEST

START_TEST(steps_are_those_of_the_formula)
{
    static const skel_sgd_rates rates = {0.9F, 5e-4F, 0.1F, 1.0F, 0.9F};
    skel_stream stream = skel_stream_open(2, SKEL_PURPOSE_TEST, 0, 0);
    uint8_t keep[COUNT];
    float gradient[COUNT];
    float parameters[COUNT];
    float velocity[COUNT];
    float expected[COUNT];
    float speed[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        float slope = 0;

        keep[i] = (uint8_t)skel_stream_below(&stream, 2);
        gradient[i] = (float)skel_stream_normal(&stream);
        parameters[i] = (float)skel_stream_normal(&stream);
        velocity[i] = (float)skel_stream_normal(&stream);
        slope = gradient[i] + 5e-4F * parameters[i];
        speed[i] = 0.9F * velocity[i] + slope;
        expected[i] = parameters[i] - 0.1F * (1.0F * slope + 0.9F * speed[i]);
    }
    skel_sgd_kernels_of(isa_of(_i))->step(&rates, COUNT, keep, gradient, parameters, velocity);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(bits_of(velocity[i]), keep[i] != 0 ? bits_of(speed[i]) : 0);
        ck_assert_uint_eq(bits_of(parameters[i]), keep[i] != 0 ? bits_of(expected[i]) : 0);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, sums_are_rounded_as_the_library_rounds, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, halves_are_rounded_to_even, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, integers_become_the_nearest_floats, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, passing_through_fixed_point_is_adding_to_zeros_and_restoring, 0,
                        SKEL_ISAS);
    tcase_add_loop_test(tcase, the_largest_magnitude_is_found_wherever_it_is, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, scores_are_compared_as_numbers, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, sums_over_the_kept_elements_are_those_of_plain_loops, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, a_history_counts_what_is_pruned_for_the_second_time, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, blocks_count_and_flag_the_keys_of_a_range, 0, SKEL_ISAS);
    tcase_add_loop_test(tcase, steps_are_those_of_the_formula, 0, SKEL_ISAS);
}

int main(void)
{
    return skel_suite_run("vector_kernels", fill);
}
