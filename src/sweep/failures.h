/** Failures: the runs of a sweep that have failed, and the status of the whole sweep. */
#ifndef SKEL_SWEEP_FAILURES_H
#define SKEL_SWEEP_FAILURES_H

#include "skel/sweep.h"

/** The worse of two statuses, which the sweep ends with.
 *
 *  Local. From the worst: SKEL_ERR_MEMORY and SKEL_ERR_INTERNAL, SKEL_ERR_NUMBER, SKEL_ERR_STORAGE,
 *  SKEL_ERR_IO, SKEL_ERR_DATA, SKEL_ERR_MISSING, SKEL_ERR_CONFIG, SKEL_ERR_USAGE, SKEL_OK.
 */
skel_status skel_failures_worse(skel_status a, skel_status b);

/** Prints the table of failed runs on standard error, and returns the status of the sweep.
 *
 *  Local; for the root. A sweep of one run has no table, and the run's own message.
 *  @param tried    runs of this invocation
 *  @param unbegun  those of them that no group has begun
 *  Errors: the worst of the runs'; SKEL_ERR_STOPPED if a run was stopped, or runs were not begun
 *          because of a request to stop, whatever has failed.
 */
SKEL_CHECKED skel_status skel_failures_tell(const skel_sweep *sweep, size_t tried, size_t unbegun);

#endif
