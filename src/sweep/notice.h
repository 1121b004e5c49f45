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

#endif
