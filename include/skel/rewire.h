/** Deep rewiring: kept weights have fixed signs, and go where their sign would change. */
#ifndef SKEL_REWIRE_H
#define SKEL_REWIRE_H

#include "skel/mask.h"

/** What follows one step of the optimiser. Plain data, borrowed. */
typedef struct skel_rewiring {
    double rate;  /**< learning rate of the step */
    double l1;    /**< each kept weight shrinks by rate * l1 */
    double noise; /**< and moves by rate * noise times a standard normal number */
    uint64_t seed;
    uint32_t step;      /**< of the training, for its random numbers */
    const float *signs; /**< [mask->count] values with the weights' fixed signs; 0 is positive */
    float *parameters;  /**< [mask->count] in and out */
    float *velocity;    /**< [mask->count] in and out: the optimiser's momentum */
    uint8_t *comes;     /**< [weights of the largest tensor] scratch */
    uint32_t *list;     /**< [weights of the largest tensor + 1] scratch */
} skel_rewiring;

/** Moves the kept weights of each tensor, and exchanges those that have lost their sign for as many
 *  pruned ones.
 *
 *  Local. The result depends on the arguments alone, so ranks with equal arguments get equal
 *  results. A weight that goes becomes 0. As many weights come, all that are pruned then with the
 *  same probability, those that have just gone among them: with their fixed sign, the magnitude
 *  1e-12, and without momentum. Every tensor keeps as many weights as before. A tensor without
 *  pruned weights has no fixed signs: nothing of it changes.
 *  Returns the number of weights that lost their sign, over all tensors.
 *  Source: Bellec et al. 2018, algorithm 1; noise and the number of each tensor as in their code.
 */
size_t skel_rewire_mask(skel_mask *mask, const skel_rewiring *rewiring);

#endif
