/** Judging the data of a checkpoint. */
#ifndef SKEL_RUN_CHECKPOINT_DATA_H
#define SKEL_RUN_CHECKPOINT_DATA_H

#include "inputs.h"

#include "skel/reader.h"

/** Compares the data that a checkpoint was computed on with the data in memory.
 *
 *  Local; for the root. A checkpoint of an earlier release may not say.
 *  Errors: SKEL_ERR_DATA naming checkpoint and data file, or the identities.
 */
SKEL_CHECKED skel_status skel_checkpoint_data_check(const skel_inputs *in, skel_reader *reader);

#endif
