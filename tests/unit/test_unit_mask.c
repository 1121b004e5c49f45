/* Masks of units that move: means over units, exchanges of whole units, numbers of weights that
 * stay. */
#include "suite.h"

#include "skel/evolve.h"
#include "skel/random.h"
#include "skel/reallocate.h"
#include "skel/unit_mask.h"

#include <math.h>
#include <string.h>

/* A tensor of 20 outputs, whose last block has 4, one of 16, one without a whole block, and a bias
 * behind each. */
enum { TENSORS = 3, HIGH = 8, COUNT = 20 * 6 + 20 + 16 * 5 + 16 + 3 * 4 + 3 };

static const size_t outputs[TENSORS] = {20, 16, 3};
static const size_t inputs[TENSORS] = {6, 5, 4};
static const skel_segment segment[TENSORS] = {{0, 120}, {140, 80}, {236, 12}};
static const char *const names[TENSORS] = {"first", "second", "third"};

static float parameters[COUNT];
static float velocity[COUNT];
static float gradient[COUNT];
static uint8_t before[COUNT];

typedef struct subject {
    skel_units *units;
    skel_mask *mask;
} subject;

static void add_units(skel_units *units, size_t t)
{
    size_t first = units->count;
    size_t blocks = (outputs[t] + HIGH - 1) / HIGH;

    for (size_t i = 0; i < segment[t].count; i++) {
        size_t block = i / inputs[t] / HIGH;

        units->of[segment[t].offset + i] = (uint32_t)(first + block * inputs[t] + i % inputs[t]);
    }
    units->segment[t] = (skel_segment){first, blocks * inputs[t]};
    units->name[t] = names[t];
    units->count += blocks * inputs[t];
    units->segments++;
}

/* About a third of the units is kept. */
static subject make(uint64_t seed)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 0, 0);
    skel_unit unit = {.kind = SKEL_UNIT_BLOCK, .of = HIGH};
    uint8_t kept[64] = {0};
    subject out = {0};

    ck_assert_ok(skel_units_create(unit, COUNT, TENSORS, &out.units));
    ck_assert_ok(skel_mask_create(COUNT, TENSORS, segment, names, &out.mask));
    for (size_t t = 0; t < TENSORS; t++) {
        add_units(out.units, t);
    }
    for (size_t u = 0; u < out.units->count; u++) {
        kept[u] = skel_stream_below(&stream, 3) == 0;
    }
    skel_units_expand(out.units, kept, out.mask, out.mask->keep);
    skel_mask_recount(out.mask);
    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] = (float)skel_stream_normal(&stream);
        velocity[i] = (float)skel_stream_normal(&stream);
        gradient[i] = (float)skel_stream_normal(&stream);
    }
    skel_mask_apply(out.mask, parameters);
    skel_mask_apply(out.mask, velocity);
    memcpy(before, out.mask->keep, COUNT);
    return out;
}

static void release(subject *it)
{
    skel_mask_destroy(&it->mask);
    skel_units_destroy(&it->units);
}

static double mean_of(const skel_units *units, uint32_t unit, const float values[])
{
    double sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < COUNT; i++) {
        if (units->of[i] == unit) {
            sum += fabs((double)values[i]);
            count++;
        }
    }
    return sum / (double)count;
}

static size_t kept_in(const uint8_t keep[], size_t t)
{
    size_t kept = 0;

    for (size_t i = 0; i < segment[t].count; i++) {
        kept += keep[segment[t].offset + i];
    }
    return kept;
}

START_TEST(magnitudes_of_units_are_means_over_their_weights)
{
    subject it = make((uint64_t)_i);
    skel_unit_mask of = {0};

    ck_assert_ok(
        skel_unit_mask_open(it.units, it.mask, false, parameters, velocity, gradient, &of));
    ck_assert_uint_eq(of.mask.segments, TENSORS);
    ck_assert_uint_eq(of.mask.count, 3 * 6 + 2 * 5 + 4);
    for (uint32_t u = 0; u < of.mask.count; u++) {
        ck_assert_double_eq_tol((double)of.parameters[u], mean_of(it.units, u, parameters), 1e-6);
        ck_assert_double_eq_tol((double)of.velocity[u], mean_of(it.units, u, velocity), 1e-6);
        ck_assert_double_eq_tol((double)of.growth[u], mean_of(it.units, u, gradient), 1e-6);
        ck_assert((of.parameters[u] > 0) == (of.mask.keep[u] != 0));
    }
    skel_unit_mask_close(&of);
    release(&it);
}
END_TEST

START_TEST(smaller_blocks_can_be_segments_of_their_own)
{
    static const skel_segment expected[] = {{0, 12}, {12, 6}, {18, 10}, {28, 4}};
    subject it = make(1);
    skel_unit_mask of = {0};

    ck_assert_ok(skel_unit_mask_open(it.units, it.mask, true, parameters, velocity, NULL, &of));
    ck_assert_uint_eq(of.mask.segments, 4);
    for (size_t s = 0; s < 4; s++) {
        ck_assert_uint_eq(of.mask.segment[s].offset, expected[s].offset);
        ck_assert_uint_eq(of.mask.segment[s].count, expected[s].count);
    }
    ck_assert_str_eq(of.mask.names[1], "first");
    ck_assert_str_eq(of.mask.names[3], "third");
    ck_assert_ptr_null(of.growth);
    skel_unit_mask_close(&of);
    release(&it);
}
END_TEST

/* Exchanges units by gradient or at random, and puts the change into the weights. */
static size_t exchange(subject *it, bool by_gradient)
{
    skel_unit_mask of = {0};
    size_t exchanged = 0;

    ck_assert_ok(skel_unit_mask_open(it->units, it->mask, true, parameters, velocity,
                                     by_gradient ? gradient : NULL, &of));
    ck_assert_ok(skel_evolve_mask(&of.mask,
                                  &(skel_evolve_request){.fraction = 0.4,
                                                         .seed = 3,
                                                         .update = 1,
                                                         .gradient = of.growth,
                                                         .parameters = of.parameters,
                                                         .velocity = of.velocity},
                                  &exchanged));
    skel_unit_mask_apply(&of, it->mask, parameters, velocity);
    skel_unit_mask_close(&of);
    return exchanged;
}

/* Also that what went or came is 0, and that the rest is as it was. */
START_TEST(whole_units_are_exchanged_and_each_tensor_keeps_as_many_weights)
{
    subject it = make((uint64_t)_i);
    static float old[COUNT];
    size_t moved = 0;

    memcpy(old, parameters, sizeof old);
    ck_assert_uint_gt(exchange(&it, _i % 2 == 0), 0);
    for (size_t t = 0; t < TENSORS; t++) {
        ck_assert_uint_eq(kept_in(it.mask->keep, t), kept_in(before, t));
        for (size_t i = segment[t].offset; i < segment[t].offset + segment[t].count; i++) {
            size_t first = segment[t].offset;
            size_t at = (i - first) / inputs[t] / HIGH * HIGH * inputs[t] + (i - first) % inputs[t];
            bool same = it.mask->keep[i] == before[i];

            ck_assert_uint_eq(it.mask->keep[i], it.mask->keep[first + at]);
            ck_assert(parameters[i] == (same ? old[i] : 0));
            ck_assert(same || velocity[i] == 0);
            moved += !same;
        }
    }
    ck_assert_uint_gt(moved, 0);
    release(&it);
}
END_TEST

/* Of the first tensor's whole blocks the smallest kept ones go, and the pruned ones with the
 * largest gradient come. */
START_TEST(the_smallest_units_go_and_those_with_the_largest_gradient_come)
{
    subject it = make((uint64_t)_i);
    double mean[12];
    double slope[12];
    bool kept[12];

    for (uint32_t u = 0; u < 12; u++) {
        mean[u] = mean_of(it.units, u, parameters);
        slope[u] = mean_of(it.units, u, gradient);
        kept[u] = before[u / 6 * HIGH * 6 + u % 6] != 0;
    }
    (void)exchange(&it, true);
    for (size_t u = 0; u < 12; u++) {
        for (size_t v = 0; v < 12; v++) {
            bool now_u = it.mask->keep[u / 6 * HIGH * 6 + u % 6] != 0;
            bool now_v = it.mask->keep[v / 6 * HIGH * 6 + v % 6] != 0;

            if (kept[u] && kept[v] && now_u && !now_v) {
                ck_assert(mean[u] >= mean[v]);
            }
            if (!kept[u] && !kept[v] && now_u && !now_v) {
                ck_assert(slope[u] >= slope[v]);
            }
        }
    }
    release(&it);
}
END_TEST

/* The error has the tensor's name. */
START_TEST(a_weight_that_is_no_number_is_named)
{
    subject it = make(2);
    skel_unit_mask of = {0};
    size_t exchanged = 0;

    for (size_t i = 140; i < 220; i++) {
        parameters[i] = it.mask->keep[i] ? NAN : 0;
    }
    ck_assert_ok(skel_unit_mask_open(it.units, it.mask, true, parameters, velocity, NULL, &of));
    ck_assert_int_eq(skel_evolve_mask(&of.mask,
                                      &(skel_evolve_request){.fraction = 0.5,
                                                             .parameters = of.parameters,
                                                             .velocity = of.velocity},
                                      &exchanged),
                     SKEL_ERR_NUMBER);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "second"));
    skel_unit_mask_close(&of);
    release(&it);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, magnitudes_of_units_are_means_over_their_weights, 1, 5);
    tcase_add_test(tcase, smaller_blocks_can_be_segments_of_their_own);
    tcase_add_loop_test(tcase, whole_units_are_exchanged_and_each_tensor_keeps_as_many_weights, 1,
                        21);
    tcase_add_loop_test(tcase, the_smallest_units_go_and_those_with_the_largest_gradient_come, 1,
                        21);
    tcase_add_test(tcase, a_weight_that_is_no_number_is_named);
}

int main(void)
{
    return skel_suite_run("unit mask", fill);
}
