/** Effort: the arithmetic of a run, what finds its mask apart from what trains the result. */
#ifndef SKEL_EFFORT_H
#define SKEL_EFFORT_H

#include "skel/job.h"
#include "skel/networks.h"

/** Multiply-adds of convolutions and linear layers, and of linear algebra; those of pruned weights
 *  count as all others. A backward pass has twice those of a forward pass. Tests and diagnosis do
 *  not count. Plain data. */
typedef struct skel_effort {
    double mask;     /**< of signals, and of trainings before the last pruning iteration */
    double training; /**< after it; where masks move while the network is trained, of all of it */
} skel_effort;

/** Computes the effort of a run.
 *
 *  Local, without MPI.
 *  @param networks  of the runs before it
 *  Errors: as skel_settings_resolve() and skel_networks_of().
 */
SKEL_CHECKED skel_status skel_effort_of(skel_networks *networks, const skel_job *job,
                                        skel_effort *out);

#endif
