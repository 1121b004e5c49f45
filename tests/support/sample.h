/** Which cases of a large matrix a test program tries: all, or a sample that a number chooses.
 *
 *  SKEL_SAMPLE is that number. "all", or no SKEL_SAMPLE: all cases. tests/run.sh makes it of the
 *  commit's hash, and says it; scripts choose by the same rule: sample.sh.
 */
#ifndef SKEL_TESTS_SAMPLE_H
#define SKEL_TESTS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/** Whether a case is tried: one of `parts` in a row is. A test that runs again under a limit
 *  (skel_rig_runs_again()) tries the case behind.
 *
 *  Local. Fails the test if SKEL_SAMPLE is no number.
 */
bool skel_sample_takes(size_t number, size_t parts);

/** The parts of matrices whose cases compute much: 4 under the sanitizers, where all takes ten
 *  times as long; 2 where a test runs again under a limit; else 1, all cases.
 *
 *  Local.
 */
size_t skel_sample_parts(void);

/** The first case from `number` on that is tried, of a matrix whose cases compute much.
 *
 *  Local. for (size_t i = skel_sample_from(0); i < cases; i = skel_sample_from(i + 1))
 */
size_t skel_sample_from(size_t number);

/** Adds a loop test over those cases that are tried, of `cases` that compute much. */
#define skel_sample_add(tcase, test, cases)                                                        \
    for (int loop = (int)skel_sample_from(0); loop < (int)(cases);                                 \
         loop = (int)skel_sample_from((size_t)loop + 1)) {                                         \
        tcase_add_loop_test(tcase, test, loop, loop + 1);                                          \
    }

#endif
