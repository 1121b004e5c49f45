/* A pruned weight's bits are masked, not chosen: gcc does not vectorise a choice between floats
 * whose arithmetic could set an exception. */
#include "sgd_kernels.h"

#include <string.h>

/* The value, or 0 if `bits` are 0; all bits are 1 otherwise. */
static float masked(float value, uint32_t bits)
{
    uint32_t left = 0;

    memcpy(&left, &value, sizeof left);
    left &= bits;
    memcpy(&value, &left, sizeof value);
    return value;
}

static void step(const skel_sgd_rates *rates, size_t count, const uint8_t keep[restrict],
                 const float gradient[restrict], float parameters[restrict],
                 float velocity[restrict])
{
    const skel_sgd_rates by = *rates;

    for (size_t i = 0; i < count; i++) {
        uint32_t kept = -(uint32_t)(keep[i] != 0);
        float slope = gradient[i] + by.decay * parameters[i];
        float speed = by.momentum * velocity[i] + slope;
        float moved = parameters[i] - by.step * (by.direct * slope + by.along * speed);

        velocity[i] = masked(speed, kept);
        parameters[i] = masked(moved, kept);
    }
}

const skel_sgd_kernels SKEL_ISA_NAME(skel_sgd_kernels) = {
    .step = step,
};
