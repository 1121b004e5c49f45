/** Masks that move while a network is trained: SET and RigL. */
#ifndef SKEL_RUN_EVOLUTION_H
#define SKEL_RUN_EVOLUTION_H

#include "experiment_impl.h"

/** What moves a run's mask. Made for one leg. */
typedef struct skel_evolution {
    skel_experiment *run;
    size_t epoch_steps; /**< steps of an epoch */
    size_t every;       /**< steps between changes */
    size_t steps;       /**< of the whole training */
    double until;       /**< changes are before this step */
    skel_worker *dense; /**< gives gradients of all weights, if training's own does not; owned */
    skel_mover mover;   /**< for the training; its context is this */
} skel_evolution;

/** Makes what moves the mask of a training; it is the training's mover then.
 *
 *  Collective. Changes are at every `every`-th step before `until`, never in the last one, each
 * with a row in /metrics/evolve. Warns if there are none at all.
 *  @param training  its worker is there; in and out
 *  @param out       *owned*: skel_evolution_close() it, also after an error; borrowed by the
 *                   training
 *  Errors: as skel_worker_create(); agreed on.
 *  Source: Evci et al. 2020, algorithm 1 and equation 1: instead of an optimiser's step, fractions
 *          that fall by a cosine. Mocanu et al. 2018, algorithm 2: after a step, a constant one.
 */
SKEL_CHECKED skel_status skel_evolution_open(skel_experiment *run, skel_training *training,
                                             skel_evolution *out);

/** Frees what skel_evolution_open() took.
 *
 *  Collective.
 */
void skel_evolution_close(skel_evolution *evolution);

/** Share of the kept weights that the mask did not keep before it moved.
 *
 *  Local.
 */
double skel_evolution_moved(const skel_experiment *run);

#endif
