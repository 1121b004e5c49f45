/* RigL, the rigged lottery: a random mask by the Erdos-Renyi-Kernel rule that moves while the
 * network is trained: the smallest weights of each layer go, and come back where the gradient is
 * largest. Here is the first mask; skel_mask_evolve() moves it. Source: Evci et al. 2020,
 * algorithm 1. */
#include "criteria.h"

const skel_criterion skel_criterion_rigl = {
    .name = "rigl",
    .summary = "sparse from the start, the mask moves while training: regrowth by gradient",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_ERK,
    .grows_by_gradient = true,
    .score = skel_score_random,
};
