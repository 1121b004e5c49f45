/** Figures of one iteration: the objective, and the number of weights that changed. */
#ifndef SKEL_PRUNE_OBJECTIVE_H
#define SKEL_PRUNE_OBJECTIVE_H

#include "skel/mask.h"

/** Sum over kept weights of |theta_i g_i|, in double, in an order that is always the same.
 *
 *  Local. Source: de Jorge et al. 2021, equation 5.
 */
double skel_objective(const skel_mask *mask, const float parameters[], const float gradient[]);

/** Number of prunable weights that one mask keeps and another does not.
 *
 *  Local. `with` and `without` are the masks' bytes, [mask->count]; `mask` is used for its
 *  segments.
 */
size_t skel_objective_gained(const skel_mask *mask, const uint8_t with[], const uint8_t without[]);

#endif
