/* Weights from the caller's floats to doubles, and their gradients back. */
#include "reference.h"

skel_status skel_reference_weights_load(skel_engine *base, const float parameters[],
                                        const uint8_t mask[])
{
    skel_reference *engine = (skel_reference *)base;

    for (size_t i = 0; i < base->network->parameter_count; i++) {
        engine->weights[i] = mask == NULL || mask[i] != 0 ? (double)parameters[i] : 0;
    }
    return SKEL_OK;
}

void skel_reference_weights_round(const skel_reference *engine, size_t parameter, float gradient[])
{
    const skel_parameter *p = &engine->base.network->parameter[parameter];

    for (size_t i = p->offset; i < p->offset + p->count; i++) {
        gradient[i] = (float)engine->weight_grad[i];
    }
}
