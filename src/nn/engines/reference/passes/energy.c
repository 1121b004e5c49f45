/* The penalty on the energies of hidden units, and these energies. */
#include "reference.h"

#include "../kernels/kernels.h"

void skel_reference_energy_add(const skel_reference *engine, size_t slot, size_t tensor,
                               double scale)
{
    const skel_engine_options *options = &engine->base.options;
    skel_tensor shape = engine->base.network->tensor[tensor];
    const skel_reference_slot *s = &engine->slot[slot];
    double factor = options->energy * scale / (double)(shape.height * shape.width);

    if (options->energy > 0 && engine->hidden[tensor] != SKEL_NONE) {
        skel_reference_energy_backward(options->energy_order,
                                       s->images * skel_reference_elements(shape), factor,
                                       skel_reference_tensor(engine, s->activation, tensor),
                                       skel_reference_tensor(engine, s->gradient, tensor));
    }
}

void skel_reference_energy_write(const skel_reference *engine, float terms[])
{
    const skel_network *network = engine->base.network;
    const skel_reference_slot *s = &engine->slot[0];
    size_t stride = skel_network_layer_channels(network);

    for (size_t i = 0; i < s->images * stride; i++) {
        terms[i] = 0;
    }
    for (size_t t = 0; t < network->tensors; t++) {
        skel_tensor shape = network->tensor[t];
        const double *o = skel_reference_tensor(engine, s->activation, t);
        size_t plane = shape.height * shape.width;

        for (size_t i = 0; engine->hidden[t] != SKEL_NONE && i < s->images * shape.channels; i++) {
            terms[i / shape.channels * stride + engine->hidden[t] + i % shape.channels] =
                (float)skel_reference_energy_mean(engine->base.options.energy_order, plane,
                                                  o + i * plane);
        }
    }
}
