/* Random pruning: score_i uniform in (0, 1], by (seed, prunable tensor, place in it) alone. With
 * scope global each weight is kept with the same probability; with scope layer exactly the same
 * share of each tensor is. Among 2^24 values a tie at the threshold moves about one weight. */
#include "criteria.h"

#include "skel/random.h"

static void score(const skel_mask *mask, const float parameters[], const float gradient[],
                  uint64_t seed, float scores[])
{
    (void)parameters;
    (void)gradient;
    for (size_t s = 0; s < mask->segments; s++) {
        skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_SCORE, 0, (uint32_t)s);
        float *segment = scores + mask->segment[s].offset;

        for (size_t i = 0; i < mask->segment[s].count; i++) {
            segment[i] = (float)((skel_stream_bits(&stream) >> 8) + 1) * 0x1p-24F;
        }
    }
}

const skel_criterion skel_criterion_random = {
    .name = "random",
    .summary = "weights chosen at random; scope layer: the same share of every tensor",
    .iterative = false,
    .needs_gradient = false,
    .permanent = false,
    .prunes = true,
    .score = score,
};
