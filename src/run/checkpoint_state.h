/** What a checkpoint holds: all that changes while a run goes on. */
#ifndef SKEL_RUN_CHECKPOINT_STATE_H
#define SKEL_RUN_CHECKPOINT_STATE_H

#include "experiment_impl.h"

/** Writes the run's state to a checkpoint.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_checkpoint_write_state(const skel_experiment *run,
                                                     skel_position position, skel_file *file);

/** Gives every rank the state that the root reads of a checkpoint, and says so.
 *
 *  Collective.
 *  @param path    of the checkpoint; the root's counts
 *  @param reader  the root's, open; ignored on the other ranks
 *  Errors: SKEL_ERR_DATA, SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_read_state(skel_experiment *run, const char *path,
                                                    skel_reader *reader, skel_position *position);

#endif
