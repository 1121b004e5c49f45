/** What a mask promises: its figures by the gradient at the network that it leaves. */
#ifndef SKEL_FORESIGHT_H
#define SKEL_FORESIGHT_H

#include "skel/criterion.h"

/** Figures of a mask, to compare masks of any origin with the same weights on the same images. */
typedef struct skel_foresight {
    double objective;         /**< sum over kept i of |theta_i g_i| */
    double gradient_norm;     /**< l2 norm of g over the kept prunable weights */
    double gradient_norm_all; /**< l2 norm of g over all prunable weights */
} skel_foresight;

/** Takes the figures of a mask.
 *
 *  Local. In double, in an order that is always the same. Outside the segments nothing is read.
 *  @param parameters  [mask->count] theta, not masked
 *  @param gradient    [mask->count] g of all weights: the loss' mean gradient at theta * mask
 *  Source: de Jorge et al. 2021, equation 5.
 */
skel_foresight skel_foresight_of(const skel_mask *mask, const float parameters[],
                                 const float gradient[]);

/** Adds up a method's scores over the weights that a mask keeps, and over the best as many.
 *
 *  Local. Scores are what the method would choose by at this mask; a permanent one's are not
 *  lowered where the mask is 0.
 *  @param criterion   its signal is none or the gradient, and it prunes
 *  @param parameters  [mask->count] theta, not masked
 *  @param gradient    [mask->count] the mean gradient of the loss at theta * mask, of all weights
 *  @param seed        for methods that draw their scores
 *  @param sum         out: over the kept weights; in double, in an order that is always the same
 *  @param best        out: the largest sum that as many weights can have
 *  Errors: SKEL_ERR_NUMBER for a score that is not finite; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_foresight_scores(const skel_criterion *criterion,
                                               const skel_mask *mask, const float parameters[],
                                               const float gradient[], uint64_t seed, double *sum,
                                               double *best);

#endif
