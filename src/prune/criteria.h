/** The criteria, one file each, and the product that three of them share. */
#ifndef SKEL_PRUNE_CRITERIA_H
#define SKEL_PRUNE_CRITERIA_H

#include "skel/criterion.h"

extern const skel_criterion skel_criterion_force;
extern const skel_criterion skel_criterion_iter_snip;
extern const skel_criterion skel_criterion_snip;
extern const skel_criterion skel_criterion_random;
extern const skel_criterion skel_criterion_magnitude;
extern const skel_criterion skel_criterion_none;

/** |theta_i g_i| of every prunable weight.
 *
 *  Local. Flat vectors; `scores` is written in the mask's segments alone.
 */
void skel_saliency(const skel_mask *mask, const float parameters[], const float gradient[],
                   float scores[]);

#endif
