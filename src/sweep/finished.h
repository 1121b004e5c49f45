/** Finished runs: the file of a run that some process has done before. */
#ifndef SKEL_SWEEP_FINISHED_H
#define SKEL_SWEEP_FINISHED_H

#include "skel/sweep.h"

/** Looks whether a run's file is there already, compares it with its checksums, and reads its
 *  outcome then.
 *
 *  Collective. The root reads.
 *  @param path   of the run's file
 *  @param full   compare the whole file; else summary, metrics and provenance alone
 *  @param run    in: its identity; out: its outcome, if found
 *  @param found  the same on every rank
 *  Errors: SKEL_ERR_DATA or SKEL_ERR_IO if what lies at `path` is no run file, is
 *  damaged, or is another run; agreed on.
 */
SKEL_CHECKED skel_status skel_finished_find(const skel_comm *comm, const char *path, bool full,
                                            skel_sweep_run *run, bool *found);

/** Removes what a process that was killed after publishing has left beside a finished run's file:
 *  checkpoints, unfinished files, the lock.
 *
 *  Local; for the root. Nothing is removed while another process holds the lock.
 */
void skel_finished_tidy(const char *path);

#endif
