/* Connection sensitivity |theta_i dL/dtheta_i|, L's gradient averaged before the magnitude is
 * taken. Source: Lee, Ajanthan and Torr 2019, equation 6, without its normalisation, which orders
 * nothing. */
#include "criteria.h"

#include <math.h>

static void multiply(size_t count, const float parameters[restrict], const float signal[restrict],
                     float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = fabsf(parameters[i] * signal[i]);
    }
}

void skel_score_saliency(const skel_mask *mask, const float parameters[], const float signal[],
                         uint64_t seed, float scores[])
{
    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        multiply(mask->segment[s].count, parameters + offset, signal + offset, scores + offset);
    }
}
