/* Optimal Brain Damage: what the loss of a trained network grows by if weight i goes is, to second
 * order and without mixed terms, score_i = h_ii theta_i^2 / 2.
 * Source: LeCun, Denker and Solla 1990, equation 5 and section 2.3. */
#include "criteria.h"

static void damage(size_t count, const float parameters[restrict], const float curvature[restrict],
                   float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = 0.5F * curvature[i] * parameters[i] * parameters[i];
    }
}

static void score(const skel_mask *mask, const float parameters[], const float signal[],
                  uint64_t seed, float scores[])
{
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        damage(mask->segment[s].count, parameters + offset, signal + offset, scores + offset);
    }
}

const skel_criterion skel_criterion_obd = {
    .name = "obd",
    .summary = "Optimal Brain Damage: train, prune by diagonal curvature, fine-tune",
    .signal = SKEL_SIGNAL_CURVATURE,
    .timing = SKEL_TIMING_TRAINED,
    .iterative = true,
    .permanent = true,
    .score = score,
};
