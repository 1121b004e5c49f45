/* The optimiser's arithmetic: one pass over the flat vectors. */
#include "skel/sgd.h"

void skel_sgd_step(const skel_sgd *sgd, double rate, size_t count, const uint8_t keep[],
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

void skel_running_average(double weight, size_t count, const float statistics[], float buffers[])
{
    const float new_share = (float)weight;
    const float old_share = (float)(1.0 - weight);

    for (size_t i = 0; i < count; i++) {
        buffers[i] = old_share * buffers[i] + new_share * statistics[i];
    }
}
