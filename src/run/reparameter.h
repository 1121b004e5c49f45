/** The last leg of a method that reparameterises: effective weights, auxiliary values and changes
 *  of the mask, from the method's functions. */
#ifndef SKEL_RUN_REPARAMETER_H
#define SKEL_RUN_REPARAMETER_H

#include "checkpoint_state.h"

/** One leg of a reparameterised training. Its vectors are the state's. */
typedef struct skel_reparameter {
    const skel_inputs *in;
    skel_checkpoint_state *state;
    skel_reparameters job;
    skel_reparameterised *tensor; /**< [in->layers]; owned */
    float *slope;      /**< gradient by the first auxiliary quantity; owned; NULL: not needed */
    skel_sgd sgd;      /**< of the auxiliary values */
    double rate_share; /**< learning rate of the auxiliary values by that of the weights */
    size_t every;      /**< steps between choices of the mask */
    size_t steps;      /**< of the leg */
    double until;      /**< step at which the number of kept weights is reached, or after which
                            masks are not refreshed */
    skel_transform transform; /**< for the training; its context is this */
} skel_reparameter;

/** Whether a leg is the one that a run's method reparameterises.
 *
 *  Local.
 */
bool skel_reparameter_is_on(const skel_settings *settings, const skel_leg *leg);

/** Prepares the leg: at its first step auxiliary values get their first values.
 *
 *  Local, the same on every rank.
 *  @param out  *owned*: skel_reparameter_close() it, also after an error; not to be moved while a
 *              training uses `out->transform`
 *  Errors: SKEL_ERR_CONFIG if the strength of the penalty grows beyond all floats; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reparameter_open(const skel_inputs *in, skel_checkpoint_state *state,
                                               const skel_leg *leg, skel_reparameter *out);

/** Computes the weights that are tested and written, state->effective, and the mask where it
 *  follows from them.
 *
 *  Collective. May be repeated.
 *  Errors: SKEL_ERR_INTERNAL if masks of ranks differ; agreed on.
 */
SKEL_CHECKED skel_status skel_reparameter_settle(skel_reparameter *of);

/** Adds a row to /metrics/sparsity: how the mask differs from that of the row before, which the
 *  lineage remembers.
 *
 *  Local. Once for each epoch: after its evaluations, which a stop may interrupt and a resume
 *  repeats.
 *  @param epoch  that has ended, from 1
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reparameter_note(const skel_reparameter *of, size_t epoch);

/** Warns of layers that have lost all weights, and of a sparsity that is far from the job's.
 *
 *  Local.
 */
void skel_reparameter_warn(const skel_reparameter *of);

/** Frees what skel_reparameter_open() took.
 *
 *  Local.
 */
void skel_reparameter_close(skel_reparameter *of);

#endif
