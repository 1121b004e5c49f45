/** The state that a run starts from, which no checkpoint holds: weights and running averages before
 *  pruning and training. A resume makes it anew, and must make the same bits. */
#ifndef SKEL_RUN_INITIAL_STATE_H
#define SKEL_RUN_INITIAL_STATE_H

#include "inputs.h"

#include "skel/reader.h"

/** Takes the checksum of the initial state: of the weights of the saliencies, of those that are
 *  drawn again to be trained, and of the running averages.
 *
 *  Local.
 *  @param in  in: with its three vectors, out: with `initial_xxh3_128`
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_initial_state_seal(skel_inputs *in);

/** Compares the initial state with the one that a checkpoint was computed from.
 *
 *  Local; for the root. A checkpoint without that checksum, of an earlier release, passes.
 *  Errors: SKEL_ERR_DATA naming both checksums.
 */
SKEL_CHECKED skel_status skel_initial_state_check(const skel_inputs *in, skel_reader *reader);

#endif
