/* SNIP: score_i = |theta_i g_i| at the whole network, once.
 * Source: Lee, Ajanthan and Torr 2019, algorithm 1. */
#include "criteria.h"

const skel_criterion skel_criterion_snip = {
    .name = "snip",
    .summary = "saliency at the whole network, in one step",
    .signal = SKEL_SIGNAL_GRADIENT,
    .score = skel_score_saliency,
};
