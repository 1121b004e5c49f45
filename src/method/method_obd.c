/* Optimal Brain Damage: if weight i goes, the loss of a trained network grows, to second order and
 * without mixed terms, by score_i = h_ii theta_i^2 / 2 (the saliency of the paper).
 * The paper averages over the training set; ten batches are the default here.
 * Source: LeCun, Denker and Solla 1990, sections "Optimal Brain Damage" and "Computing the Second
 * Derivatives". */
#include "methods.h"

static void score(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = 0.5F * tensor->signal[i] * tensor->parameters[i] * tensor->parameters[i];
    }
}

const skel_method skel_method_obd = {
    .name = "obd",
    .summary = "Optimal Brain Damage: train, prune by diagonal curvature, fine-tune",
    .signal = SKEL_SIGNAL_CURVATURE,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .defaults = {.batches = 10, .iterations = 5, .finetune_epochs = 1},
    .score = score,
};
