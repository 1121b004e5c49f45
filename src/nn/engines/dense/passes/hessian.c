/* Products with the Hessian: after each step, the tangent of its result. */
#include "hessian.h"

#include "../../../engine/groups.h"
#include "../../../engine/loss.h"
#include "../compile/shape.h"
#include "../compile/storage.h"
#include "../kernels/elementwise.h"
#include "call.h"
#include "layer_tangent.h"
#include "load.h"
#include "norm_tangent.h"
#include "operation.h"
#include "pair.h"
#include "slot.h"

#include <string.h>

/* The contexts of one product's pass. */
typedef struct product_context {
    skel_dense_context value;
    skel_dense_context tangent; /* as `value`, with `side` for tangents */
    const float *vector;
} product_context;

skel_status skel_dense_hessian_create(skel_dense *dense)
{
    const skel_network *network = dense->graph.network;
    size_t bias = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];

        if (skel_graph_has_weights(step) && step->op->bias != SKEL_NONE &&
            network->parameter[step->op->bias].count > bias) {
            bias = network->parameter[step->op->bias].count;
        }
    }
    SKEL_TRY(skel_dense_storage_take(dense, bias, sizeof(float), &dense->zeros));
    if (!dense->dry) {
        memset(dense->zeros, 0, bias * sizeof(float));
    }
    status = skel_dense_norm_tangent_create(dense);
done:
    return status;
}

/* Addition of tangents; NULL is 0. One of them is not NULL. */
static void add_forward(const float *left, const float *right, size_t floats, float *sum)
{
    if (left != NULL && right != NULL) {
        skel_dense_f32_elementwise_add(floats, left, right, sum);
    } else {
        memcpy(sum, left != NULL ? left : right, floats * sizeof *sum);
    }
}

/* Tangent of a step's output in one slot, after the value itself; not of batch norm. */
static skel_status tangent_forward(const product_context *context, size_t i, size_t slot)
{
    skel_dense *dense = context->value.dense;
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_plan *plan = dense->arena[slot].plan;
    const float *rx = skel_dense_slot_tangent(dense, slot, step->operand[SKEL_STEP_INPUT]);
    float *ry = skel_dense_slot_tangent(dense, slot, step->output);
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    const void *data[] = {rx, ry};

    switch (step->kind) {
    case SKEL_STEP_CONV:
    case SKEL_STEP_LINEAR:
        return skel_dense_layer_tangent_forward(&context->value, context->vector, i, slot);
    case SKEL_STEP_LAYOUT:
        return skel_dense_call_run(dense, &plan->work[i].forward, data, i,
                                   &dense->base.profile.reorder);
    case SKEL_STEP_RELU: /* stops a tangent where it stops a gradient */
        skel_dense_f32_elementwise_relu_backward(
            floats, skel_dense_slot_buffer(dense, slot, plan->placement.value[step->output]), rx,
            ry);
        break;
    case SKEL_STEP_ADD:
        add_forward(rx, skel_dense_slot_tangent(dense, slot, step->operand[SKEL_STEP_OTHER]),
                    floats, ry);
        break;
    case SKEL_STEP_MAXPOOL:
        skel_dense_f32_pool_max_chosen(skel_dense_shape_windows(dense, step, plan->images),
                                       (const uint16_t *)(void *)skel_dense_slot_buffer(
                                           dense, slot, plan->placement.choice[i]),
                                       rx, ry);
        break;
    case SKEL_STEP_AVGPOOL:
        skel_dense_f32_pool_mean_forward(skel_dense_shape_windows(dense, step, plan->images), rx,
                                         ry);
        break;
    case SKEL_STEP_ACTIVATION: /* multiplies a tangent by what it multiplies a gradient by */
        skel_dense_f32_activation_backward(
            skel_dense_shape_activation(step->op), false, floats,
            skel_dense_slot_buffer(dense, slot, plan->placement.value[step->output]), rx, ry);
        break;
    case SKEL_STEP_MUL:
    case SKEL_STEP_CONCAT:
        skel_dense_pair_tangent(&context->value, i, slot);
        break;
    case SKEL_STEP_NORM: /* over all slots: see forward() */
        SKEL_ASSERT(false);
    }
    return SKEL_OK;
}

static skel_status forward(const product_context *context)
{
    skel_dense *dense = context->value.dense;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];

        if (step->kind == SKEL_STEP_NORM) {
            SKEL_TRY(skel_dense_norm_tangent_forward(dense, i, context->value.count,
                                                     context->value.batch, context->value.pass));
            continue;
        }
        for (size_t slot = 0; slot < context->value.count; slot++) {
            SKEL_TRY(skel_dense_operation_forward(&context->value, i, slot));
            if (dense->graph.tensor[step->output].differentiable) {
                SKEL_TRY(tangent_forward(context, i, slot));
            }
        }
    }
done:
    return status;
}

/* An activation's gradient and its tangent, which comes first: the gradient is computed in place
 * and overwrites dy. */
static void activation_backward(const product_context *context, size_t i, size_t slot)
{
    skel_dense *dense = context->value.dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_dense_plan *plan = dense->arena[slot].plan;
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    size_t left = plan->placement.gradient[i][SKEL_STEP_INPUT];
    skel_dense_f32_activation f = skel_dense_shape_activation(step->op);
    const float *y = skel_dense_slot_buffer(dense, slot, plan->placement.value[step->output]);
    const float *dy = skel_dense_slot_gather(dense, slot, step);
    const float *rdy = skel_dense_slot_side_gather(dense, SKEL_DENSE_TANGENT, slot, step);
    double start = skel_engine_clock(&dense->base);

    skel_dense_f32_activation_tangent_backward(
        f, floats, y, skel_dense_slot_tangent(dense, slot, step->operand[SKEL_STEP_INPUT]), dy, rdy,
        skel_dense_slot_side_buffer(dense, SKEL_DENSE_TANGENT, slot, left));
    skel_dense_f32_activation_backward(f, false, floats, y, dy,
                                       skel_dense_slot_buffer(dense, slot, left));
    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
}

/* Gradient and tangent of one step in one slot; not of batch norm. */
static skel_status slot_backward(const product_context *context, size_t i, size_t slot)
{
    skel_status status = SKEL_OK;

    if (skel_graph_has_weights(&context->value.dense->graph.step[i])) {
        return skel_dense_layer_tangent_backward(&context->value, i, slot);
    }
    if (context->value.dense->graph.step[i].kind == SKEL_STEP_ACTIVATION) {
        activation_backward(context, i, slot);
        return SKEL_OK;
    }
    SKEL_TRY(skel_dense_operation_backward(&context->value, i, slot));
    SKEL_TRY(skel_dense_operation_backward(&context->tangent, i, slot));
done:
    return status;
}

/* Gradient and tangent of one step in all slots. */
static skel_status step_backward(const void *product, size_t i)
{
    const product_context *context = product;
    const skel_dense_context *value = &context->value;
    const skel_graph_step *step = &value->dense->graph.step[i];
    skel_status status = SKEL_OK;

    if (step->kind == SKEL_STEP_NORM) {
        for (size_t slot = 0; slot < value->count; slot++) {
            (void)skel_dense_slot_gather(value->dense, slot, step);
            (void)skel_dense_slot_side_gather(value->dense, SKEL_DENSE_TANGENT, slot, step);
        }
        return skel_dense_norm_tangent_backward(value->dense, i, value->count, value->batch,
                                                value->pass);
    }
    for (size_t slot = 0; status == SKEL_OK && slot < value->count; slot++) {
        status = slot_backward(context, i, slot);
    }
    return status;
}

/* Gradient of one slot's loss with respect to the logits, and its tangent. */
static void score(const skel_dense *dense, size_t slot, const skel_batch *batch, double scale,
                  skel_pass *pass)
{
    const skel_engine_options *options = &dense->base.options;
    const skel_placement *placement = &dense->arena[slot].plan->placement;
    size_t classes = dense->graph.network->classes;
    const float *logits =
        skel_dense_slot_buffer(dense, slot, placement->value[dense->graph.logits]);

    skel_loss_batch(options, classes, batch, logits, scale,
                    skel_dense_slot_buffer(dense, slot, placement->loss), &pass->loss,
                    &pass->correct);
    skel_loss_tangent_batch(
        options, classes, batch->count, logits,
        skel_dense_slot_tangent(dense, slot, dense->graph.logits), scale,
        skel_dense_slot_side_buffer(dense, SKEL_DENSE_TANGENT, slot, placement->loss));
}

/* Forward and backward pass of batches that are in the slots together. */
static skel_status pass_together(skel_engine *engine, const float vector[], size_t count,
                                 const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_dense *dense = skel_dense_of(engine);
    product_context context = {
        .value = {.dense = dense, .count = count, .batch = batches, .pass = passes},
        .vector = vector};
    skel_status status = SKEL_OK;

    context.tangent = context.value;
    context.tangent.side = SKEL_DENSE_TANGENT;
    SKEL_TRY(skel_dense_slot_assign(dense, count, batches, false));
    SKEL_TRY(forward(&context));
    for (size_t slot = 0; slot < count; slot++) {
        score(dense, slot, &batches[slot], scale, &passes[slot]);
    }
    status = skel_graph_visit_backward(&dense->graph, step_backward, &context);
done:
    return status;
}

skel_status skel_dense_hessian_product(skel_engine *engine, const float vector[], size_t count,
                                       const skel_batch batches[], double scale, skel_pass passes[])
{
    skel_dense *dense = skel_dense_of(engine);
    skel_dense_plan *plan = NULL;
    skel_status status = SKEL_OK;

    /* all plans come first: a new plan may need new packed weights */
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(skel_dense_plan_find(dense, batches[i].count, false, &plan));
    }
    SKEL_TRY(skel_dense_load_tangents(dense, vector));
    status = skel_groups_run(engine, pass_together, vector, count, batches, scale, passes);
done:
    return status;
}
