/* Grow and prune, the part of NeST that changes weights: training starts from a random mask, the
 * first half of the changes adds the pruned weights with the largest |mean gradient| of each layer,
 * the second half removes each layer's smallest |theta_i|, with training between all changes. From
 * k kept weights of m the mask grows linearly to k + f (m - k), f being prune.drop-fraction, and
 * falls to k again by equal factors. A layer takes part in proportion to its pruned weights when it
 * grows, and to its kept ones when it shrinks. The mean gradient is the momentum of the last
 * prune.momentum-steps.
 * Deviations: NeST also grows and removes neurons and feature maps, and starts a grown weight from
 * its gradient, where it starts at 0 here; the authors published no code. The network is trained
 * with gradients of all weights. Source: Dai, Yin and Jha 2019 (NeST), the sections on connection
 * growth and magnitude-based pruning. */
#include "methods.h"

const skel_method skel_method_grow_and_prune = {
    .name = "grow-and-prune",
    .summary = "sparse from the start, weights grow by their gradient, then the smallest go",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_UNIFORM,
    .movement = SKEL_MOVEMENT_SWELL,
    .defaults = {.update_every = 0 /* one epoch */,
                 .update_until = 0.75,
                 .drop_fraction = 0.1,
                 .momentum_steps = 50},
    .rule = SKEL_RULE_FIRST,
    .score = skel_score_random,
};
