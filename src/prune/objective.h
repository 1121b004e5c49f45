/** The objective of a mask. */
#ifndef SKEL_PRUNE_OBJECTIVE_H
#define SKEL_PRUNE_OBJECTIVE_H

#include "skel/mask.h"

/** Sum over kept weights of |theta_i g_i|, in double, in an order that is always the same.
 *
 *  Local. Source: de Jorge et al. 2021, equation 5.
 */
double skel_objective(const skel_mask *mask, const float parameters[], const float gradient[]);

#endif
