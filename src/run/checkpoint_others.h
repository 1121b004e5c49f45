/** Checkpoints of the same settings on other data. */
#ifndef SKEL_RUN_CHECKPOINT_OTHERS_H
#define SKEL_RUN_CHECKPOINT_OTHERS_H

#include "inputs.h"

/** Looks for a checkpoint with the settings of this run beside its file, under a name that other
 *  data gave it: then files were changed since the run was stopped.
 *
 *  Local; for the root. A file that cannot be read is no such checkpoint.
 *  Errors: SKEL_ERR_DATA naming the checkpoint and the file that has changed; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_checkpoint_check_others(const skel_inputs *in);

#endif
