/** Masks that change during training: some kept weights are pruned, and as many pruned weights
 *  grow.
 */
#ifndef SKEL_EVOLVE_H
#define SKEL_EVOLVE_H

#include "skel/mask.h"

/** One change of a mask. Plain data, borrowed. */
typedef struct skel_evolve_request {
    double fraction; /**< share of each tensor's kept weights that is exchanged, 0 to 1 */
    uint64_t seed;
    uint32_t update;       /**< number of the change in the run, for its random numbers */
    const float *gradient; /**< [mask->count] of all weights: those with the largest gradient grow;
                              NULL: weights grow at random, all with the same probability */
    bool by_sign;          /**< the same share of a tensor's positive and of its negative weights
                              goes, those nearest to 0; a weight of 0 counts as positive */
    bool regrow;           /**< a weight that is dropped may grow at once: it stays then, with its
                              value and momentum. Only with `gradient` */
    float *parameters;     /**< [mask->count] in and out */
    float *velocity;       /**< [mask->count] in and out: the optimiser's momentum */
} skel_evolve_request;

/** Exchanges the smallest kept weights of each tensor for as many pruned ones.
 *
 *  Local. The result depends on the arguments alone, so ranks with equal arguments get equal
 *  results.
 *
 *  In a tensor of k kept weights, round(fraction * k) weights are dropped, but at most as many as
 *  the tensor has pruned weights. With `by_sign` the number is counted for both signs apart; if
 *  the tensor has too few pruned weights, fewer negative ones go. The weights with the smallest
 *  magnitude are dropped; of equal magnitudes the higher index. As many weights grow; of equal
 *  gradients the lower index. Without `regrow` a weight that is dropped does not grow in the same
 *  change. Every tensor keeps as many weights as before; a tensor without pruned weights does not
 *  change. Weights that go and weights that come are set to 0, and so is their momentum.
 *  @param exchanged  out: number of weights that went, over all tensors; as many came
 *  Errors: SKEL_ERR_NUMBER if a kept weight, or the gradient of a pruned one, is not finite; the
 *          message has the tensor's name (mask->names). SKEL_ERR_MEMORY. After an error the tensors
 *          before the failing one are changed.
 *  Source: Evci et al. 2020, algorithm 1, with `regrow`; Mocanu et al. 2018, algorithm 1 (the
 *          smallest positive and the largest negative weights go), with `by_sign`.
 */
SKEL_CHECKED skel_status skel_evolve_mask(skel_mask *mask, const skel_evolve_request *request,
                                          size_t *exchanged);

#endif
