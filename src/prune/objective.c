/* Sums over the whole network. The other ranks wait for them, so they are written for speed. */
#include "objective.h"

#include "count.h"

#include <math.h>

enum { LANES = 32 }; /* partial sums: enough for vectors and for the additions' latency */

static double sum_kept(size_t count, const uint8_t keep[restrict], const float parameters[restrict],
                       const float gradient[restrict])
{
    double lane[LANES] = {0};
    double sum = 0;
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            double product = (double)parameters[i + j] * (double)gradient[i + j];

            lane[j] += keep[i + j] != 0 ? fabs(product) : 0.0;
        }
    }
    for (; i < count; i++) {
        sum += keep[i] != 0 ? fabs((double)parameters[i] * (double)gradient[i]) : 0.0;
    }
    for (size_t j = 0; j < LANES; j++) {
        sum += lane[j];
    }
    return sum;
}

double skel_objective(const skel_mask *mask, const float parameters[], const float gradient[])
{
    double sum = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        sum += sum_kept(mask->segment[s].count, mask->keep + offset, parameters + offset,
                        gradient + offset);
    }
    return sum;
}

size_t skel_objective_gained(const skel_mask *mask, const uint8_t with[], const uint8_t without[])
{
    size_t gained = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        gained += skel_count_ones(mask->segment[s].count, with + offset, without + offset);
    }
    return gained;
}
