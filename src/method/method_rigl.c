/* RigL, the rigged lottery: a random mask by the Erdos-Renyi-Kernel rule changes during training:
 * the smallest weights of each layer are dropped, and as many with the largest gradient grow. The
 * score here draws the first mask; skel_evolve_mask() changes it.
 * With prune.regrow-dropped, the default, a dropped weight may grow at once, as in the paper's
 * algorithm and in the authors' code. Source: Evci et al. 2020, section 3 and algorithm 1. */
#include "methods.h"

const skel_method skel_method_rigl = {
    .name = "rigl",
    .summary = "sparse from the start, the mask moves while training: regrowth by gradient",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_ERK,
    .grows_by_gradient = true,
    .defaults = {.update_every = 100, .update_until = 0.75, .drop_fraction = 0.3},
    .rule = SKEL_RULE_FIRST,
    .score = skel_score_random,
};
