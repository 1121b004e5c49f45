/* SET, sparse evolutionary training: a random mask by the Erdos-Renyi rule that moves while the
 * network is trained: the smallest weights of each layer go, as many others come back at random.
 * Here is the first mask; skel_mask_evolve() moves it.
 * Source: Mocanu et al. 2018, algorithm 2. */
#include "criteria.h"

const skel_criterion skel_criterion_set = {
    .name = "set",
    .summary = "sparse from the start, the mask moves while training: regrowth at random",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_ERK,
    .score = skel_score_random,
};
