/* Masks that drop the same share of positive and of negative weights: compared with sorting. */
#include "suite.h"

#include "skel/evolve.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { COUNT = 900 };

static const skel_segment segments[2] = {{0, 500}, {500, 400}};

/* Many more weights of one sign in the first tensor, few values, some of them 0. */
static skel_mask *fixture(float weights[])
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    ck_assert_ok(skel_mask_create(COUNT, 2, segments, NULL, &mask));
    for (size_t i = 0; i < COUNT; i++) {
        float size = (float)skel_stream_below(&stream, 30) / 8;

        mask->keep[i] = skel_stream_below(&stream, 3) == 0;
        weights[i] = skel_stream_below(&stream, i < 500 ? 5 : 2) == 0 ? -size : size;
        weights[i] *= (float)mask->keep[i];
    }
    skel_mask_recount(mask);
    return mask;
}

/* Whether a weight goes before another one of its sign: it is smaller, or equal and behind. */
static bool goes_before(const float weights[], size_t a, size_t b)
{
    float first = fabsf(weights[a]);
    float second = fabsf(weights[b]);

    return first < second || (first == second && a > b);
}

START_TEST(the_same_share_of_both_signs_goes_from_those_nearest_to_0)
{
    static float weights[COUNT];
    static float velocity[COUNT];
    float before[COUNT];
    uint8_t kept[COUNT];
    skel_mask *mask = fixture(weights);
    skel_evolve_request request = {
        .fraction = 0.3, .seed = 7, .by_sign = true, .parameters = weights, .velocity = velocity};
    size_t exchanged = 0;
    size_t gone = 0;

    memcpy(before, weights, sizeof before);
    memcpy(kept, mask->keep, sizeof kept);
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged));
    for (size_t i = 0; i < COUNT; i++) {
        const skel_segment *own = &segments[i < 500 ? 0 : 1];
        size_t of_sign = 0;
        size_t earlier = 0;

        for (size_t j = own->offset; kept[i] != 0 && j < own->offset + own->count; j++) {
            bool same = kept[j] != 0 && (before[i] < 0) == (before[j] < 0);

            of_sign += same;
            earlier += same && j != i && goes_before(before, j, i);
        }
        if (kept[i] != 0) {
            bool goes = earlier < (size_t)(0.3 * (double)of_sign + 0.5);

            ck_assert_uint_eq(mask->keep[i], !goes);
            gone += goes;
        }
    }
    ck_assert_uint_eq(exchanged, gone);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(where_there_is_little_room_negative_weights_stay)
{
    float weights[8] = {1, 2, 3, 4, -1, -2, -3, 0};
    float velocity[8] = {0};
    const skel_segment all = {0, 8};
    skel_mask *mask = NULL;
    skel_evolve_request request = {
        .fraction = 0.3, .seed = 7, .by_sign = true, .parameters = weights, .velocity = velocity};
    size_t exchanged = 0;

    ck_assert_ok(skel_mask_create(8, 1, &all, NULL, &mask));
    mask->keep[7] = 0;
    skel_mask_recount(mask);
    ck_assert_ok(skel_evolve_mask(mask, &request, &exchanged)); /* round(1.2) and round(0.9) */
    ck_assert_uint_eq(exchanged, 1);
    ck_assert_mem_eq(mask->keep, ((uint8_t[]){0, 1, 1, 1, 1, 1, 1, 1}), 8);
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_same_share_of_both_signs_goes_from_those_nearest_to_0);
    tcase_add_test(tcase, where_there_is_little_room_negative_weights_stay);
}

int main(void)
{
    return skel_suite_run("evolve_signs", fill);
}
