/** Masks that move while a network is trained: SET, RigL, DSR, SNFS, grow and prune. */
#ifndef SKEL_RUN_EVOLUTION_H
#define SKEL_RUN_EVOLUTION_H

#include "checkpoint_state.h"

#include "skel/moves.h"

/** Moves the mask of a run during one leg of training. */
typedef struct skel_evolution {
    const skel_inputs *in;
    skel_checkpoint_state *state;
    skel_worker *trainer; /**< the training's worker; borrowed */
    skel_worker *grower;  /**< computes gradients of all weights, if `trainer` cannot; owned */
    skel_moves moves;
    size_t asked;     /**< weights, or units, that the job asks for */
    bool warned;      /**< of weights that all go at one change */
    skel_rate rate;   /**< of the training's steps */
    uint8_t *comes;   /**< [weights of the largest tensor] scratch of changes after every step;
                           owned; NULL: there are none */
    uint32_t *list;   /**< [weights of the largest tensor + 1] the same */
    skel_mover mover; /**< for the training; its context is this evolution */
} skel_evolution;

/** Makes the mover of a training and gives it to the training.
 *
 *  Collective. Each change adds a row to /metrics/evolve. Warns if there will be none.
 *  @param training  in: with its worker, out: with the mover
 *  @param out       *owned*: skel_evolution_close() it, also after an error; borrowed by the
 *                   training
 *  Errors: as skel_worker_create(); SKEL_ERR_MEMORY; agreed on.
 *  Source: Evci et al. 2020, algorithm 1 and equation 1 (RigL): a change takes the place of an
 *          optimiser's step, the fraction falls by a cosine. Mocanu et al. 2018, algorithm 1 (SET):
 *          a change follows a step, the fraction is constant. The others: src/method/.
 */
SKEL_CHECKED skel_status skel_evolution_open(const skel_inputs *in, skel_checkpoint_state *state,
                                             skel_training *training, skel_evolution *out);

/** Warns of a threshold that no weight was ever below.
 *
 *  Local. After the training.
 */
void skel_evolution_warn(const skel_evolution *evolution);

/** Frees what skel_evolution_open() took.
 *
 *  Collective.
 */
void skel_evolution_close(skel_evolution *evolution);

/** Share of the kept weights that the mask did not keep before it moved.
 *
 *  Local.
 */
double skel_evolution_moved(const skel_checkpoint_state *state);

#endif
