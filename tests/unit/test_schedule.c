/* The numbers of weights that schedules keep. */
#include "suite.h"

#include "skel/schedule.h"

START_TEST(the_schedules_are_the_papers)
{
    const skel_schedule exponential = SKEL_SCHEDULE_EXPONENTIAL;
    const skel_schedule linear = SKEL_SCHEDULE_LINEAR;

    /* 1 % in two steps passes through 10 %, or through 50.5 % */
    ck_assert_uint_eq(skel_schedule_kept(exponential, 100000, 0.01, 1, 2), 10000);
    ck_assert_uint_eq(skel_schedule_kept(linear, 100000, 0.01, 1, 2), 50500);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 100000, 0.01, 2, 2), 1000);
    /* 23467712 * exp(-0.1 ln 200) = 13815536.4, * (1 - 0.1 * 0.995) = 21132674.7 */
    ck_assert_uint_eq(skel_schedule_kept(exponential, 23467712, 1 - 0.995, 4, 40), 13815536);
    ck_assert_uint_eq(skel_schedule_kept(linear, 23467712, 1 - 0.995, 4, 40), 21132674);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 1000, 1 - 0.9, 1, 1), 100);
    ck_assert_uint_eq(skel_schedule_kept(linear, 1000, 1 - 0.9, 7, 7), 100);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 1000, 1.0, 3, 7), 1000);
    ck_assert_uint_eq(skel_schedule_kept(linear, 1000, 1.0, 7, 7), 1000);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 1000, 1e-9, 5, 5), 1);
}
END_TEST

START_TEST(a_schedule_never_keeps_more_than_before)
{
    for (int schedule = 0; schedule < 2; schedule++) {
        for (size_t iterations = 1; iterations < 70; iterations++) {
            size_t before = 20024000;

            for (size_t t = 1; t <= iterations; t++) {
                size_t kept = skel_schedule_kept((skel_schedule)schedule, 20024000, 1 - 0.9999, t,
                                                 iterations);

                ck_assert(kept <= before);
                before = kept;
            }
            ck_assert_uint_eq(before, 2002);
        }
    }
}
END_TEST

START_TEST(a_density_that_leaves_nothing_is_refused)
{
    ck_assert_ok(skel_schedule_check(1000, 1 - 0.999));
    ck_assert(skel_schedule_check(1000, 1 - 0.9995) == SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "sparsity 0.9995 leaves less than one of 1000 weights: "
                                           "at most 0.999 is possible");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_schedules_are_the_papers);
    tcase_add_test(tcase, a_schedule_never_keeps_more_than_before);
    tcase_add_test(tcase, a_density_that_leaves_nothing_is_refused);
}

int main(void)
{
    return skel_suite_run("schedule", fill);
}
