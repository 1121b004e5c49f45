/* Who goes and who comes when a mask moves: compared with sorting, and with the odds of chance. */
#include "suite.h"

#include "skel/evolve.h"
#include "skel/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 4000, SEGMENTS = 4 };

/* The last tensor is kept whole. */
static const skel_segment segment[SEGMENTS] = {{10, 500}, {600, 2400}, {3100, 33}, {3200, 64}};
static const char *const names[SEGMENTS] = {"conv1.weight", "conv2.weight", "fc1.weight",
                                            "fc2.weight"};

static float parameters[COUNT];
static float velocity[COUNT];
static float gradient[COUNT];
static uint8_t before[COUNT];

/* Values of a few magnitudes only, so that many are equal: ties are everywhere. */
static float coarse(skel_stream *stream)
{
    float value = (float)(1 + skel_stream_below(stream, 40)) / 8;

    return skel_stream_below(stream, 2) == 0 ? value : -value;
}

/* A mask that keeps about a third, with weights and momentum where it does, gradients everywhere.
 */
static skel_mask *fixture(uint64_t seed, bool ties)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, names, &mask));
    for (size_t i = 0; i < COUNT; i++) {
        bool prunable = i < 3200 && !(i < 10 || (i >= 510 && i < 600) || (i >= 3000 && i < 3100) ||
                                      (i >= 3133 && i < 3200));

        mask->keep[i] = !prunable || skel_stream_below(&stream, 3) == 0;
        parameters[i] = ties ? coarse(&stream) : (float)skel_stream_normal(&stream);
        velocity[i] = (float)skel_stream_normal(&stream);
        gradient[i] = ties ? coarse(&stream) : (float)skel_stream_normal(&stream);
    }
    skel_mask_recount(mask);
    skel_mask_apply(mask, parameters);
    skel_mask_apply(mask, velocity);
    memcpy(before, mask->keep, COUNT);
    return mask;
}

static skel_evolve_request request_of(double fraction, bool by_gradient)
{
    return (skel_evolve_request){.fraction = fraction,
                                 .seed = 7,
                                 .update = 3,
                                 .gradient = by_gradient ? gradient : NULL,
                                 .parameters = parameters,
                                 .velocity = velocity};
}

static size_t kept_in(const uint8_t keep[], size_t s)
{
    size_t kept = 0;

    for (size_t i = 0; i < segment[s].count; i++) {
        kept += keep[segment[s].offset + i];
    }
    return kept;
}

/* A candidate and what it is sorted by. */
typedef struct candidate {
    size_t index;
    float size;
} candidate;

/* Smallest first, of equal ones the higher index: the order in which weights go. */
static int goes_before(const void *left, const void *right)
{
    const candidate *a = left;
    const candidate *b = right;

    if (a->size != b->size) {
        return a->size < b->size ? -1 : 1;
    }
    return a->index > b->index ? -1 : 1;
}

static size_t sort_candidates(size_t s, const uint8_t keep[], uint8_t kept, const float values[],
                              candidate out[])
{
    size_t count = 0;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        if (keep[i] == kept) {
            out[count++] = (candidate){i, fabsf(values[i])};
        }
    }
    qsort(out, count, sizeof *out, goes_before);
    return count;
}

/* The mask that sorting leads to; gradients that are largest come, so from the other end. */
static void expect(double fraction, bool regrow, const float weights[], uint8_t expected[])
{
    static candidate list[COUNT];
    static uint8_t stays[COUNT];

    memcpy(expected, before, COUNT);
    for (size_t s = 0; s < SEGMENTS; s++) {
        size_t kept = sort_candidates(s, before, 1, weights, list);
        size_t room = segment[s].count - kept;
        size_t n = (size_t)(fraction * (double)kept + 0.5);

        n = n < room ? n : room;
        for (size_t i = 0; i < n; i++) {
            expected[list[i].index] = 0;
        }
        memcpy(stays, expected, COUNT);
        room = sort_candidates(s, regrow ? stays : before, 0, gradient, list);
        for (size_t i = 0; i < n; i++) {
            expected[list[room - 1 - i].index] = 1;
        }
    }
}

static void ck_like_sorting(double fraction, bool ties, bool regrow)
{
    static float weights[COUNT];
    uint8_t expected[COUNT];
    skel_mask *mask = fixture(5, ties);
    skel_evolve_request request = request_of(fraction, true);
    size_t exchanged = 0;
    size_t gone = 0;

    request.regrow = regrow;
    memcpy(weights, parameters, sizeof weights);
    expect(fraction, regrow, weights, expected);
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    ck_assert_mem_eq(mask->keep, expected, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        gone += before[i] == 1 && mask->keep[i] == 0;
        ck_assert(before[i] == 0 || mask->keep[i] == 0 || parameters[i] == weights[i]);
    }
    ck_assert_uint_eq(exchanged, gone);
    skel_mask_destroy(&mask);
}

START_TEST(the_smallest_weights_go_and_the_largest_gradients_come)
{
    ck_like_sorting(0.3, false, false);
    ck_like_sorting(0.07, false, false);
    ck_like_sorting(1, false, false);
}
END_TEST

START_TEST(of_equal_weights_the_last_goes_and_of_equal_gradients_the_first_comes)
{
    ck_like_sorting(0.3, true, false);
    ck_like_sorting(0.5, true, false);
}
END_TEST

START_TEST(what_went_may_come_back_at_once_with_its_value)
{
    ck_like_sorting(0.3, false, true);
    ck_like_sorting(1, false, true);
    ck_like_sorting(0.5, true, true);
}
END_TEST

START_TEST(every_tensor_keeps_its_number_and_what_went_does_not_come_back)
{
    for (int by_gradient = 0; by_gradient < 2; by_gradient++) {
        skel_mask *mask = fixture(6, false);
        size_t kept = mask->kept;
        skel_evolve_request request = request_of(0.4, by_gradient != 0);
        size_t exchanged = 0;
        size_t expected = 0;
        size_t came = 0;

        ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
        for (size_t s = 0; s < SEGMENTS; s++) {
            ck_assert_uint_eq(kept_in(mask->keep, s), kept_in(before, s));
            expected += s < 3 ? (size_t)(0.4 * (double)kept_in(before, s) + 0.5) : 0;
        }
        ck_assert_uint_eq(exchanged, expected);
        for (size_t i = 0; i < COUNT; i++) {
            came += mask->keep[i] == 1 && before[i] == 0;
        }
        ck_assert_uint_eq(came, exchanged); /* had one come back, fewer others had come */
        skel_mask_recount(mask);
        ck_assert_uint_eq(mask->kept, kept);
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(what_goes_and_what_comes_is_0_and_the_rest_as_it_was)
{
    static float weights[COUNT];
    static float momentum[COUNT];
    skel_mask *mask = fixture(8, false);
    skel_evolve_request request = request_of(0.3, false);
    size_t exchanged = 0;

    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] += before[i] == 0 ? 5.0F : 0.0F; /* what comes may have been anything */
        velocity[i] += before[i] == 0 ? 5.0F : 0.0F;
    }
    memcpy(weights, parameters, sizeof weights);
    memcpy(momentum, velocity, sizeof momentum);
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    for (size_t i = 0; i < COUNT; i++) {
        bool changed = mask->keep[i] != before[i];

        ck_assert(parameters[i] == (changed ? 0 : weights[i]));
        ck_assert(velocity[i] == (changed ? 0 : momentum[i]));
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(where_there_is_little_room_fewer_go)
{
    static const skel_segment one = {0, 10};
    static const uint8_t keep[10] = {1, 1, 1, 0, 1, 1, 1, 1, 0, 1};
    static const uint8_t expected[10] = {1, 1, 1, 1, 1, 1, 1, 0, 1, 0};
    static float weights[10] = {9, 8, 7, 0, 6, 5, 4, 3, 0, 1};
    static float speed[10];
    skel_evolve_request request = {
        .fraction = 0.9, .gradient = weights, .parameters = weights, .velocity = speed};
    skel_mask *mask = NULL;
    size_t exchanged = 0;

    ck_assert_ok(skel_mask_create(10, 1, &one, NULL, &mask));
    memcpy(mask->keep, keep, sizeof keep);
    skel_mask_recount(mask);
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    ck_assert_uint_eq(exchanged, 2);
    ck_assert_mem_eq(mask->keep, expected, sizeof expected);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_single_weight_may_move)
{
    static const skel_segment one = {0, 4};
    static const uint8_t expected[4] = {0, 0, 1, 0};
    static float weights[4] = {0, 2, 0, 0};
    static float slope[4] = {1, 9, -3, 2};
    static float speed[4] = {0, 1, 0, 0};
    skel_evolve_request request = {
        .fraction = 0.5, .gradient = slope, .parameters = weights, .velocity = speed};
    skel_mask *mask = NULL;
    size_t exchanged = 0;

    ck_assert_ok(skel_mask_create(4, 1, &one, NULL, &mask));
    memset(mask->keep, 0, 4);
    mask->keep[1] = 1;
    skel_mask_recount(mask);
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    ck_assert_mem_eq(mask->keep, expected, 4);
    ck_assert(weights[1] == 0 && speed[1] == 0);
    skel_mask_destroy(&mask);
}
END_TEST

/* Whether two changes choose the same weights to come. */
static bool same_choice(uint64_t seed_a, uint32_t update_a, uint64_t seed_b, uint32_t update_b)
{
    uint8_t first[COUNT];
    size_t exchanged = 0;
    skel_mask *mask = fixture(9, false);
    skel_evolve_request request = request_of(0.3, false);
    bool same = false;

    request.seed = seed_a;
    request.update = update_a;
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    memcpy(first, mask->keep, COUNT);
    skel_mask_destroy(&mask);
    mask = fixture(9, false);
    request.seed = seed_b;
    request.update = update_b;
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    same = memcmp(first, mask->keep, COUNT) == 0;
    skel_mask_destroy(&mask);
    return same;
}

START_TEST(chance_depends_on_seed_and_update_alone)
{
    ck_assert(same_choice(7, 3, 7, 3));
    ck_assert(!same_choice(7, 3, 7, 4));
    ck_assert(!same_choice(7, 3, 8, 3));
}
END_TEST

START_TEST(chance_takes_all_weights_alike)
{
    enum { UPDATES = 400 };
    static unsigned came[COUNT];
    double expected = 0;
    double squares = 0;
    size_t room = 0;

    memset(came, 0, sizeof came);
    for (uint32_t update = 0; update < UPDATES; update++) {
        skel_mask *mask = fixture(10, false);
        skel_evolve_request request = request_of(0.3, false);
        size_t exchanged = 0;

        request.update = update;
        ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
        for (size_t i = 0; i < COUNT; i++) {
            came[i] += mask->keep[i] == 1 && before[i] == 0;
        }
        room = segment[1].count - kept_in(before, 1);
        expected = (double)(size_t)(0.3 * (double)kept_in(before, 1) + 0.5) / (double)room;
        skel_mask_destroy(&mask);
    }
    for (size_t i = segment[1].offset; i < segment[1].offset + segment[1].count; i++) {
        if (before[i] == 0) {
            double difference = came[i] - UPDATES * expected;

            squares += difference * difference / (UPDATES * expected * (1 - expected));
        }
    }
    /* about chi square with `room` degrees of freedom, of deviation sqrt(2 room): five of them */
    ck_assert(fabs(squares - (double)room) < 5 * sqrt(2 * (double)room));
}
END_TEST

START_TEST(numbers_that_are_not_finite_are_refused_with_the_tensor)
{
    skel_mask *mask = fixture(5, false);
    skel_evolve_request request = request_of(0.3, true);
    size_t exchanged = 0;
    size_t i = 600;

    while (before[i] == 1) {
        i++;
    }
    gradient[i] = NAN;
    ck_assert(skel_evolve_mask(mask, &request, &exchanged) == SKEL_ERR_NUMBER);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "conv2.weight"));
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_smallest_weights_go_and_the_largest_gradients_come);
    tcase_add_test(tcase, of_equal_weights_the_last_goes_and_of_equal_gradients_the_first_comes);
    tcase_add_test(tcase, what_went_may_come_back_at_once_with_its_value);
    tcase_add_test(tcase, every_tensor_keeps_its_number_and_what_went_does_not_come_back);
    tcase_add_test(tcase, what_goes_and_what_comes_is_0_and_the_rest_as_it_was);
    tcase_add_test(tcase, where_there_is_little_room_fewer_go);
    tcase_add_test(tcase, a_single_weight_may_move);
    tcase_add_test(tcase, chance_depends_on_seed_and_update_alone);
    tcase_add_test(tcase, chance_takes_all_weights_alike);
    tcase_add_test(tcase, numbers_that_are_not_finite_are_refused_with_the_tensor);
}

int main(void)
{
    return skel_suite_run("evolve", fill);
}
