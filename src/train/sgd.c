/* The optimiser's arithmetic: one pass over the flat vectors. */
#include "skel/sgd.h"

#include <string.h>

enum { RUN = 16 }; /* weights of a cache line */

/* Whether all bytes are 0, of weights that a cache line holds. */
static bool is_clear(const void *bytes, size_t size)
{
    static const float zeros[RUN];

    return memcmp(bytes, zeros, size) == 0;
}

/* Sets weights and velocities to 0 that are not. Most pruned ones are: they were set to 0 in an
 * earlier step, and reading them costs less than writing them again. */
static void clear_pruned(float parameters[RUN], float velocity[RUN])
{
    if (!is_clear(parameters, RUN * sizeof *parameters)) {
        memset(parameters, 0, RUN * sizeof *parameters);
    }
    if (!is_clear(velocity, RUN * sizeof *velocity)) {
        memset(velocity, 0, RUN * sizeof *velocity);
    }
}

/* One step of weights of which some are kept. */
static void step_run(const skel_sgd *sgd, double rate, size_t count, const uint8_t keep[],
                     const float gradient[], float parameters[], float velocity[])
{
    const float momentum = (float)sgd->momentum;
    const float decay = (float)sgd->weight_decay;
    const float step = (float)rate;
    const float direct = sgd->nesterov ? 1.0F : 0.0F;
    const float along = sgd->nesterov ? momentum : 1.0F;

    for (size_t i = 0; i < count; i++) {
        float slope = gradient[i] + decay * parameters[i];
        float speed = momentum * velocity[i] + slope;
        float moved = parameters[i] - step * (direct * slope + along * speed);

        velocity[i] = keep[i] != 0 ? speed : 0.0F;
        parameters[i] = keep[i] != 0 ? moved : 0.0F;
    }
}

void skel_sgd_step(const skel_sgd *sgd, double rate, size_t count, const uint8_t keep[],
                   const float gradient[], float parameters[], float velocity[])
{
    size_t i = 0;

    while (i < count) {
        size_t first = i;

        if (count - i >= RUN && is_clear(keep + i, RUN)) {
            clear_pruned(parameters + i, velocity + i);
            i += RUN;
            continue;
        }
        while (i < count && !(count - i >= RUN && is_clear(keep + i, RUN))) {
            i = count - i >= RUN ? i + RUN : count;
        }
        step_run(sgd, rate, i - first, keep + first, gradient + first, parameters + first,
                 velocity + first);
    }
}

void skel_running_average(double weight, size_t count, const float statistics[], float buffers[])
{
    const float new_share = (float)weight;
    const float old_share = (float)(1.0 - weight);

    for (size_t i = 0; i < count; i++) {
        buffers[i] = old_share * buffers[i] + new_share * statistics[i];
    }
}
