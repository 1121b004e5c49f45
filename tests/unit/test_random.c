/* Streams against the published known answers of Philox4x32-10, and against closed forms. */
#include "suite.h"

#include "skel/random.h"

#include <math.h>

START_TEST(a_stream_gives_the_published_philox_words)
{
    /* Random123's kat_vectors: counter 0, key 0 */
    static const uint32_t expected[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    skel_stream stream = skel_stream_open(0, (skel_purpose)0, 0, 0);

    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(skel_stream_bits(&stream), expected[i]);
    }
}
END_TEST

START_TEST(normal_numbers_have_mean_0_and_variance_1)
{
    enum { COUNT = 200000 };
    skel_stream stream = skel_stream_open(7, SKEL_PURPOSE_TEST, 0, 0);
    double sum = 0;
    double squares = 0;

    for (size_t i = 0; i < COUNT; i++) {
        double value = skel_stream_normal(&stream);
        sum += value;
        squares += value * value;
    }
    /* five standard errors of each estimate */
    ck_assert(fabs(sum / COUNT) < 5 / sqrt((double)COUNT));
    ck_assert(fabs(squares / COUNT - 1) < 5 * sqrt(2.0 / COUNT));
}
END_TEST

START_TEST(below_is_uniform_and_below_its_limit)
{
    enum { LIMIT = 7, COUNT = 70000 };
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 2, 3);
    size_t seen[LIMIT] = {0};

    for (size_t i = 0; i < COUNT; i++) {
        uint32_t value = skel_stream_below(&stream, LIMIT);
        ck_assert_uint_lt(value, LIMIT);
        seen[value]++;
    }
    for (size_t i = 0; i < LIMIT; i++) {
        ck_assert(fabs((double)seen[i] - 10000) < 5 * sqrt(10000.0));
    }
}
END_TEST

START_TEST(a_shuffle_is_a_permutation)
{
    enum { COUNT = 1000 };
    uint32_t items[COUNT];
    bool seen[COUNT] = {false};
    size_t moved = 0;
    skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, 0, 1);

    for (uint32_t i = 0; i < COUNT; i++) {
        items[i] = i;
    }
    skel_stream_shuffle(&stream, COUNT, items);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(!seen[items[i]]);
        seen[items[i]] = true;
        moved += items[i] != i;
    }
    ck_assert_uint_gt(moved, COUNT / 2);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_stream_gives_the_published_philox_words);
    tcase_add_test(tcase, normal_numbers_have_mean_0_and_variance_1);
    tcase_add_test(tcase, below_is_uniform_and_below_its_limit);
    tcase_add_test(tcase, a_shuffle_is_a_permutation);
}

int main(void)
{
    return skel_suite_run("random", fill);
}
