/** Checkpoints: files from which an unfinished run goes on, bit by bit, where it was stopped. */
#ifndef SKEL_RUN_CHECKPOINT_H
#define SKEL_RUN_CHECKPOINT_H

#include "checkpoint_state.h"

/** Writes a checkpoint if one is due: by iterations, by epochs or by the clock.
 *
 *  Collective; the root's clock counts. The latest two are kept, PATH.checkpoint and
 *  PATH.checkpoint.old.
 *  Errors: as skel_file_publish(); agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_when_due(const skel_inputs *in,
                                                  skel_checkpoint_state *state);

/** Reads the latest good checkpoint of the run; without one the state stays as it was prepared.
 *
 *  Collective. A checkpoint of another job is refused; a damaged one is passed over with a warning.
 *  Errors: SKEL_ERR_CONFIG for a checkpoint of other settings; SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_restore(const skel_inputs *in,
                                                 skel_checkpoint_state *state);

/** Removes the checkpoints of a run that is published.
 *
 *  Local; only the root does anything.
 */
void skel_checkpoint_remove(const skel_inputs *in);

#endif
