/** Masks that move weights from tensor to tensor during training: DSR, SNFS, grow and prune. */
#ifndef SKEL_REALLOCATE_H
#define SKEL_REALLOCATE_H

#include "skel/layer_rules.h"
#include "skel/mask.h"
#include "skel/method.h"

/** One change of a mask. Plain data, borrowed. */
typedef struct skel_reallocation {
    skel_movement movement;        /**< not SKEL_MOVEMENT_EXCHANGE */
    const skel_layer_rules *rules; /**< a whole tensor does not change; no other one falls below its
                                      floor, or below 1 weight */
    double threshold;              /**< THRESHOLD: weights with a smaller magnitude go */
    double fraction;               /**< MOMENTUM: share of each tensor's kept weights that goes */
    size_t kept;                   /**< SWELL: weights after the change, over all tensors */
    uint64_t seed;
    uint32_t update;       /**< number of the change in the run, for its random numbers */
    const float *momentum; /**< [mask->count] of pruned weights; kept ones have `velocity`. NULL
                                with THRESHOLD, whose weights grow at random */
    bool regrow;           /**< MOMENTUM: a weight that is dropped may grow at once: it stays then,
                                with its value and momentum */
    float *parameters;     /**< [mask->count] in and out */
    float *velocity;       /**< [mask->count] in and out: the optimiser's momentum */
} skel_reallocation;

/** Drops the smallest kept weights, and grows pruned ones in tensors that the movement chooses.
 *
 *  Local. The result depends on the arguments alone, so ranks with equal arguments get equal
 *  results.
 *
 *  THRESHOLD drops all weights below the threshold, and gives the tensors as many in proportion to
 *  the weights that they have left. MOMENTUM drops ceil(fraction k) of the k weights of each
 *  tensor, of a tensor denser than 0.8 whose mean |velocity| is above the tensors' mean at most the
 *  share of its pruned weights, and gives the tensors as many in proportion to their mean
 *  |velocity| of before, none more than 99 % of its pruned weights. SWELL either grows, in
 *  proportion to pruned weights, or drops, in proportion to kept ones. Proportions are rounded by
 *  largest remainder (of equal remainders the first tensor). In a tensor the smallest magnitudes
 *  go, of equal ones the higher index; with `momentum` the largest magnitudes grow, of equal ones
 *  the lower index. Weights that go and weights that come are set to 0, and so is their momentum.
 *  @param mask  in and out; THRESHOLD and MOMENTUM keep its number of weights
 *  @param gone  out: number of weights that went
 *  Errors: SKEL_ERR_NUMBER if a value that decides is not finite, naming the tensor (mask->names);
 *          SKEL_ERR_MEMORY. After an error the tensors before the failing one are changed.
 *  Source: Mostafa and Wang 2019, algorithm 1; Dettmers and Zettlemoyer 2020, "Sparse Momentum";
 *          Dai, Yin and Jha 2019.
 */
SKEL_CHECKED skel_status skel_reallocate_mask(skel_mask *mask, const skel_reallocation *request,
                                              size_t *gone);

/** The threshold of the next change: twice this one if fewer than 0.9 of the weights that were to
 *  go went, half of it if more than 1.1 of them went.
 *
 *  Local.
 *  @param wanted  weights that were to go
 *  @param gone    weights that went
 *  Source: Mostafa and Wang 2019, algorithm 1.
 */
double skel_reallocate_threshold(double threshold, double wanted, size_t gone);

#endif
