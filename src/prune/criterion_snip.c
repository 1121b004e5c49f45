/* SNIP: score_i = |theta_i g_i| at the whole network, once.
 * Source: Lee, Ajanthan and Torr 2019, algorithm 1. */
#include "criteria.h"

static void score(const skel_mask *mask, const float parameters[], const float gradient[],
                  uint64_t seed, float scores[])
{
    (void)seed;
    skel_saliency(mask, parameters, gradient, scores);
}

const skel_criterion skel_criterion_snip = {
    .name = "snip",
    .summary = "saliency at the whole network, in one step",
    .iterative = false,
    .needs_gradient = true,
    .permanent = false,
    .prunes = true,
    .score = score,
};
