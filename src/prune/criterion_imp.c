/* Iterative magnitude pruning, the lottery ticket: train, remove the smallest of all weights, put
 * the others back to where they were at initialisation or after an early epoch, train again.
 * score_i = |theta_i| of the trained network; what is pruned stays pruned.
 * Source: Frankle and Carbin 2019; rewinding: Frankle et al. 2020. */
#include "criteria.h"

const skel_criterion skel_criterion_imp = {
    .name = "imp",
    .summary = "lottery ticket: train, prune by magnitude, rewind, repeatedly",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_REWOUND,
    .iterative = true,
    .permanent = true,
    .score = skel_score_magnitude,
};
