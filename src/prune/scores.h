/** The scores of all prunable weights by a method's formula. */
#ifndef SKEL_PRUNE_SCORES_H
#define SKEL_PRUNE_SCORES_H

#include "skel/mask.h"
#include "skel/method.h"

/** Computes the scores of all prunable weights, as if none were pruned.
 *
 *  Local.
 *  @param method      one that prunes
 *  @param mask        for its segments alone
 *  @param parameters  [mask->count], not masked
 *  @param signal      [mask->count] the method's signal; NULL with SKEL_SIGNAL_NONE
 *  @param scores      [mask->count] out, written in the segments alone
 */
void skel_scores_compute(const skel_method *method, const skel_mask *mask, const float parameters[],
                         const float signal[], uint64_t seed, float scores[]);

#endif
