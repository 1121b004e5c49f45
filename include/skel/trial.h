/** A run on trial: prepared as any run, to measure what its checkpoints cost. Nothing is trained.
 */
#ifndef SKEL_TRIAL_H
#define SKEL_TRIAL_H

#include "skel/experiment.h"

/** A run on trial. Opaque. */
typedef struct skel_trial skel_trial;

/** Prepares a run, and gives it a state as in the middle of its training: momentum, and a random
 *  mask of the job's sparsity.
 *
 *  Collective.
 *  @param assignment  borrowed while the trial lives; files are made beside its `path`
 *  @param out         *owned*: skel_trial_destroy() it
 *  Errors: as skel_experiment_run() before its first iteration; agreed on.
 */
SKEL_CHECKED skel_status skel_trial_create(const skel_assignment *assignment, skel_trial **out);

/** Frees the trial, and removes its checkpoints; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_trial_destroy(skel_trial **trial);

/** Writes a checkpoint as a run does.
 *
 *  Collective.
 *  @param seconds  out: until it has its name
 *  @param bytes    out, on the root: of its file
 *  Errors: those of writing a file; agreed on.
 */
SKEL_CHECKED skel_status skel_trial_checkpoint(skel_trial *trial, double *seconds, size_t *bytes);

#endif
