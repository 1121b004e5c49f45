/** Figures of a mask before any training: objective, norms of the gradient, sums of scores. */
#ifndef SKEL_FORESIGHT_H
#define SKEL_FORESIGHT_H

#include "skel/mask.h"
#include "skel/method.h"

/** Figures by which masks of any origin are compared, with the same weights on the same images. */
typedef struct skel_foresight {
    double objective;         /**< sum over kept i of |theta_i g_i| */
    double gradient_norm;     /**< l2 norm of g over the kept prunable weights */
    double gradient_norm_all; /**< l2 norm of g over all prunable weights */
} skel_foresight;

/** Computes the figures of a mask.
 *
 *  Local. Sums are in double and in a fixed order. Nothing outside the segments is read.
 *  @param parameters  [mask->count] theta, not masked
 *  @param gradient    [mask->count] g: the loss' mean gradient at theta * mask, of all weights
 *  Source: de Jorge et al. 2021, equation 5.
 */
skel_foresight skel_foresight_of(const skel_mask *mask, const float parameters[],
                                 const float gradient[]);

/** Sums a method's scores over the weights that a mask keeps, and over the best possible choice of
 *  as many weights.
 *
 *  Local. The scores are those by which the method would choose at this mask; pruned weights have
 *  scores like the others, with a permanent method, too.
 *  @param method      it prunes, and its signal is none or the gradient
 *  @param parameters  [mask->count] theta, not masked
 *  @param gradient    [mask->count] the mean gradient of the loss at theta * mask, of all weights
 *  @param seed        for methods that draw their scores
 *  @param sum         out: sum over the kept weights; in double, in a fixed order
 *  @param best        out: the largest sum that the same number of weights can have
 *  Errors: SKEL_ERR_NUMBER for a score that is not finite; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_foresight_scores(const skel_method *method, const skel_mask *mask,
                                               const float parameters[], const float gradient[],
                                               uint64_t seed, double *sum, double *best);

#endif
