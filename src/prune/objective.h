/** What one iteration achieved: the objective, and how the mask changed. */
#ifndef SKEL_PRUNE_OBJECTIVE_H
#define SKEL_PRUNE_OBJECTIVE_H

#include "skel/mask.h"

/** Sum over kept weights of |theta_i g_i|, in double, in an order that is always the same.
 *
 *  Local. Source: de Jorge et al. 2021, equation 5.
 */
double skel_objective(const skel_mask *mask, const float parameters[], const float gradient[]);

/** Prunable weights that are kept in one mask's bytes and not in another's.
 *
 *  Local. `with` and `without` are [mask->count]; the mask gives the segments.
 */
size_t skel_objective_gained(const skel_mask *mask, const uint8_t with[], const uint8_t without[]);

#endif
