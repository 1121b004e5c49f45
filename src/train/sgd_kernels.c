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

/* Moves one weight. */
static inline void move(const skel_sgd_rates *by, float gradient, float *parameter, float *velocity)
{
    float slope = gradient + by->decay * *parameter;

    *velocity = by->momentum * *velocity + slope;
    *parameter -= by->step * (by->direct * slope + by->along * *velocity);
}

static void step(const skel_sgd_rates *rates, size_t count, const uint8_t keep[restrict],
                 const float gradient[restrict], float parameters[restrict],
                 float velocity[restrict])
{
    const skel_sgd_rates by = *rates;

    for (size_t i = 0; i < count; i++) {
        uint32_t kept = -(uint32_t)(keep[i] != 0);
        float moved = parameters[i];
        float speed = velocity[i];

        move(&by, gradient[i], &moved, &speed);
        velocity[i] = masked(speed, kept);
        parameters[i] = masked(moved, kept);
    }
}

static void step_all(const skel_sgd_rates *rates, size_t count, const float gradient[restrict],
                     float parameters[restrict], float velocity[restrict])
{
    const skel_sgd_rates by = *rates;

    for (size_t i = 0; i < count; i++) {
        move(&by, gradient[i], &parameters[i], &velocity[i]);
    }
}

const skel_sgd_kernels SKEL_ISA_NAME(skel_sgd_kernels) = {
    .step = step,
    .step_all = step_all,
};
