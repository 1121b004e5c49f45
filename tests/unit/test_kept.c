/* Lists of the kept elements of a mask. */
#include "suite.h"

#include "skel/kept.h"
#include "skel/random.h"

#include <string.h>

enum { MOST = 200, LONG = 70003 };

/* Elements 0 or 1, `density` of them 1. */
static void draw(uint64_t seed, double density, size_t count, uint8_t keep[])
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < count; i++) {
        keep[i] = skel_stream_uniform(&stream) < density;
    }
}

/* Whether the list is that of a loop that looks at each element. */
static bool lists_right(size_t count, const uint8_t keep[], size_t first)
{
    uint32_t index[MOST + 1];
    size_t listed = skel_kept_list(count, keep, first, index);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (keep == NULL || keep[i] != 0) {
            if (n >= listed || index[n] != first + i) {
                return false;
            }
            n++;
        }
    }
    return n == listed && listed == skel_kept_count(count, keep);
}

START_TEST(every_kept_element_is_listed_once_at_any_length_and_density)
{
    const double densities[] = {0, 0.01, 0.1, 0.5, 0.99, 1};
    uint8_t keep[MOST];
    uint64_t seed = 0;

    for (size_t count = 0; count <= MOST; count++) {
        for (size_t d = 0; d < sizeof densities / sizeof *densities; d++) {
            draw(seed++, densities[d], count, keep);
            ck_assert_msg(lists_right(count, keep, 7 * count), "%zu elements, density %g", count,
                          densities[d]);
        }
        ck_assert(lists_right(count, NULL, count));
    }
}
END_TEST

START_TEST(a_mask_may_start_at_any_byte)
{
    uint8_t keep[MOST];

    draw(1, 0.2, MOST, keep);
    for (size_t at = 0; at < 16; at++) {
        ck_assert(lists_right(MOST - at, keep + at, 0));
    }
}
END_TEST

START_TEST(indices_reach_the_end_of_32_bits)
{
    const uint8_t keep[3] = {0, 1, 1};
    uint32_t index[3];

    ck_assert_uint_eq(skel_kept_list(3, keep, UINT32_MAX - 2, index), 2);
    ck_assert_uint_eq(index[0], UINT32_MAX - 1);
    ck_assert_uint_eq(index[1], UINT32_MAX);
}
END_TEST

START_TEST(counts_are_those_of_a_plain_loop_at_any_length)
{
    static uint8_t with[LONG];
    static uint8_t without[LONG];
    size_t kept = 0;
    size_t gained = 0;

    draw(2, 0.7, LONG, with);
    draw(3, 0.4, LONG, without);
    for (size_t count = 0; count <= LONG; count++) {
        if (count < MOST || count + MOST > LONG) { /* short, and longer than bytes can count */
            ck_assert_uint_eq(skel_kept_count(count, with), kept);
            ck_assert_uint_eq(skel_kept_gained(count, with, without), gained);
        }
        if (count < LONG) {
            kept += with[count];
            gained += with[count] == 1 && without[count] == 0;
        }
    }
    memset(with, 1, LONG);
    memset(without, 0, LONG);
    ck_assert_uint_eq(skel_kept_count(LONG, with), LONG);
    ck_assert_uint_eq(skel_kept_gained(LONG, with, without), LONG);
    ck_assert_uint_eq(skel_kept_gained(LONG, with, with), 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_kept_element_is_listed_once_at_any_length_and_density);
    tcase_add_test(tcase, a_mask_may_start_at_any_byte);
    tcase_add_test(tcase, counts_are_those_of_a_plain_loop_at_any_length);
    tcase_add_test(tcase, indices_reach_the_end_of_32_bits);
}

int main(void)
{
    return skel_suite_run("kept", fill);
}
