/** Energies of hidden units that pruning removes. */
#ifndef SKEL_RUN_ENERGIES_H
#define SKEL_RUN_ENERGIES_H

#include "skel/prune.h"
#include "skel/settings.h"

/** Warns if an iteration has removed a unit whose energy has not vanished: then prune.sparsity has
 *  decided, and not the training. An energy has vanished if it is at most a hundredth of the mean
 *  of the units that were there before the iteration.
 *
 *  Local. Nothing is remembered, so that a run that is resumed says the same of its iterations.
 *  @param iteration  from 1
 *  @param report     of this iteration
 */
void skel_energies_warn(const skel_job *job, const skel_settings *settings, size_t iteration,
                        const skel_prune_report *report);

#endif
