/* Iterative SNIP: score_i = |theta_i g_i| at the pruned network for weights that are kept; a pruned
 * weight stays pruned, so its score is below every other's.
 * Source: de Jorge et al. 2021, section 4 and algorithm 1; Verdenius et al. 2020. */
#include "criteria.h"

static const float never = -1.0F; /* saliencies are at least 0 */

static void exclude(size_t count, const uint8_t keep[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = keep[i] != 0 ? scores[i] : never;
    }
}

static void score(const skel_mask *mask, const float parameters[], const float gradient[],
                  uint64_t seed, float scores[])
{
    (void)seed;
    skel_saliency(mask, parameters, gradient, scores);
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        exclude(mask->segment[s].count, mask->keep + offset, scores + offset);
    }
}

const skel_criterion skel_criterion_iter_snip = {
    .name = "iter-snip",
    .summary = "iterative SNIP: saliency at the pruned network, a pruned weight stays pruned",
    .iterative = true,
    .needs_gradient = true,
    .permanent = true,
    .prunes = true,
    .score = score,
};
