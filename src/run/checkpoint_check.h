/** Judging a checkpoint before anything of it is used. */
#ifndef SKEL_RUN_CHECKPOINT_CHECK_H
#define SKEL_RUN_CHECKPOINT_CHECK_H

#include "checkpoint_state.h"

/** Compares the state in a checkpoint with what the job allows: every number of /state, the rows of
 *  the tables, the number of kept weights, the range of every vector.
 *
 *  Local; for the root. Reads masks and vectors, and keeps none.
 *  @param state  as it was prepared
 *  Errors: SKEL_ERR_DATA naming file and attribute or dataset, with the value and what is expected;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_checkpoint_check(const skel_inputs *in,
                                               const skel_checkpoint_state *state,
                                               skel_reader *reader);

#endif
