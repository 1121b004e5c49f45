/** Swept keys: the settings that the runs of a sweep differ in. */
#ifndef SKEL_SWEEP_SWEPT_H
#define SKEL_SWEEP_SWEPT_H

#include "skel/sweep.h"

enum { SKEL_SWEPT = 2048 }; /**< bytes of the swept keys of a run */

/** Writes a line "KEY=VALUE" for each swept key, in the job's order.
 *
 *  Local. Lines that do not fit are left out.
 */
void skel_swept_lines(const skel_sweep *sweep, const skel_job *job, char out[SKEL_SWEPT]);

#endif
