/* Sparse networks from scratch, by sparse momentum: at each change the ceil(p k_l) smallest of the
 * k_l weights of layer l go, and as many in all grow: layer l gets them in proportion to the mean
 * |v| of its kept weights, v being the optimiser's momentum, at the pruned places with the largest
 * |v|. p falls from prune.drop-fraction to 0.005 by a cosine over the training. A layer denser than
 * 80 % whose |v| is above the layers' average loses at most its share of pruned weights, and no
 * layer grows more than 99 % of its pruned weights, as in the authors' code. Deviations: the
 * authors compute gradients of all weights in every step, for the momentum of pruned ones. Here
 * they are computed in the last prune.momentum-steps before a change, and the momentum of pruned
 * weights is theirs; with momentum m the share m^steps is missing, 0.5 % by default. All other
 * steps are those of kept weights. Layers get whole numbers by largest remainder, so that the
 * number of all weights is exact; a grown weight starts without momentum, where the authors' code
 * has the layer's mean. Source: Dettmers and Zettlemoyer 2020, the section "Sparse Momentum"; their
 * code. */
#include "methods.h"

const skel_method skel_method_snfs = {
    .name = "snfs",
    .summary = "sparse from the start, the momentum decides which layers and weights grow",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_MOVING,
    .sharing = SKEL_SHARING_UNIFORM,
    .movement = SKEL_MOVEMENT_MOMENTUM,
    .defaults = {.update_every = 0 /* one epoch */,
                 .update_until = 1,
                 .drop_fraction = 0.5,
                 .momentum_steps = 50},
    .rule = SKEL_RULE_FIRST,
    .score = skel_score_random,
};
