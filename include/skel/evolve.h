/** Masks that move while a network is trained: some kept weights go, as many others come. */
#ifndef SKEL_EVOLVE_H
#define SKEL_EVOLVE_H

#include "skel/mask.h"

/** One change of a mask. Plain data, borrowed. */
typedef struct skel_evolve_request {
    double fraction; /**< of each tensor's kept weights that is exchanged, 0 to 1 */
    uint64_t seed;
    uint32_t update;       /**< which change of the run it is, for its random numbers */
    const float *gradient; /**< [mask->count] of all weights: those with the largest come; NULL: any
                                come, all alike */
    float *parameters;     /**< [mask->count] in and out */
    float *velocity;       /**< [mask->count] in and out: the optimiser's momentum */
} skel_evolve_request;

/** Exchanges the smallest kept weights of each tensor for as many that were not kept.
 *
 *  Local. Depends on its arguments alone: the same on every rank that has the same ones.
 *
 *  Of k kept weights round(fraction * k) go, or as many as there is room for: those of the smallest
 *  magnitude, of equal ones the higher index. What goes does not come back in the same change. Of
 *  equal gradients the lower index comes. Every tensor keeps as many weights as before; one that is
 *  kept whole stays as it is. What goes and what comes is 0, and so is its momentum.
 *  @param exchanged  out: weights that went, over all tensors
 *  Errors: SKEL_ERR_NUMBER naming the tensor (mask->names) if a kept weight, or the gradient of
 *          another, is not finite; SKEL_ERR_MEMORY. The tensors before it are changed then.
 *  Source: Evci et al. 2020, algorithm 1, where what goes may come back at once; Mocanu et al.
 *          2018, algorithm 2, where the smallest positive and the largest negative weights go.
 */
SKEL_CHECKED skel_status skel_mask_evolve(skel_mask *mask, const skel_evolve_request *request,
                                          size_t *exchanged);

#endif
