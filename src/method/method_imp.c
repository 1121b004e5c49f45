/* Iterative magnitude pruning, the lottery ticket: train the network, remove the smallest of all
 * weights, give the others the values that they had at initialisation or after an early epoch, and
 * train again. score_i = |theta_i| of the trained network; a pruned weight stays pruned.
 * Iterations remove equal shares, at most a fifth each by default; the published code removes a
 * fifth in each, keeps the last layer of some networks out (prune.keep-layers), and draws batch
 * norm's scales uniformly (model.norm-init).
 * Source: Frankle and Carbin 2019; rewinding: Frankle et al. 2020. */
#include "methods.h"

const skel_method skel_method_imp = {
    .name = "imp",
    .summary = "lottery ticket: train, prune by magnitude, rewind, repeatedly",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_REWOUND,
    .iterative = true,
    .permanent = true,
    .defaults.iterations = 0, /* at most a fifth in each */
    .score = skel_score_magnitude,
};
