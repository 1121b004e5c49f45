/* FORCE, foresight connection sensitivity: score_i = |theta_i g_i|. The gradient g is taken at the
 * pruned network theta * c_t for all weights, and multiplied by the weights before pruning. So a
 * pruned weight has a score, too, and can come back ("resurrect") when the next mask is chosen from
 * all weights. Source: de Jorge et al. 2021, equations 5 and 6, algorithm 1. */
#include "methods.h"

const skel_method skel_method_force = {
    .name = "force",
    .summary = "progressive skeletonization: saliency at the pruned network, weights can return",
    .signal = SKEL_SIGNAL_GRADIENT,
    .rule = SKEL_RULE_TERMS,
    .iterative = true,
    .defaults.iterations = 60,
    .score = skel_score_saliency,
};
