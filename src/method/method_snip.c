/* SNIP: score_i = |theta_i g_i| at the network with all weights, in one iteration.
 * Source: Lee, Ajanthan and Torr 2019, algorithm 1. */
#include "methods.h"

const skel_method skel_method_snip = {
    .name = "snip",
    .summary = "saliency at the network with all weights, in one iteration",
    .signal = SKEL_SIGNAL_GRADIENT,
    .rule = SKEL_RULE_TERMS,
    .score = skel_score_saliency,
};
