/* Magnitude pruning after training: train, remove the smallest of all weights step by step,
 * fine-tune after each step. score_i = |theta_i| of the trained network; what is pruned stays
 * pruned. Source: Han et al. 2015, sections 3 and 3.4. */
#include "criteria.h"

const skel_criterion skel_criterion_magnitude_finetune = {
    .name = "magnitude-finetune",
    .summary = "train, prune by magnitude step by step, fine-tune after each step",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .score = skel_score_magnitude,
};
