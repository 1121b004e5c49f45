/* Passes of whole batches: all steps forward, all steps backward. */
#include "pass.h"

#include "../../../engine/groups.h"
#include "../../../engine/loss.h"
#include "energy.h"
#include "norm.h"
#include "slot.h"

#include <string.h>

skel_status skel_dense_pass_forward(const skel_dense_context *context)
{
    skel_dense *dense = context->dense;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        skel_step_kind kind = dense->graph.step[i].kind;

        if (kind == SKEL_STEP_NORM && context->buffers == NULL) {
            SKEL_TRY(
                skel_dense_norm_forward(dense, i, context->count, context->batch, context->pass));
            continue;
        }
        for (size_t slot = 0; slot < context->count; slot++) {
            if (kind == SKEL_STEP_NORM) {
                skel_dense_norm_evaluate(dense, i, &context->batch[slot], context->buffers);
            } else {
                SKEL_TRY(skel_dense_operation_forward(context, i, slot));
            }
        }
    }
done:
    return status;
}

/* One step backward in all slots, batch norm on batch statistics. */
static skel_status step_backward(const void *pass, size_t i)
{
    const skel_dense_context *context = pass;
    const skel_graph_step *step = &context->dense->graph.step[i];
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < context->count; slot++) {
        skel_dense_energy_add(context->dense, slot, step->output, context->scale);
    }
    if (step->kind == SKEL_STEP_NORM) {
        for (size_t slot = 0; slot < context->count; slot++) {
            (void)skel_dense_slot_gather(context->dense, slot, step);
        }
        return skel_dense_norm_backward(context->dense, i, context->count, context->batch,
                                        context->pass);
    }
    for (size_t slot = 0; status == SKEL_OK && slot < context->count; slot++) {
        status = skel_dense_operation_backward(context, i, slot);
    }
    return status;
}

/* Forward and backward pass of batches that are in the slots together. */
static skel_status pass_together(skel_engine *engine, const float vector[], size_t count,
                                 const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_dense *dense = skel_dense_of(engine);
    skel_dense_context context = {
        .dense = dense, .count = count, .batch = batches, .pass = passes, .scale = scale};
    skel_status status = SKEL_OK;

    (void)vector;
    SKEL_TRY(skel_dense_slot_assign(dense, count, batches, false));
    SKEL_TRY(skel_dense_pass_forward(&context));
    for (size_t slot = 0; slot < count; slot++) {
        const skel_placement *placement = &dense->arena[slot].plan->placement;

        skel_loss_batch(&dense->base.options, dense->graph.network->classes, &batches[slot],
                        skel_dense_slot_buffer(dense, slot, placement->value[dense->graph.logits]),
                        scale, skel_dense_slot_buffer(dense, slot, placement->loss),
                        &passes[slot].loss, &passes[slot].correct);
    }
    status = skel_graph_visit_backward(&dense->graph, step_backward, &context);
done:
    return status;
}

skel_status skel_dense_pass_gradient(skel_engine *engine, size_t count, const skel_batch batches[],
                                     double scale, skel_pass passes[])
{
    return skel_groups_run(engine, pass_together, NULL, count, batches, scale, passes);
}

skel_status skel_dense_pass_samples(skel_engine *engine, const skel_singles *samples)
{
    skel_dense *dense = skel_dense_of(engine);
    skel_dense_context context = {
        .dense = dense, .count = 1, .batch = samples->batch, .samples = samples};
    const skel_placement *plan = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_plan_find(dense, 1, true, &context.single));
    SKEL_TRY(skel_dense_slot_assign(dense, 1, samples->batch, false));
    SKEL_TRY(skel_dense_pass_forward(&context));
    plan = &dense->arena[0].plan->placement;
    skel_singles_score(engine, samples,
                       skel_dense_slot_buffer(dense, 0, plan->value[dense->graph.logits]),
                       skel_dense_slot_buffer(dense, 0, plan->loss));
    status = skel_graph_visit_backward(&dense->graph, step_backward, &context);
done:
    return status;
}

skel_status skel_dense_pass_logits(skel_engine *engine, const skel_batch *batch,
                                   const float buffers[], float logits[])
{
    skel_dense *dense = skel_dense_of(engine);
    skel_dense_context context = {.dense = dense, .count = 1, .batch = batch, .buffers = buffers};
    const skel_placement *plan = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_slot_assign(dense, 1, batch, false));
    SKEL_TRY(skel_dense_pass_forward(&context));
    plan = &dense->arena[0].plan->placement;
    memcpy(logits, skel_dense_slot_buffer(dense, 0, plan->value[dense->graph.logits]),
           batch->count * engine->network->classes * sizeof *logits);
done:
    return status;
}
