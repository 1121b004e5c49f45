/** Checkpoints: files from which an unfinished run goes on, bit by bit, where it was stopped. */
#ifndef SKEL_RUN_CHECKPOINT_H
#define SKEL_RUN_CHECKPOINT_H

#include "checkpoint_state.h"

/** Writes a checkpoint if one is due: by iterations, by epochs or by the clock; and if the latest
 *  one is `checkpoint.spacing` times as long ago as it took.
 *
 *  Collective; the root's clock counts. The latest two are kept, PATH.checkpoint and
 *  PATH.checkpoint.old, also if a new one cannot be written.
 *  Errors: as skel_file_publish(); SKEL_ERR_STOPPED if the user has asked to stop; agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_when_due(const skel_inputs *in,
                                                  skel_checkpoint_state *state);

/** Whether a checkpoint is due by the clock: `checkpoint.every-seconds` after the latest one, and
 *  not before `checkpoint.spacing` allows it.
 *
 *  Collective; the root's clock counts.
 */
bool skel_checkpoint_is_time(const skel_inputs *in, const skel_checkpoint_state *state);

/** Whether a checkpoint is due by the clock, as skel_checkpoint_is_time() tells it to all ranks.
 *
 *  Root only.
 */
bool skel_checkpoint_is_late(const skel_inputs *in, const skel_checkpoint_state *state);

/** Writes a checkpoint.
 *
 *  Collective. Errors: as skel_file_publish(); agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_save(const skel_inputs *in, skel_checkpoint_state *state);

/** Writes a checkpoint of a run that the user has asked to stop.
 *
 *  Collective.
 *  Errors: SKEL_ERR_STOPPED with the place of the checkpoint; as skel_file_publish() if it could
 *          not be written; agreed on. Never SKEL_OK.
 */
SKEL_CHECKED skel_status skel_checkpoint_stop(const skel_inputs *in, skel_checkpoint_state *state);

/** Reads the latest good checkpoint of the run; without any the state stays as it was prepared.
 *
 *  Collective. A damaged generation is passed over with a warning if another one is good. If there
 *  are checkpoints and none can be used, the run does not start from the beginning, unless the
 *  assignment's `restart` says so.
 *  Errors: SKEL_ERR_CONFIG for a checkpoint of other settings or of a schema that is not known;
 *          SKEL_ERR_DATA for one of other data, or if none is good; SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_checkpoint_restore(const skel_inputs *in,
                                                 skel_checkpoint_state *state);

/** Removes the checkpoints of a run that is published.
 *
 *  Local; only the root does anything.
 */
void skel_checkpoint_remove(const skel_inputs *in);

#endif
