/* Skeletonization, of weights: the relevance of a part is the loss without the part minus the loss
 * with it. It is estimated by the derivative by a factor alpha on the part, at alpha = 1:
 * rho_i = -dL/dalpha_i = -theta_i g_i of the trained network. Its sign counts: first goes a weight
 * whose absence lowers the loss. With prune.loss linear-error the loss is the paper's, the sum of
 * the distances between outputs and targets, whose derivative does not vanish near the minimum. The
 * paper removes whole units; it averages over the training set, with a moving average, and here
 * ten batches are the default. Source: Mozer and Smolensky 1989, equations 2 and 3. */
#include "methods.h"

static void score(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = -tensor->parameters[i] * tensor->signal[i];
    }
}

const skel_method skel_method_skeletonization = {
    .name = "skeletonization",
    .summary = "train, prune by first-order relevance to the loss, fine-tune",
    .signal = SKEL_SIGNAL_GRADIENT,
    .rule = SKEL_RULE_TERMS,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .has_signs = true,
    .defaults = {.batches = 10, .iterations = 5, .finetune_epochs = 1},
    .score = score,
};
