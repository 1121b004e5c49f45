/* Optimal Brain Surgeon: if weight i goes, and the others change in the best way, the loss of a
 * trained network grows, to second order, by score_i = theta_i^2 / (2 (F^-1)_ii). F is the
 * empirical Fisher matrix of all kept weights, damped; the signal is the diagonal of its inverse.
 * After each iteration the weights that stay are updated for all that went (fisher.h). Source:
 * Hassibi and Stork 1993, the section "Optimal Brain Surgeon". */
#include "methods.h"

static void score(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        double theta = (double)tensor->parameters[i];

        scores[i] = (float)(0.5 * theta * theta / (double)tensor->signal[i]);
    }
}

const skel_method skel_method_obs = {
    .name = "obs",
    .summary = "Optimal Brain Surgeon: train, prune by the full Fisher matrix, update the others",
    .signal = SKEL_SIGNAL_FISHER,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .defaults = {.iterations = 5, .finetune_epochs = 1},
    .score = score,
};
