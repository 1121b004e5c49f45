/** The weights that a leg of training starts from. */
#ifndef SKEL_RUN_REWIND_H
#define SKEL_RUN_REWIND_H

#include "checkpoint_state.h"

/** Puts weights, momentum and buffers where a leg starts, and shuffles a final mask if asked to.
 *
 *  Local, the same on every rank. Only before the first epoch of a leg. Where tickets rewind to a
 *  step inside an epoch, the part of the epoch before it becomes that of the leg: the figures of
 *  this epoch count its batches, too.
 *
 *  Before training: the initial weights. Where a trained network is pruned: its kept weights, with
 *  no momentum, as with a new optimiser. Lottery tickets: weights, momentum and buffers as they
 *  were at the moment to rewind to. All are masked.
 */
void skel_rewind_weights(const skel_inputs *in, skel_checkpoint_state *state);

/** Whether this is the moment that lottery tickets rewind to, in the first leg.
 *
 *  Local.
 */
bool skel_rewind_is_here(const skel_inputs *in, const skel_checkpoint_state *state);

/** Copies weights, momentum, buffers and the part of the epoch if this is that moment.
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
