/* A sample of cases: one in so many, another one for each number, all of them together. */
#include "sample.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES = 23, MOST = 7 };

static size_t taken(const char *sample, size_t number, size_t parts)
{
    ck_assert_int_eq(setenv("SKEL_SAMPLE", sample, 1), 0);
    return skel_sample_takes(number, parts) ? 1 : 0;
}

START_TEST(numbers_in_a_row_take_each_case_once)
{
    for (size_t parts = 1; parts <= MOST; parts++) {
        for (size_t number = 0; number < CASES; number++) {
            size_t times = 0;

            for (size_t sample = 0; sample < parts; sample++) {
                char text[32];

                (void)snprintf(text, sizeof text, "%zu", 4294967290 + sample);
                times += taken(text, number, parts);
            }
            ck_assert_uint_eq(times, 1);
        }
    }
}
END_TEST

START_TEST(one_of_so_many_cases_in_a_row_is_taken)
{
    for (size_t parts = 1; parts <= MOST; parts++) {
        for (size_t first = 0; first < CASES; first++) {
            size_t times = 0;

            for (size_t number = first; number < first + parts; number++) {
                times += taken("123456", number, parts);
            }
            ck_assert_uint_eq(times, 1);
        }
    }
}
END_TEST

START_TEST(all_cases_are_taken_where_no_number_chooses)
{
    for (size_t number = 0; number < CASES; number++) {
        ck_assert_uint_eq(taken("all", number, MOST), 1);
        ck_assert_int_eq(unsetenv("SKEL_SAMPLE"), 0);
        ck_assert(skel_sample_takes(number, MOST));
    }
}
END_TEST

START_TEST(a_test_that_runs_again_takes_the_case_behind)
{
    for (size_t number = 0; number < CASES; number++) {
        size_t times = 0;

        ck_assert_int_eq(unsetenv("SKEL_TEST_AGAIN"), 0);
        times = taken("5", number, 3);
        ck_assert_int_eq(setenv("SKEL_TEST_AGAIN", "yes", 1), 0);
        ck_assert_uint_le(times + taken("5", number, 3), 1);
        ck_assert_uint_eq(taken("4", number, 3), times);
    }
}
END_TEST

/* The script's rule is the program's. */
START_TEST(scripts_take_the_same_cases)
{
    static const char *const samples[] = {"0", "7", "268435455", "all"};

    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        FILE *script = NULL;
        char words[256];

        (void)snprintf(words, sizeof words,
                       "SKEL_SAMPLE=%s; . %s/support/sample.sh; for i in $(seq %d); do if "
                       "sample_takes 5; then echo 1; else echo 0; fi; done",
                       samples[s], SKEL_TEST_SOURCE_DIR, CASES);
        script = popen(words, "r");
        ck_assert_ptr_nonnull(script);
        for (size_t number = 0; number < CASES; number++) {
            char line[16];

            ck_assert_ptr_nonnull(fgets(line, sizeof line, script));
            ck_assert_uint_eq(strtoul(line, NULL, 10), taken(samples[s], number, 5));
        }
        ck_assert_int_eq(pclose(script), 0);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, numbers_in_a_row_take_each_case_once);
    tcase_add_test(tcase, one_of_so_many_cases_in_a_row_is_taken);
    tcase_add_test(tcase, all_cases_are_taken_where_no_number_chooses);
    tcase_add_test(tcase, a_test_that_runs_again_takes_the_case_behind);
    tcase_add_test(tcase, scripts_take_the_same_cases);
}

int main(void)
{
    return skel_suite_run("sample", fill);
}
