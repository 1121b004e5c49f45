/** The weights that a leg of training starts from. */
#ifndef SKEL_RUN_REWIND_H
#define SKEL_RUN_REWIND_H

#include "checkpoint_state.h"

/** Puts weights, momentum and buffers where a leg starts, and shuffles a final mask if asked to.
 *
 *  Local, the same on every rank. Only before the first epoch of a leg.
 *
 *  Before training: the initial weights. Where a trained network is pruned: its kept weights, with
 *  no momentum, as with a new optimiser. Lottery tickets: weights, momentum and buffers as they
 *  were after the epoch to rewind to. All are masked.
 */
void skel_rewind_weights(const skel_inputs *in, skel_checkpoint_state *state);

/** Copies weights, momentum and buffers if this is the epoch that lottery tickets rewind to.
 *
 *  Local.
 */
void skel_rewind_save(const skel_inputs *in, skel_checkpoint_state *state);

/** Whether that copy has been made.
 *
 *  Local. Always false if tickets start from the initial weights.
 */
bool skel_rewind_is_saved(const skel_inputs *in, const skel_checkpoint_state *state);

#endif
