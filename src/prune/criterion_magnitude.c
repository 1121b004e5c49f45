/* Magnitude pruning: score_i = |theta_i|. At initialisation with scope global it prefers tensors
 * with a small fan-in, whose weights were drawn larger.
 * Source: Han et al. 2015. */
#include "criteria.h"

#include <math.h>

static void magnitudes(size_t count, const float parameters[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = fabsf(parameters[i]);
    }
}

static void score(const skel_mask *mask, const float parameters[], const float gradient[],
                  uint64_t seed, float scores[])
{
    (void)gradient;
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        magnitudes(mask->segment[s].count, parameters + offset, scores + offset);
    }
}

const skel_criterion skel_criterion_magnitude = {
    .name = "magnitude",
    .summary = "the largest initial weights are kept",
    .iterative = false,
    .needs_gradient = false,
    .permanent = false,
    .prunes = true,
    .score = score,
};
