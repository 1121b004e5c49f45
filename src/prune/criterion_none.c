/* No pruning: the dense network that the others are compared with. All weights score 1. */
#include "criteria.h"

static void score(const skel_mask *mask, const float parameters[], const float gradient[],
                  uint64_t seed, float scores[])
{
    (void)parameters;
    (void)gradient;
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        float *segment = scores + mask->segment[s].offset;

        for (size_t i = 0; i < mask->segment[s].count; i++) {
            segment[i] = 1.0F;
        }
    }
}

const skel_criterion skel_criterion_none = {
    .name = "none",
    .summary = "the dense network, for comparison",
    .iterative = false,
    .needs_gradient = false,
    .permanent = false,
    .prunes = false,
    .score = score,
};
