/** Notices: the lines of the log on the runs of a sweep. */
#ifndef SKEL_SWEEP_NOTICE_H
#define SKEL_SWEEP_NOTICE_H

#include "skel/sweep.h"

enum { SKEL_NOTICE_NAME = 160 }; /**< bytes of a run's name */

/** Names a run, with the values of swept keys: "force 98 %, seed 0, train.epochs=4".
 *
 *  Local.
 */
void skel_notice_name(const skel_sweep *sweep, size_t index, char out[SKEL_NOTICE_NAME]);

/** Says what a run that is done has reached, and how many runs of the sweep are done.
 *
 *  Local.
 *  @param kept  whether the run's file was there before
 */
void skel_notice_done(const skel_sweep *sweep, size_t index, bool kept);

/** Says that a run has failed, and why, unless it is the only one: then its failure is the error of
 *  the whole program.
 *
 *  Local.
 *  @param tried  runs of the invocation
 */
void skel_notice_failed(const skel_sweep *sweep, size_t index, size_t tried);

/** Says that a run is not done because an earlier run of the sweep is the same.
 *
 *  Local.
 *  @param index  of the run, from 0
 */
void skel_notice_repeated(const skel_sweep *sweep, size_t index);

#endif
