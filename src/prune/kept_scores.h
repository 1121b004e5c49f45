/** Scores of the kept weights alone, one behind the other. With a method of which a pruned weight
 *  stays pruned, no others are needed. */
#ifndef SKEL_PRUNE_KEPT_SCORES_H
#define SKEL_PRUNE_KEPT_SCORES_H

#include "skel/prune.h"

/** Computes the scores of the kept weights, tensor by tensor, each in the order of its weights.
 *
 *  Local; runs on the root. The scores are those of skel_scores_compute().
 *  @param request    of a permanent method, without units
 *  @param segment    [mask->segments] out: where each tensor's scores are
 *  @param scores     [mask->kept + 1] out; the last one is never read
 *  @param objective  out: sum of |theta_i g_i| over the kept weights; NaN without a gradient
 *  Source: de Jorge et al. 2021, equation 5 (the objective).
 */
void skel_kept_scores_compute(const skel_prune_request *request, const skel_mask *mask,
                              skel_segment segment[], float scores[], double *objective);

/** Flat index of a tensor's kept weight.
 *
 *  Local.
 *  @param s  the tensor
 *  @param n  number among its kept weights, from 0
 */
size_t skel_kept_scores_place(const skel_mask *mask, size_t s, size_t n);

/** Prunes the kept weights that a choice does not keep.
 *
 *  Local.
 *  @param next  [mask->kept + 1] 0 or 1, in the order of the scores; the last one is never read
 */
void skel_kept_scores_apply(skel_mask *mask, const uint8_t next[]);

#endif
