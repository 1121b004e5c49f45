/* Iterative SNIP: score_i = |theta_i g_i| at the pruned network; a pruned weight stays pruned.
 * Source: de Jorge et al. 2021, section 4 and algorithm 1; Verdenius et al. 2020. */
#include "methods.h"

const skel_method skel_method_iter_snip = {
    .name = "iter-snip",
    .summary = "iterative SNIP: saliency at the pruned network, a pruned weight stays pruned",
    .signal = SKEL_SIGNAL_GRADIENT,
    .rule = SKEL_RULE_TERMS,
    .iterative = true,
    .permanent = true,
    .defaults.iterations = 60,
    .score = skel_score_saliency,
};
