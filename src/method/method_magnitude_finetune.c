/* Magnitude pruning after training: train the network, remove the smallest of all weights in
 * several iterations, fine-tune after each. score_i = |theta_i| of the trained network; a pruned
 * weight stays pruned. The choice is global; the paper's thresholds are a multiple of each layer's
 * standard deviation, to which prune.scope layer is closer, with the same share of every layer.
 * Source: Han et al. 2015, sections 3 and 3.4. */
#include "methods.h"

const skel_method skel_method_magnitude_finetune = {
    .name = "magnitude-finetune",
    .summary = "train, prune by magnitude in several iterations, fine-tune after each",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .defaults = {.iterations = 5, .finetune_epochs = 1},
    .score = skel_score_magnitude,
};
