/* Passes of whole batches: gradients, and logits on running averages. */
#include "steps.h"

#include "../../../engine/loss.h"

#include <omp.h>
#include <string.h>

skel_status skel_dense_assign(skel_dense *dense, size_t count, const skel_batch batches[],
                              bool direct)
{
    skel_status status = SKEL_OK;

    omp_set_num_threads(dense->base.options.threads);
    for (size_t slot = 0; slot < count; slot++) {
        SKEL_TRY(skel_dense_plan_for(dense, batches[slot].count, direct, &dense->arena[slot].plan));
    }
done:
    return status;
}

/* Forward and backward pass of batches that are in the slots together. */
static skel_status pass_together(skel_dense *dense, size_t count, const skel_batch batches[],
                                 double scale, skel_pass passes[])
{
    skel_dense_journey j = {.dense = dense, .count = count, .batch = batches, .pass = passes};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_assign(dense, count, batches, false));
    SKEL_TRY(skel_dense_steps_forward(&j));
    for (size_t slot = 0; slot < count; slot++) {
        const skel_buffers *buffers = &dense->arena[slot].plan->buffers;

        skel_loss_batch(&dense->base.options, dense->graph.network->classes, &batches[slot],
                        skel_dense_data(dense, slot, buffers->value[dense->graph.logits]), scale,
                        skel_dense_data(dense, slot, buffers->loss), &passes[slot].loss,
                        &passes[slot].correct);
    }
    SKEL_TRY(skel_dense_steps_backward(&j));
done:
    return status;
}

skel_status skel_dense_gradient(skel_engine *engine, size_t count, const skel_batch batches[],
                                double scale, skel_pass passes[])
{
    skel_dense *dense = skel_dense_of(engine);
    skel_status status = SKEL_OK;

    if (engine->options.statistics_sum != NULL) {
        return pass_together(dense, count, batches, scale, passes);
    }
    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        status = pass_together(dense, 1, &batches[i], scale, &passes[i]);
    }
    return status;
}

skel_status skel_dense_forward(skel_engine *engine, const skel_batch *batch, const float buffers[],
                               float logits[])
{
    skel_dense *dense = skel_dense_of(engine);
    skel_dense_journey j = {.dense = dense, .count = 1, .batch = batch, .buffers = buffers};
    const skel_buffers *plan = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_assign(dense, 1, batch, false));
    SKEL_TRY(skel_dense_steps_forward(&j));
    plan = &dense->arena[0].plan->buffers;
    memcpy(logits, skel_dense_data(dense, 0, plan->value[dense->graph.logits]),
           batch->count * engine->network->classes * sizeof *logits);
done:
    return status;
}
