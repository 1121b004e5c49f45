/* FORCE, foresight connection sensitivity: score_i = |theta_i g_i|, where g is the gradient at the
 * pruned network theta * c_t, taken for all weights. A pruned weight has its own theta_i in the
 * product, so it can come back ("resurrect") when the next mask is chosen from all weights.
 * Source: de Jorge et al. 2021, equations 5 and 6, algorithm 1. */
#include "criteria.h"

const skel_criterion skel_criterion_force = {
    .name = "force",
    .summary = "progressive skeletonization: saliency at the pruned network, weights can return",
    .signal = SKEL_SIGNAL_GRADIENT,
    .iterative = true,
    .score = skel_score_saliency,
};
