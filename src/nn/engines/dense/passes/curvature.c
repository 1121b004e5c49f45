/* The backward pass of the Hessian's diagonal: as for gradients, with squared weights, inputs and
 * slopes. */
#include "curvature.h"

#include "../../../engine/loss.h"
#include "../compile/storage.h"
#include "../kernels/affine.h"
#include "../kernels/elementwise.h"
#include "load.h"
#include "norm.h"
#include "pass.h"
#include "slot.h"

skel_status skel_dense_curvature_create(skel_dense *dense)
{
    size_t most = 0;
    skel_dense_plan *plan = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_plan_find(dense, dense->base.options.microbatch, true, &plan));
    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];
        size_t floats = dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].floats;

        most = skel_graph_has_weights(step) && floats > most ? floats : most;
    }
    status = skel_dense_storage_take(dense, dense->base.options.microbatch * most, sizeof(float),
                                     &dense->squares);
done:
    return status;
}

/* Squares the layers' weights and the batch norms' slopes. The squared slopes replace the inverse
 * deviations, which the rest of the pass does not read. */
static skel_status square(skel_dense *dense)
{
    const skel_network *network = dense->graph.network;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];
        skel_dense_weights *weights = &dense->weights[i];

        if (skel_graph_has_weights(step)) {
            skel_dense_f32_elementwise_square(network->parameter[step->op->weight].count,
                                              weights->values, weights->values);
            SKEL_TRY(skel_dense_load_packed(dense, i, &dense->arena[0].plan->work[i]));
        } else if (step->kind == SKEL_STEP_NORM) {
            skel_dense_f32_elementwise_square(network->parameter[step->op->weight].count,
                                              weights->slope, weights->inverse);
        }
    }
done:
    return status;
}

static void norm_backward(const skel_dense_context *context, size_t i)
{
    skel_dense *dense = context->dense;
    const skel_dense_weights *weights = &dense->weights[i];
    const size_t *left = dense->arena[0].plan->placement.gradient[i];
    double start = skel_engine_clock(&dense->base);
    skel_dense_norm_arrays back = skel_dense_norm_arrays_of(dense, i, 0, context->batch);
    skel_dense_f32_affine_arrays affine = {
        .x = back.x,
        .vectors = {.mean = weights->mean, .slope = weights->slope, .shift = weights->shift},
        .incoming = back.incoming,
        .factor = {1, 1},
        .coefficient = weights->inverse,
        .rectified = skel_dense_slot_buffer(dense, 0, left[SKEL_STEP_OTHER]),
        .dx = back.dx};
    int32_t largest[2];

    skel_dense_f32_affine_backward(back.extent, &affine, largest);
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
}

static skel_status step_backward(const void *pass, size_t i)
{
    const skel_dense_context *context = pass;
    const skel_graph_step *step = &context->dense->graph.step[i];

    if (step->kind == SKEL_STEP_NORM) {
        (void)skel_dense_slot_gather(context->dense, 0, step);
        norm_backward(context, i);
        return SKEL_OK;
    }
    return skel_dense_operation_backward(context, i, 0);
}

skel_status skel_dense_curvature_pass(skel_engine *engine, const float parameters[],
                                      const uint8_t mask[], const float buffers[],
                                      const skel_batch *batch, double scale, skel_pass *pass)
{
    skel_dense *dense = skel_dense_of(engine);
    skel_dense_context context = {.dense = dense,
                                  .count = 1,
                                  .batch = batch,
                                  .pass = pass,
                                  .buffers = buffers,
                                  .squares = dense->squares};
    const skel_placement *plan = NULL;
    const float *logits = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_slot_assign(dense, 1, batch, true));
    SKEL_TRY(skel_dense_load_parameters(engine, parameters, mask));
    SKEL_TRY(skel_dense_pass_forward(&context));
    plan = &dense->arena[0].plan->placement;
    logits = skel_dense_slot_buffer(dense, 0, plan->value[dense->graph.logits]);
    skel_engine_evaluate(engine, batch, logits, &pass->loss, &pass->correct);
    skel_loss_curvature_batch(&engine->options, engine->network->classes, batch->count, logits,
                              scale, skel_dense_slot_buffer(dense, 0, plan->loss));
    SKEL_TRY(square(dense));
    status = skel_graph_visit_backward(&dense->graph, step_backward, &context);
done:
    return status;
}
