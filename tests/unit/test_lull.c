/* Lulls: how much silence of another group ends the job, and what does not. */
#include "child.h"
#include "suite.h"

#include "skel/progress.h"
#include "skel/watchdog.h"
#include "sweep/lull.h"

#include <string.h>
#include <unistd.h>

enum { SIDE = 7 /* exit status of a child that nobody has ended */, GROUPS = 3 };

static const double limit = 100; /* seconds of the watchdogs: the patience is longer */

/* What a child watches: group 1 is heard of at each step, group 2 never. */
typedef struct watch_plan {
    double seconds;
    double step;
    skel_watchdog_options options;
    bool ended; /* group 2 has said that it has ended */
} watch_plan;

static void follow(void *context)
{
    const watch_plan *plan = context;
    double now = skel_seconds();
    skel_comm *self = NULL;
    skel_lull *lull = NULL;

    if (skel_watchdog_start(&plan->options) != SKEL_OK || skel_comm_create_self(&self) != SKEL_OK ||
        skel_lull_open(self, GROUPS, 0, true, &lull) != SKEL_OK) {
        _exit(1);
    }
    if (plan->ended) {
        skel_lull_end(lull, 2);
    }
    for (size_t i = 0; (double)i * plan->step < plan->seconds; i++) {
        skel_lull_hear(lull, 1);
        skel_lull_watch(lull, now + (double)i * plan->step);
    }
}

/* Lets a child watch for so many seconds in steps; its words and exit status. */
static int watch(double seconds, double step, double compute, double io, bool ended,
                 char words[SKEL_CHILD_WORDS])
{
    watch_plan plan = {seconds, step, {.compute = compute, .io = io}, ended};

    return skel_child_run(follow, &plan, SIDE, words);
}

START_TEST(a_silent_group_ends_the_job_after_its_own_watchdogs_would)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(limit, 1, limit, limit / 2, false, words), SIDE);
    ck_assert_str_eq(words, "");
    ck_assert_int_eq(watch(2 * limit, 1, limit, limit / 2, false, words), 74);
    ck_assert_ptr_nonnull(
        strstr(words, "the first of its group of ranks, has given no sign of life"));
    ck_assert_ptr_nonnull(strstr(words, "exit status 74"));
    ck_assert_int_eq(watch(2 * limit, 1, limit / 2, limit, false, words), 74);
}
END_TEST

START_TEST(a_group_without_a_run_may_be_silent)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(10 * limit, 1, limit, limit, true, words), SIDE);
    ck_assert_str_eq(words, "");
}
END_TEST

START_TEST(without_both_limits_silence_is_not_counted)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(10 * limit, 1, limit, 0, false, words), SIDE);
    ck_assert_int_eq(watch(10 * limit, 1, 0, limit, false, words), SIDE);
    ck_assert_int_eq(watch(10 * limit, 1, 0, 0, false, words), SIDE);
}
END_TEST

/* This process was stopped itself: the letters of the others have waited. */
START_TEST(a_long_gap_between_two_looks_counts_for_little)
{
    char words[SKEL_CHILD_WORDS];

    ck_assert_int_eq(watch(3000 * limit, 1000 * limit, limit, limit, false, words), SIDE);
    ck_assert_str_eq(words, "");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_silent_group_ends_the_job_after_its_own_watchdogs_would);
    tcase_add_test(tcase, a_group_without_a_run_may_be_silent);
    tcase_add_test(tcase, without_both_limits_silence_is_not_counted);
    tcase_add_test(tcase, a_long_gap_between_two_looks_counts_for_little);
}

int main(void)
{
    return skel_suite_run("lull", fill);
}
