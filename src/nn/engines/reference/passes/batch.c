/* A batch in a slot: its images go in, its loss comes out. */
#include "reference.h"

#include "../../../engine/loss.h"

void skel_reference_batch_load(skel_reference *engine, size_t s, const skel_batch *batch)
{
    skel_reference_slot *slot = &engine->slot[s];
    size_t pixels = skel_reference_elements(engine->base.network->tensor[0]);

    slot->images = batch->count;
    for (size_t i = 0; i < batch->count * pixels; i++) {
        slot->activation[i] = (double)batch->images[i];
    }
}

void skel_reference_batch_score(const skel_reference *engine, size_t s, const skel_batch *batch,
                                double scale, skel_pass *pass)
{
    const skel_network *network = engine->base.network;
    const skel_reference_slot *slot = &engine->slot[s];
    size_t last = network->op[network->ops - 1].output;
    const double *logits = skel_reference_tensor(engine, slot->activation, last);
    double *gradient = skel_reference_tensor(engine, slot->gradient, last);

    pass->loss = 0;
    pass->correct = 0;
    for (size_t n = 0; n < batch->count; n++) {
        size_t at = n * network->classes;
        bool correct = false;

        pass->loss += engine->base.options.loss == SKEL_LOSS_SQUARES
                          ? skel_loss_squares(network->classes, logits + at, batch->targets + at,
                                              gradient + at)
                          : skel_loss_image(&engine->base.options, network->classes, logits + at,
                                            batch->labels[n], gradient + at, &correct);
        pass->correct += correct;
        for (size_t k = 0; k < network->classes; k++) {
            gradient[at + k] *= scale;
        }
    }
}
