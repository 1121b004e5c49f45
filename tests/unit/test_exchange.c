/* Which pruned elements come, when any may. */
#include "prune/exchange.h"
#include "suite.h"

#include <math.h>
#include <string.h>

enum { COUNT = 61, TRIES = 40000 };

/* Kept: runs of several lengths, at both ends too, with gaps shorter and longer than a word. */
static size_t mask_of(size_t pattern, uint8_t keep[COUNT])
{
    static const size_t every[] = {1, 2, 3, 7, 20, COUNT, COUNT + 1};
    size_t room = 0;

    for (size_t i = 0; i < COUNT; i++) {
        keep[i] = (i + pattern) % every[pattern % 7] == 0 || (pattern > 6 && i % 29 < 11);
        room += keep[i] == 0;
    }
    return room;
}

static skel_stream stream_of(uint32_t number)
{
    return skel_stream_open(5, SKEL_PURPOSE_EVOLVE, number, 0);
}

START_TEST(as_many_come_as_are_asked_for_and_none_of_the_kept)
{
    uint8_t keep[COUNT];
    uint8_t chosen[COUNT];
    size_t room = mask_of((size_t)_i, keep);

    for (size_t n = 0; n <= room; n++) {
        size_t found = 0;

        memset(chosen, 7, sizeof chosen);
        skel_exchange_any(stream_of((uint32_t)n), n, room, COUNT, keep, chosen);
        for (size_t i = 0; i < COUNT; i++) {
            ck_assert_uint_le(chosen[i], keep[i] == 0 ? 1 : 0);
            found += chosen[i];
        }
        ck_assert_uint_eq(found, n);
    }
}
END_TEST

/* Of all tries, each element comes n / room times, and each pair n (n - 1) / (room (room - 1)):
 * within five standard deviations of a binomial number. */
START_TEST(each_element_and_each_pair_comes_as_often_as_any_other)
{
    enum { N = 3 };
    static unsigned pairs[COUNT][COUNT];
    uint8_t keep[COUNT];
    uint8_t chosen[COUNT];
    size_t room = mask_of((size_t)_i, keep);
    double one = (double)N / (double)room;
    double two = one * (N - 1) / (double)(room - 1);

    memset(pairs, 0, sizeof pairs);
    for (uint32_t t = 0; t < TRIES; t++) {
        skel_exchange_any(stream_of(t), N, room, COUNT, keep, chosen);
        for (size_t i = 0; i < COUNT; i++) {
            for (size_t j = 0; chosen[i] != 0 && j < COUNT; j++) {
                pairs[i][j] += chosen[j];
            }
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; keep[i] == 0 && j < COUNT; j++) {
            double p = i == j ? one : two;

            ck_assert(keep[j] != 0 ||
                      fabs(pairs[i][j] - TRIES * p) < 5 * sqrt(TRIES * p * (1 - p)));
        }
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, as_many_come_as_are_asked_for_and_none_of_the_kept, 0, 14);
    tcase_add_loop_test(tcase, each_element_and_each_pair_comes_as_often_as_any_other, 10, 14);
}

int main(void)
{
    return skel_suite_run("exchange", fill);
}
