/** Notices: the lines of the log on the runs of a sweep. */
#ifndef SKEL_SWEEP_NOTICE_H
#define SKEL_SWEEP_NOTICE_H

#include "skel/sweep.h"

/** Says what a run that is done has reached.
 *
 *  Local.
 *  @param number  of the run, from 1
 *  @param total   runs of the sweep
 *  @param kept    whether the run's file was there before
 */
void skel_notice_done(const skel_sweep_run *run, size_t number, size_t total, bool kept);

/** Says that a run is not done because an earlier run of the sweep is the same.
 *
 *  Local.
 *  @param index  of the run, from 0
 */
void skel_notice_repeated(const skel_sweep *sweep, size_t index);

#endif
