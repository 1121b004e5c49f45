/* Masks whose weights move between tensors: numbers and places, compared with sorting and with the
 * formulas of the papers. */
#include "suite.h"

#include "skel/random.h"
#include "skel/reallocate.h"

#include <math.h>
#include <string.h>

enum { COUNT = 4000, SEGMENTS = 4 };

static const skel_segment segment[SEGMENTS] = {{10, 500}, {600, 2400}, {3100, 33}, {3200, 64}};
static const char *const names[SEGMENTS] = {"conv1.weight", "conv2.weight", "fc1.weight",
                                            "fc2.weight"};

static float parameters[COUNT];
static float velocity[COUNT];
static float momentum[COUNT];
static float weights_before[COUNT];
static float velocity_before[COUNT];
static uint8_t before[COUNT];

static bool is_prunable(size_t i)
{
    for (size_t s = 0; s < SEGMENTS; s++) {
        if (i >= segment[s].offset && i < segment[s].offset + segment[s].count) {
            return true;
        }
    }
    return false;
}

/* Keeps one weight in `one_in`; the momentum of tensor s is larger the larger s is. */
static skel_mask *fixture(uint32_t one_in)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, names, &mask));
    for (size_t i = 0; i < COUNT; i++) {
        mask->keep[i] = !is_prunable(i) || skel_stream_below(&stream, one_in) == 0;
        parameters[i] = (float)skel_stream_normal(&stream);
        velocity[i] = (float)(skel_stream_normal(&stream) * (1 + (double)i / 1000));
        momentum[i] = (float)skel_stream_normal(&stream);
    }
    skel_mask_recount(mask);
    skel_mask_apply(mask, parameters);
    skel_mask_apply(mask, velocity);
    for (size_t i = 0; i < COUNT; i++) { /* of kept weights it is the optimiser's */
        momentum[i] = mask->keep[i] && is_prunable(i) ? velocity[i] : momentum[i];
    }
    memcpy(before, mask->keep, COUNT);
    memcpy(weights_before, parameters, sizeof parameters);
    memcpy(velocity_before, velocity, sizeof velocity);
    return mask;
}

static const skel_layer_rules no_rules;

static skel_reallocation request_of(skel_movement movement)
{
    return (skel_reallocation){.movement = movement,
                               .rules = &no_rules,
                               .threshold = 0.3,
                               .fraction = 0.4,
                               .seed = 5,
                               .update = 2,
                               .momentum = movement == SKEL_MOVEMENT_THRESHOLD ? NULL : momentum,
                               .parameters = parameters,
                               .velocity = velocity};
}

static size_t count_in(const uint8_t keep[], size_t s)
{
    size_t kept = 0;

    for (size_t i = 0; i < segment[s].count; i++) {
        kept += keep[segment[s].offset + i];
    }
    return kept;
}

/* Weights of a tensor that were kept and whose magnitude is below. */
static size_t below(size_t s, double threshold)
{
    size_t found = 0;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        found += before[i] && fabs((double)weights_before[i]) < threshold;
    }
    return found;
}

/* What holds for every change: kept weights stay as they were, all others are 0. */
static void ck_weights(const skel_mask *mask)
{
    for (size_t i = 0; i < COUNT; i++) {
        bool stayed = !is_prunable(i) || (before[i] && mask->keep[i]);

        ck_assert(is_prunable(i) || mask->keep[i] == 1);
        ck_assert(parameters[i] == (stayed ? weights_before[i] : 0.0F));
        ck_assert(velocity[i] == (stayed ? velocity_before[i] : 0.0F));
    }
}

/* Every weight of the tensor that went is smaller than every one that stayed. */
static void ck_smallest_went(const skel_mask *mask, size_t s)
{
    double largest_gone = -1;
    double smallest_left = (double)INFINITY;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        double size = fabs((double)weights_before[i]);

        if (before[i] && mask->keep[i]) {
            smallest_left = fmin(smallest_left, size);
        } else if (before[i]) {
            largest_gone = fmax(largest_gone, size);
        }
    }
    ck_assert(largest_gone <= smallest_left);
}

/* Every weight that grew has a larger momentum than every one that could have. */
static void ck_largest_came(const skel_mask *mask, size_t s)
{
    double smallest_come = (double)INFINITY;
    double largest_left = -1;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        double size = fabs((double)momentum[i]);

        if (!before[i] && mask->keep[i]) {
            smallest_come = fmin(smallest_come, size);
        } else if (!before[i]) {
            largest_left = fmax(largest_left, size);
        }
    }
    ck_assert(smallest_come >= largest_left);
}

START_TEST(a_threshold_drops_all_below_it_and_layers_grow_by_what_they_have_left)
{
    skel_mask *mask = fixture(3);
    const skel_reallocation request = request_of(SKEL_MOVEMENT_THRESHOLD);
    size_t kept = mask->kept;
    size_t left = 0;
    size_t gone = 0;

    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_uint_eq(gone, below(0, 0.3) + below(1, 0.3) + below(2, 0.3) + below(3, 0.3));
    ck_assert_uint_eq(mask->kept, kept);
    left = kept - gone;
    for (size_t s = 0; s < SEGMENTS; s++) {
        size_t rest = count_in(before, s) - below(s, 0.3);
        double grown = (double)count_in(mask->keep, s) - (double)rest;

        ck_assert(fabs(grown - (double)gone * (double)rest / (double)left) < 1);
        ck_smallest_went(mask, s);
    }
    for (size_t i = 0; i < COUNT; i++) { /* what was dropped does not grow at once */
        ck_assert(!before[i] || fabs((double)weights_before[i]) >= 0.3 || mask->keep[i] == 0 ||
                  !is_prunable(i));
    }
    ck_weights(mask);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(other_updates_grow_other_weights)
{
    uint8_t grown[COUNT];
    skel_mask *mask = fixture(3);
    skel_reallocation request = request_of(SKEL_MOVEMENT_THRESHOLD);
    size_t gone = 0;

    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    memcpy(grown, mask->keep, COUNT);
    skel_mask_destroy(&mask);
    mask = fixture(3);
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_mem_eq(grown, mask->keep, COUNT);
    skel_mask_destroy(&mask);
    mask = fixture(3);
    request.update = 3;
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert(memcmp(grown, mask->keep, COUNT) != 0);
    skel_mask_destroy(&mask);
}
END_TEST

static double mean_velocity(size_t s)
{
    double sum = 0;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        sum += fabs((double)velocity_before[i]);
    }
    return sum / (double)count_in(before, s);
}

/* With `regrow` only numbers can be told from the masks: what was dropped may be back. */
START_TEST(layers_with_a_large_momentum_grow)
{
    skel_mask *mask = fixture(10);
    skel_reallocation request = request_of(SKEL_MOVEMENT_MOMENTUM);
    size_t kept = mask->kept;
    double sum = 0;
    size_t gone = 0;
    size_t wanted = 0;

    for (size_t s = 0; s < SEGMENTS; s++) {
        sum += mean_velocity(s);
        wanted += (size_t)ceil(0.4 * (double)count_in(before, s));
    }
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_uint_eq(gone, wanted);
    ck_assert_uint_eq(mask->kept, kept);
    for (size_t s = 0; s < SEGMENTS; s++) {
        size_t rest = count_in(before, s) - (size_t)ceil(0.4 * (double)count_in(before, s));
        size_t room = segment[s].count - count_in(before, s);
        double grown = (double)count_in(mask->keep, s) - (double)rest;
        double fair = (double)gone * mean_velocity(s) / sum;

        if (fair > floor(0.99 * (double)room)) {
            ck_assert_double_eq(grown, floor(0.99 * (double)room));
        } else { /* at least, because full tensors leave more for the others */
            ck_assert(grown > fair - 1);
        }
        ck_smallest_went(mask, s);
        ck_largest_came(mask, s);
    }
    ck_weights(mask);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_dropped_weight_with_a_large_momentum_stays_as_it_was)
{
    skel_mask *mask = fixture(10);
    skel_reallocation request = request_of(SKEL_MOVEMENT_MOMENTUM);
    size_t smallest = 0;
    size_t gone = 0;

    for (size_t i = segment[1].offset; i < segment[1].offset + segment[1].count; i++) {
        bool is_less = smallest == 0 || fabsf(parameters[i]) < fabsf(parameters[smallest]);

        smallest = before[i] && is_less ? i : smallest;
    }
    momentum[smallest] = 1e6F;
    request.regrow = true;
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_uint_eq(mask->keep[smallest], 1);
    ck_weights(mask);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_mask_swells_to_the_number_it_is_given_and_back)
{
    skel_mask *mask = fixture(10);
    skel_reallocation request = request_of(SKEL_MOVEMENT_SWELL);
    size_t pruned = mask->prunable - mask->kept;
    size_t gone = 1;

    request.kept = mask->kept + 400;
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_uint_eq(gone, 0);
    ck_assert_uint_eq(mask->kept, request.kept);
    for (size_t s = 0; s < SEGMENTS; s++) {
        double room = (double)(segment[s].count - count_in(before, s));
        double grown = (double)(count_in(mask->keep, s) - count_in(before, s));

        ck_assert(fabs(grown - 400 * room / (double)pruned) < 1);
        ck_largest_came(mask, s);
    }
    ck_weights(mask);
    memcpy(before, mask->keep, COUNT);
    memcpy(weights_before, parameters, sizeof parameters);
    memcpy(velocity_before, velocity, sizeof velocity);
    request.kept = 100;
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_uint_eq(mask->kept, 100);
    for (size_t s = 0; s < SEGMENTS; s++) {
        ck_assert_uint_ge(count_in(mask->keep, s), 1);
        ck_smallest_went(mask, s);
    }
    ck_weights(mask);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(whole_layers_do_not_change_and_no_other_falls_below_its_floor)
{
    static const bool whole[SEGMENTS] = {false, false, true, false};
    const skel_layer_rules rules = {.whole = whole, .floor = 0.3};
    const skel_movement movements[] = {SKEL_MOVEMENT_THRESHOLD, SKEL_MOVEMENT_MOMENTUM};

    for (size_t m = 0; m < 2; m++) {
        skel_mask *mask = fixture(3);
        skel_reallocation request = request_of(movements[m]);
        size_t kept = 0;
        size_t gone = 0;

        memset(mask->keep + segment[2].offset, 1, segment[2].count);
        skel_mask_recount(mask);
        memcpy(before, mask->keep, COUNT);
        kept = mask->kept;
        request.rules = &rules;
        request.threshold = 1e9;
        request.fraction = 0.9;
        ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
        ck_assert_uint_eq(mask->kept, kept);
        ck_assert_uint_eq(count_in(mask->keep, 2), segment[2].count);
        for (size_t s = 0; s < SEGMENTS; s++) {
            ck_assert(count_in(mask->keep, s) >=
                          (size_t)ceil(0.3 * (double)segment[s].count - 1e-6) ||
                      count_in(mask->keep, s) >= count_in(before, s));
        }
        skel_mask_destroy(&mask);
    }
}
END_TEST

/* With four of five weights kept there is no room for as many as are below the threshold. */
START_TEST(no_more_weights_go_than_can_come)
{
    skel_mask *mask = fixture(3);
    skel_reallocation request = request_of(SKEL_MOVEMENT_THRESHOLD);
    size_t kept = 0;
    size_t gone = 0;

    for (size_t i = 0; i < COUNT; i++) {
        mask->keep[i] = !is_prunable(i) || i % 5 != 0;
        parameters[i] = mask->keep[i] ? 0.1F : 0;
    }
    skel_mask_recount(mask);
    kept = mask->kept;
    ck_assert_ok(skel_reallocate_mask(mask, &request, &gone));
    ck_assert_uint_eq(mask->kept, kept);
    ck_assert_uint_eq(gone, mask->prunable - kept);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_value_that_is_not_finite_is_refused_with_its_tensor)
{
    const skel_movement movements[] = {SKEL_MOVEMENT_MOMENTUM, SKEL_MOVEMENT_SWELL};

    for (size_t m = 0; m < 2; m++) {
        skel_mask *mask = fixture(3);
        skel_reallocation request = request_of(movements[m]);
        size_t i = segment[1].offset;
        size_t gone = 0;

        while (before[i]) {
            i++;
        }
        momentum[i] = NAN;
        request.kept = mask->kept + 40;
        ck_assert(skel_reallocate_mask(mask, &request, &gone) == SKEL_ERR_NUMBER);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "conv2.weight"));
        skel_mask_destroy(&mask);
    }
}
END_TEST

START_TEST(the_threshold_follows_the_number_that_went)
{
    ck_assert_double_eq(skel_reallocate_threshold(0.5, 100, 89), 1.0);
    ck_assert_double_eq(skel_reallocate_threshold(0.5, 100, 90), 0.5);
    ck_assert_double_eq(skel_reallocate_threshold(0.5, 100, 110), 0.5);
    ck_assert_double_eq(skel_reallocate_threshold(0.5, 100, 111), 0.25);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_threshold_drops_all_below_it_and_layers_grow_by_what_they_have_left);
    tcase_add_test(tcase, other_updates_grow_other_weights);
    tcase_add_test(tcase, layers_with_a_large_momentum_grow);
    tcase_add_test(tcase, a_dropped_weight_with_a_large_momentum_stays_as_it_was);
    tcase_add_test(tcase, a_mask_swells_to_the_number_it_is_given_and_back);
    tcase_add_test(tcase, whole_layers_do_not_change_and_no_other_falls_below_its_floor);
    tcase_add_test(tcase, no_more_weights_go_than_can_come);
    tcase_add_test(tcase, a_value_that_is_not_finite_is_refused_with_its_tensor);
    tcase_add_test(tcase, the_threshold_follows_the_number_that_went);
}

int main(void)
{
    return skel_suite_run("reallocate", fill);
}
