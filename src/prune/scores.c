/* Scores that need the weights alone, or not even them. */
#include "criteria.h"

#include "skel/random.h"

#include <math.h>

static void magnitudes(size_t count, const float parameters[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = fabsf(parameters[i]);
    }
}

void skel_score_magnitude(const skel_mask *mask, const float parameters[], const float signal[],
                          uint64_t seed, float scores[])
{
    (void)signal;
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        magnitudes(mask->segment[s].count, parameters + offset, scores + offset);
    }
}

void skel_score_random(const skel_mask *mask, const float parameters[], const float signal[],
                       uint64_t seed, float scores[])
{
    (void)parameters;
    (void)signal;
    for (size_t s = 0; s < mask->segments; s++) {
        skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_SCORE, 0, (uint32_t)s);
        float *segment = scores + mask->segment[s].offset;

        for (size_t i = 0; i < mask->segment[s].count; i++) {
            segment[i] = (float)((skel_stream_bits(&stream) >> 8) + 1) * 0x1p-24F;
        }
    }
}
