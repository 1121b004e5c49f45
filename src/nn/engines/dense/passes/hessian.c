/* Products with the Hessian: after each step, the tangent of its result. */
#include "hessian.h"

#include "../../../engine/groups.h"
#include "../../../engine/loss.h"
#include "../compile/shape.h"
#include "../compile/storage.h"
#include "../kernels/elementwise.h"
#include "call.h"
#include "load.h"
#include "norm_tangent.h"
#include "operation.h"
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

/* A convolution or linear layer in one slot. */
typedef struct layer {
    skel_dense *dense;
    size_t number; /* of its step */
    size_t slot;
    const skel_graph_step *step;
    const skel_dense_plan *plan;
    skel_dense_work *work;
} layer;

static layer layer_of(const product_context *context, size_t number, size_t slot)
{
    skel_dense *dense = context->value.dense;
    const skel_dense_plan *plan = dense->arena[slot].plan;

    return (layer){.dense = dense,
                   .number = number,
                   .slot = slot,
                   .step = &dense->graph.step[number],
                   .plan = plan,
                   .work = &plan->work[number]};
}

/* Runs a layer's call and adds its time to the figure of linear layers, or to that of convolutions
 * that is given. */
static skel_status call(const layer *l, skel_dense_call *run, const void *const data[],
                        double *convolution)
{
    return skel_dense_call_run(l->dense, run, data, l->number,
                               skel_dense_call_figure(l->dense, l->step, convolution));
}

/* R layer(x, w) = layer(x, Rw) + layer(Rx, w), where the latter has no bias. */
static skel_status layer_forward(const product_context *context, size_t i, size_t slot)
{
    layer l = layer_of(context, i, slot);
    skel_dense *dense = l.dense;
    const skel_parameter *parameter = dense->graph.network->parameter;
    const skel_dense_packed *packed = &dense->weights[i].packed[l.work->forward_packed];
    size_t input = l.step->operand[SKEL_STEP_INPUT];
    size_t bias = l.step->op->bias;
    const float *rx = skel_dense_slot_tangent(dense, slot, input);
    float *ry = skel_dense_slot_tangent(dense, slot, l.step->output);
    double *seconds = &dense->base.profile.convolution_forward;
    const void *first[] = {
        skel_dense_slot_value(dense, slot, input, context->value.batch[slot].images),
        packed->tangent, ry, bias == SKEL_NONE ? NULL : context->vector + parameter[bias].offset};
    const void *second[] = {rx, packed->data, dense->term_tensor, dense->zeros};
    skel_status status = SKEL_OK;

    SKEL_TRY(call(&l, &l.work->forward, first, seconds));
    if (rx != NULL) {
        SKEL_TRY(call(&l, &l.work->forward, second, seconds));
        skel_dense_f32_elementwise_add(l.plan->images * dense->graph.tensor[l.step->output].floats,
                                       ry, dense->term_tensor, ry);
    }
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
        return layer_forward(context, i, slot);
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
    case SKEL_STEP_ACTIVATION: /* refused */
    case SKEL_STEP_MUL:
    case SKEL_STEP_CONCAT:
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

/* R dw = gradient(x, Rdy) + gradient(Rx, dy); both calls give a gradient of the bias, of which
 * the second is dropped. */
static skel_status layer_product(const layer *l, const skel_batch *batch, float product[],
                                 const float *dy, const float *rdy)
{
    skel_dense *dense = l->dense;
    const skel_parameter *parameter = dense->graph.network->parameter;
    double *seconds = &dense->base.profile.convolution_backward_weights;
    float *flat = product + parameter[l->step->op->weight].offset;
    float *weights = l->work->unloads ? dense->staging : flat;
    size_t input = l->step->operand[SKEL_STEP_INPUT];
    size_t bias = l->step->op->bias;
    const float *rx = skel_dense_slot_tangent(dense, l->slot, input);
    const void *first[] = {skel_dense_slot_value(dense, l->slot, input, batch->images), rdy,
                           weights, bias == SKEL_NONE ? NULL : product + parameter[bias].offset};
    const void *second[] = {rx, dy, dense->term_weights, dense->term_tensor};
    const void *for_unload[] = {weights, flat};
    skel_status status = SKEL_OK;

    SKEL_TRY(call(l, &l->work->backward_weights, first, seconds));
    if (rx != NULL) {
        SKEL_TRY(call(l, &l->work->backward_weights, second, seconds));
        skel_dense_f32_elementwise_add(l->work->weights_floats, weights, dense->term_weights,
                                       weights);
    }
    if (l->work->unloads) {
        SKEL_TRY(skel_dense_call_primitive(dense, &l->work->unload, for_unload, l->number,
                                           &dense->base.profile.reorder));
    }
done:
    return status;
}

/* R dx = back(Rdy, w) + back(dy, Rw), and dx itself. */
static skel_status layer_data(const layer *l, const float *dy, const float *rdy)
{
    skel_dense *dense = l->dense;
    skel_dense_call *back = &l->work->backward_data;
    const skel_dense_packed *packed = &dense->weights[l->number].packed[l->work->backward_packed];
    size_t left = l->plan->placement.gradient[l->number][SKEL_STEP_INPUT];
    size_t floats = l->plan->images * dense->graph.tensor[l->step->operand[SKEL_STEP_INPUT]].floats;
    float *rdx = skel_dense_slot_side_buffer(dense, SKEL_DENSE_TANGENT, l->slot, left);
    double *seconds = &dense->base.profile.convolution_backward_data;
    const void *first[] = {rdy, packed->data, rdx};
    const void *second[] = {dy, packed->tangent, dense->term_tensor};
    const void *itself[] = {dy, packed->data, skel_dense_slot_buffer(dense, l->slot, left)};
    skel_status status = SKEL_OK;

    if (left == SKEL_NONE) {
        return SKEL_OK;
    }
    SKEL_TRY(call(l, back, first, seconds));
    SKEL_TRY(call(l, back, second, seconds));
    skel_dense_f32_elementwise_add(floats, rdx, dense->term_tensor, rdx);
    SKEL_TRY(call(l, back, itself, seconds));
done:
    return status;
}

/* Convolution or linear layer: the product of its weights, gradient of its input and tangent. */
static skel_status layer_backward(const product_context *context, size_t i, size_t slot)
{
    layer l = layer_of(context, i, slot);
    const float *dy = skel_dense_slot_gather(l.dense, slot, l.step);
    const float *rdy = skel_dense_slot_side_gather(l.dense, SKEL_DENSE_TANGENT, slot, l.step);
    skel_status status = SKEL_OK;

    SKEL_TRY(layer_product(&l, &context->value.batch[slot], context->value.pass[slot].gradient, dy,
                           rdy));
    SKEL_TRY(layer_data(&l, dy, rdy));
done:
    return status;
}

/* Gradient and tangent of one step in one slot; not of batch norm. */
static skel_status slot_backward(const product_context *context, size_t i, size_t slot)
{
    skel_status status = SKEL_OK;

    if (skel_graph_has_weights(&context->value.dense->graph.step[i])) {
        return layer_backward(context, i, slot);
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
