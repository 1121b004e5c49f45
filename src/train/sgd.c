/* The optimiser's arithmetic: one pass over the flat vectors. */
#include "skel/sgd.h"

#include "sgd_kernels.h"

#include <math.h>

const skel_sgd_kernels *skel_sgd_kernels_of(skel_isa isa)
{
    static const skel_sgd_kernels *const tables[SKEL_ISAS] = SKEL_ISA_TABLES(skel_sgd_kernels);

    return tables[isa];
}

void skel_sgd_step(const skel_sgd *sgd, double rate, size_t count, const uint8_t keep[],
                   const float gradient[], float parameters[], float velocity[])
{
    const skel_sgd_rates rates = {
        .momentum = (float)sgd->momentum,
        .decay = (float)sgd->weight_decay,
        .step = (float)rate,
        .direct = sgd->nesterov ? 1.0F : 0.0F,
        .along = sgd->nesterov ? (float)sgd->momentum : 1.0F,
    };

    const skel_sgd_kernels *kernels = skel_sgd_kernels_of(skel_isa_best());

    if (keep == NULL) {
        kernels->step_all(&rates, count, gradient, parameters, velocity);
    } else {
        kernels->step(&rates, count, keep, gradient, parameters, velocity);
    }
}

void skel_sgd_penalise(const skel_network *network, const size_t offset[], double l1,
                       const float parameters[], float gradient[])
{
    for (size_t p = 0; p < network->parameters && l1 != 0; p++) {
        if (!network->parameter[p].prunable) {
            continue;
        }
        for (size_t i = offset[p]; i < offset[p + 1]; i++) {
            gradient[i] += parameters[i] == 0 ? 0 : copysignf((float)l1, parameters[i]);
        }
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
