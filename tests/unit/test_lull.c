/* Lulls: how much silence of another group ends the job, and what does not. */
#include "suite.h"

#include "skel/progress.h"
#include "skel/watchdog.h"
#include "sweep/lull.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 4096, SIDE = 7 /* exit status of a child that nobody has ended */, GROUPS = 3 };

static const double limit = 100; /* seconds of the watchdogs: the patience is longer */

/* Lets a child watch for so many seconds in steps; group 1 is heard of at each step, group 2 never.
 */
static int watch(double seconds, double step, double compute, double io, bool ended,
                 char words[WORDS])
{
    int ends[2];
    int state = 0;
    size_t length = 0;
    ssize_t got = 0;
    pid_t child = -1;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const skel_watchdog_options options = {.compute = compute, .io = io};
        double now = skel_seconds();
        skel_comm *self = NULL;
        skel_lull *lull = NULL;

        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        if (skel_watchdog_start(&options) != SKEL_OK || skel_comm_create_self(&self) != SKEL_OK ||
            skel_lull_open(self, GROUPS, 0, true, &lull) != SKEL_OK) {
            _exit(1);
        }
        if (ended) {
            skel_lull_end(lull, 2);
        }
        for (size_t i = 0; (double)i * step < seconds; i++) {
            skel_lull_hear(lull, 1);
            skel_lull_watch(lull, now + (double)i * step);
        }
        _exit(SIDE);
    }
    (void)close(ends[1]);
    while ((got = read(ends[0], words + length, WORDS - 1 - length)) > 0) {
        length += (size_t)got;
    }
    words[length] = '\0';
    (void)close(ends[0]);
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

START_TEST(a_silent_group_ends_the_job_after_its_own_watchdogs_would)
{
    char words[WORDS];

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
    char words[WORDS];

    ck_assert_int_eq(watch(10 * limit, 1, limit, limit, true, words), SIDE);
    ck_assert_str_eq(words, "");
}
END_TEST

START_TEST(without_both_limits_silence_is_not_counted)
{
    char words[WORDS];

    ck_assert_int_eq(watch(10 * limit, 1, limit, 0, false, words), SIDE);
    ck_assert_int_eq(watch(10 * limit, 1, 0, limit, false, words), SIDE);
    ck_assert_int_eq(watch(10 * limit, 1, 0, 0, false, words), SIDE);
}
END_TEST

/* This process was stopped itself: the letters of the others have waited. */
START_TEST(a_long_gap_between_two_looks_counts_for_little)
{
    char words[WORDS];

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
