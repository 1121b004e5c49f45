/* SET, sparse evolutionary training: a random mask by the Erdos-Renyi-Kernel rule changes during
 * training: the smallest weights of each layer are dropped, and as many others grow at random. The
 * score here draws the first mask; skel_evolve_mask() changes it. With prune.drop-by sign the same
 * share of the positive and of the negative weights goes, as in the paper. The authors' code has
 * layer densities without the kernel's term, keeps the last layer whole (prune.keep-layers), and
 * makes a new optimiser in each epoch; momentum goes on here. Source: Mocanu et al. 2018,
 * algorithm 1. */
#include "methods.h"

const skel_method skel_method_set = {
    .name = "set",
    .summary = "sparse from the start, the mask moves while training: regrowth at random",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_ERK,
    .defaults = {.update_every = 0 /* one epoch */, .update_until = 1, .drop_fraction = 0.3},
    .rule = SKEL_RULE_FIRST,
    .score = skel_score_random,
};
