/** What every test program shares: a main, a leak check after each test, a verdict of all ranks. */
#ifndef SKEL_TESTS_SUITE_H
#define SKEL_TESTS_SUITE_H

#include "skel/comm.h"

#include <check.h>

/* Check's own macro writes the line of each assertion that holds into a file, for its report of a
 * test that crashes: most of the time of tests that assert on each number. Here only an assertion
 * that fails costs more than its condition; all of Check's others are made of this one. A test that
 * crashes is reported by its name. */
#undef ck_assert_msg
#define ck_assert_msg(expr, ...)                                                                   \
    ((expr) ? (void)0                                                                              \
            : _ck_assert_failed(__FILE__, __LINE__, "Assertion '" #expr "' failed", __VA_ARGS__))

/** Runs tests of one process, each forked; after each one no block of ours may be allocated.
 *
 *  Local. Returns the exit status for `main`: 0 only if every test passed.
 *  @param fill  adds test cases' tests: tcase_add_test(tcase, name)
 */
int skel_suite_run(const char *name, void (*fill)(TCase *tcase));

/** Runs collective tests on all ranks, not forked.
 *
 *  Collective. Same return value on every rank.
 */
int skel_suite_run_mpi(int argc, char **argv, const char *name, void (*fill)(TCase *tcase));

/** The ranks of a collective test. Borrowed. */
const skel_comm *skel_suite_comm(void);

/** Whether the condition holds on every rank.
 *
 *  Collective. For ck_assert(skel_suite_all(x)): no rank jumps alone.
 */
bool skel_suite_all(bool condition);

/** Fails the test with the last error's message if a status is not SKEL_OK. One process only. */
#define ck_assert_ok(call) ck_assert_msg((call) == SKEL_OK, "%s: %s", #call, skel_error_message())

#endif
