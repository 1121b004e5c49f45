/* Deep rewiring: what goes, what comes, and by how much kept weights move. */
#include "suite.h"

#include "skel/random.h"
#include "skel/rewire.h"

#include <math.h>
#include <string.h>

enum { COUNT = 3000, SEGMENTS = 3 };

/* The last one is kept whole. */
static const skel_segment segment[SEGMENTS] = {{10, 1000}, {1100, 1500}, {2700, 60}};

static float signs[COUNT];
static float parameters[COUNT];
static float velocity[COUNT];
static uint8_t comes[COUNT];
static uint32_t list[COUNT + 1];

static bool is_whole(size_t i)
{
    return i >= segment[2].offset && i < segment[2].offset + segment[2].count;
}

/* A fifth of the first two tensors is kept, with their signs. */
static skel_mask *example(void)
{
    skel_stream stream = skel_stream_open(9, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &mask));
    for (size_t i = 0; i < COUNT; i++) {
        signs[i] = (float)skel_stream_normal(&stream);
        velocity[i] = 1;
    }
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            mask->keep[i] = i % 5 == 0;
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] = mask->keep[i] != 0 ? signs[i] : 0;
        velocity[i] = mask->keep[i] != 0 ? 1 : 0;
    }
    skel_mask_recount(mask);
    return mask;
}

static skel_rewiring rewiring_of(uint32_t step, double l1, double noise)
{
    return (skel_rewiring){.rate = 0.5,
                           .l1 = l1,
                           .noise = noise,
                           .seed = 3,
                           .step = step,
                           .signs = signs,
                           .parameters = parameters,
                           .velocity = velocity,
                           .comes = comes,
                           .list = list};
}

static size_t kept_of(const skel_mask *mask, size_t s)
{
    size_t kept = 0;

    for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
        kept += mask->keep[i];
    }
    return kept;
}

START_TEST(each_tensor_keeps_its_number_and_kept_weights_their_signs)
{
    skel_mask *mask = example();
    size_t first = kept_of(mask, 0);
    size_t second = kept_of(mask, 1);
    size_t all_gone = 0;

    for (uint32_t step = 1; step <= 20; step++) {
        const skel_rewiring rewiring = rewiring_of(step, 0.05, 1);
        size_t gone = 0;

        gone = skel_rewire_mask(mask, &rewiring);
        all_gone += gone;
        ck_assert_uint_eq(kept_of(mask, 0), first);
        ck_assert_uint_eq(kept_of(mask, 1), second);
        for (size_t i = segment[0].offset; i < segment[1].offset + segment[1].count; i++) {
            bool outside = i >= segment[0].offset + segment[0].count && i < segment[1].offset;

            ck_assert(outside || mask->keep[i] != 0 || (parameters[i] == 0 && velocity[i] == 0));
            ck_assert(outside || mask->keep[i] == 0 || parameters[i] * signs[i] > 0);
        }
    }
    ck_assert_uint_gt(all_gone, 100);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(without_noise_each_weight_shrinks_and_the_small_ones_are_replaced)
{
    skel_mask *mask = example();
    const skel_rewiring rewiring = rewiring_of(1, 0.2, 0);
    size_t expected = 0;
    size_t gone = 0;
    size_t fresh = 0;

    for (size_t s = 0; s < 2; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            expected += mask->keep[i] != 0 && (double)fabsf(signs[i]) <= 0.5 * 0.2;
        }
    }
    gone = skel_rewire_mask(mask, &rewiring);
    ck_assert_uint_eq(gone, expected);
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            double size = fabs((double)parameters[i]);

            if (mask->keep[i] == 0) {
                continue;
            }
            if (size < 1e-11) { /* has come */
                ck_assert(parameters[i] == (signs[i] < 0 ? -1e-12F : 1e-12F));
                ck_assert(velocity[i] == 0);
                fresh++;
            } else { /* one rounding to float */
                ck_assert(fabs(size - (fabs((double)signs[i]) - 0.1)) <= 1.2e-7 * size);
                ck_assert(velocity[i] == 1);
            }
        }
    }
    ck_assert_uint_eq(fresh, gone);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_tensor_without_pruned_weights_does_not_change)
{
    skel_mask *mask = example();
    const skel_rewiring rewiring = rewiring_of(1, 1, 1);
    float before[COUNT];

    memcpy(before, parameters, sizeof before);
    ck_assert_uint_gt(skel_rewire_mask(mask, &rewiring), 0);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(!is_whole(i) || (mask->keep[i] == 1 && parameters[i] == before[i]));
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(weights_that_have_just_gone_may_come_again)
{
    skel_mask *mask = example();
    const skel_rewiring rewiring = rewiring_of(1, 1e6, 0); /* all of them go */
    uint8_t before[COUNT];
    size_t gone = 0;
    size_t again = 0;

    memcpy(before, mask->keep, sizeof before);
    gone = skel_rewire_mask(mask, &rewiring);
    ck_assert_uint_eq(gone, 500);
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            again += before[i] == 1 && mask->keep[i] == 1;
        }
    }
    /* hypergeometric: mean 100, deviation sqrt(500 / 5 * 4/5 * 4/5) = 8; five of them */
    ck_assert_uint_gt(again, 60);
    ck_assert_uint_lt(again, 140);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(noise_has_the_deviation_that_is_asked_for)
{
    skel_mask *mask = example();
    const skel_rewiring rewiring = rewiring_of(1, 0, 0.01);
    double squares = 0;
    size_t counted = 0;
    size_t gone = 0;

    for (size_t i = 0; i < COUNT; i++) { /* far from 0 */
        parameters[i] += mask->keep[i] != 0 ? copysignf(1, signs[i]) : 0;
    }
    gone = skel_rewire_mask(mask, &rewiring);
    ck_assert_uint_eq(gone, 0);
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            double moved =
                (double)parameters[i] - (double)signs[i] - (double)copysignf(1, signs[i]);

            squares += mask->keep[i] != 0 ? moved * moved : 0;
            counted += mask->keep[i];
        }
    }
    /* 0.5 * 0.01; the deviation of the estimate is a share of sqrt(1 / (2 n)): five of them */
    ck_assert(fabs(sqrt(squares / (double)counted) / 0.005 - 1) < 5 * sqrt(0.5 / (double)counted));
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, each_tensor_keeps_its_number_and_kept_weights_their_signs);
    tcase_add_test(tcase, without_noise_each_weight_shrinks_and_the_small_ones_are_replaced);
    tcase_add_test(tcase, a_tensor_without_pruned_weights_does_not_change);
    tcase_add_test(tcase, weights_that_have_just_gone_may_come_again);
    tcase_add_test(tcase, noise_has_the_deviation_that_is_asked_for);
}

int main(void)
{
    return skel_suite_run("rewire", fill);
}
