/* Iterative GraSP as in the code of the FORCE paper: score_i = g_i^2 at the pruned network, what a
 * weight adds to the gradient's squared norm; a pruned weight stays pruned.
 * Source: de Jorge et al. 2021, published code ("GraSP-It"). */
#include "criteria.h"

static void square(size_t count, const float gradient[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = gradient[i] * gradient[i];
    }
}

static void score(const skel_mask *mask, const float parameters[], const float signal[],
                  uint64_t seed, float scores[])
{
    (void)parameters;
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        square(mask->segment[s].count, signal + offset, scores + offset);
    }
}

const skel_criterion skel_criterion_grasp_it = {
    .name = "grasp-it",
    .summary = "iterative GraSP of the FORCE code: squared gradient at the pruned network",
    .signal = SKEL_SIGNAL_GRADIENT,
    .iterative = true,
    .permanent = true,
    .score = score,
};
