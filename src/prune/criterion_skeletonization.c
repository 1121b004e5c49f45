/* Skeletonization, on weights: the relevance of a part is the loss without it less the loss with
 * it, estimated by the derivative by a factor alpha on it at alpha = 1: rho_i = -dL/dalpha_i =
 * -theta_i g_i of the trained network. Its sign counts: a weight whose absence lowers the loss goes
 * first. Source: Mozer and Smolensky 1989, equations 2 and 3, with the training loss for their
 * linear one. */
#include "criteria.h"

static void relevance(size_t count, const float parameters[restrict],
                      const float gradient[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = -parameters[i] * gradient[i];
    }
}

static void score(const skel_mask *mask, const float parameters[], const float signal[],
                  uint64_t seed, float scores[])
{
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        relevance(mask->segment[s].count, parameters + offset, signal + offset, scores + offset);
    }
}

const skel_criterion skel_criterion_skeletonization = {
    .name = "skeletonization",
    .summary = "train, prune by first-order relevance to the loss, fine-tune",
    .signal = SKEL_SIGNAL_GRADIENT,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .has_signs = true,
    .score = score,
};
