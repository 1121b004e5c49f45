/* One operation in one slot, forward and backward. */
#include "operation.h"

#include "../compile/shape.h"
#include "../kernels/elementwise.h"
#include "call.h"
#include "pair.h"
#include "slot.h"

#include <string.h>

/* Convolution or linear layer of one slot. */
static skel_status layer_forward(skel_dense *dense, size_t i, size_t slot, const float *input,
                                 float *output)
{
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_work *work = &dense->arena[slot].plan->work[i];
    const skel_dense_weights *weights = &dense->weights[i];
    const void *data[] = {input, weights->packed[work->forward_packed].data, output, weights->bias};

    return skel_dense_call_run(
        dense, &work->forward, data, i,
        skel_dense_call_figure(dense, step, &dense->base.profile.convolution_forward));
}

void skel_dense_operation_activate(const skel_dense *dense, size_t i, size_t images,
                                   skel_dense_f32_activation f, const float *x, float *y)
{
    const skel_graph_tensor *out = &dense->graph.tensor[dense->graph.step[i].output];

    skel_dense_f32_activation_forward(f, images * out->floats, x, y);
    if (f.kind == SKEL_DENSE_SIGMOID || (f.kind == SKEL_DENSE_CLIP && (f.low > 0 || f.high < 0))) {
        /* the function of 0 is not 0 */
        skel_dense_f32_channels_clear(images, out->channels, out->height * out->width, out->block,
                                      y);
    }
}

static skel_status execute_forward(const skel_dense_context *context, size_t i, size_t slot)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_plan *plan = dense->arena[slot].plan;
    const float *images = context->batch[slot].images;
    const float *input = skel_dense_slot_value(dense, slot, step->operand[SKEL_STEP_INPUT], images);
    float *output = skel_dense_slot_buffer(dense, slot, plan->placement.value[step->output]);
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    skel_dense_f32_pool_windows windows;
    const void *data[] = {input, output};
    static const float ones[] = {1, 1};

    switch (step->kind) {
    case SKEL_STEP_CONV:
    case SKEL_STEP_LINEAR:
        return layer_forward(dense, i, slot, input, output);
    case SKEL_STEP_LAYOUT:
        return skel_dense_call_run(dense, &plan->work[i].forward, data, i,
                                   &dense->base.profile.reorder);
    case SKEL_STEP_RELU:
        skel_dense_f32_elementwise_relu_forward(floats, input, output);
        break;
    case SKEL_STEP_ADD:
        skel_dense_f32_elementwise_add(
            floats, input,
            skel_dense_slot_value(dense, slot, step->operand[SKEL_STEP_OTHER], images), output);
        break;
    case SKEL_STEP_MAXPOOL:
        windows = skel_dense_shape_windows(dense, step, plan->images);
        skel_dense_f32_pool_max_forward(
            windows, input, output,
            (uint16_t *)(void *)skel_dense_slot_buffer(dense, slot, plan->placement.choice[i]));
        break;
    case SKEL_STEP_AVGPOOL:
        windows = skel_dense_shape_windows(dense, step, plan->images);
        skel_dense_f32_pool_mean_forward(windows, input, output);
        break;
    case SKEL_STEP_ACTIVATION:
        skel_dense_operation_activate(dense, i, plan->images, skel_dense_shape_activation(step->op),
                                      input, output);
        break;
    case SKEL_STEP_MUL:
    case SKEL_STEP_CONCAT:
        skel_dense_pair_forward(context, i, slot, ones);
        break;
    case SKEL_STEP_NORM: /* over all slots: see norm.h */
        SKEL_ASSERT(false);
    }
    return SKEL_OK;
}

/* The profile's figure of a step that oneDNN does not compute. */
static double *own_time(skel_dense *dense, skel_step_kind kind)
{
    return kind == SKEL_STEP_MAXPOOL || kind == SKEL_STEP_AVGPOOL
               ? &dense->base.profile.pooling
               : &dense->base.profile.elementwise;
}

static bool is_call(skel_step_kind kind)
{
    return kind == SKEL_STEP_CONV || kind == SKEL_STEP_LINEAR || kind == SKEL_STEP_LAYOUT;
}

/* Adds the time of a step that oneDNN does not compute. Calls of oneDNN add their own. */
static void count_time(skel_dense *dense, skel_step_kind kind, double start)
{
    if (!is_call(kind)) {
        *own_time(dense, kind) += skel_engine_clock(&dense->base) - start;
    }
}

skel_status skel_dense_operation_forward(const skel_dense_context *context, size_t i, size_t slot)
{
    double start = skel_engine_clock(&context->dense->base);
    skel_status status = execute_forward(context, i, slot);

    count_time(context->dense, context->dense->graph.step[i].kind, start);
    return status;
}

/* A layer's input, or its squares. */
static const float *layer_input(const skel_dense_context *context, const skel_graph_step *step,
                                size_t slot)
{
    size_t tensor = step->operand[SKEL_STEP_INPUT];
    const float *x =
        skel_dense_slot_value(context->dense, slot, tensor, context->batch[slot].images);

    if (context->squares != NULL) {
        skel_dense_f32_elementwise_square(context->batch[slot].count *
                                              context->dense->graph.tensor[tensor].floats,
                                          x, context->squares);
        x = context->squares;
    }
    return x;
}

/* Gradients of weights and bias, from the layer's input and its output's gradient. */
static skel_status weights_backward(skel_dense *dense, skel_dense_work *work, size_t i,
                                    const float *x, const float *dy, float gradient[])
{
    skel_engine_profile *profile = &dense->base.profile;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_parameter *parameter = dense->graph.network->parameter;
    float *flat = gradient + parameter[step->op->weight].offset;
    float *weights = work->unloads ? dense->staging : flat;
    float *bias = step->op->bias == SKEL_NONE ? NULL : gradient + parameter[step->op->bias].offset;
    const void *for_weights[] = {x, dy, weights, bias};
    const void *for_unload[] = {weights, flat};
    skel_status status = skel_dense_call_run(
        dense, &work->backward_weights, for_weights, i,
        skel_dense_call_figure(dense, step, &profile->convolution_backward_weights));

    if (status == SKEL_OK && work->unloads) {
        status = skel_dense_call_primitive(dense, &work->unload, for_unload, i, &profile->reorder);
    }
    return status;
}

/* The same for each image apart: its values lie between those of its neighbours. */
static skel_status samples_backward(const skel_dense_context *context, size_t i, const float *x,
                                    const float *dy)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    size_t in = dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].floats;
    size_t out = dense->graph.tensor[step->output].floats;
    skel_status status = SKEL_OK;

    for (size_t image = 0; status == SKEL_OK && image < context->batch->count; image++) {
        status =
            weights_backward(dense, &context->single->work[i], i, x + image * in, dy + image * out,
                             skel_singles_flat(&dense->base, context->samples, image));
        skel_singles_pack(&dense->base, context->samples, image, step->op->weight);
    }
    return status;
}

/* Convolution or linear layer: gradients of input, weights and bias. */
static skel_status layer_backward(const skel_dense_context *context, size_t i, size_t slot,
                                  const float *dy, float *dx)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_work *work = &dense->arena[slot].plan->work[i];
    const float *x = layer_input(context, step, slot);
    const void *for_data[] = {dy, dense->weights[i].packed[work->backward_packed].data, dx};
    skel_status status = context->samples != NULL ? samples_backward(context, i, x, dy)
                                                  : weights_backward(dense, work, i, x, dy,
                                                                     context->pass[slot].gradient);

    if (status == SKEL_OK && dx != NULL) {
        status = skel_dense_call_run(
            dense, &work->backward_data, for_data, i,
            skel_dense_call_figure(dense, step, &dense->base.profile.convolution_backward_data));
    }
    return status;
}

/* Addition that no batch norm is fused with. Each operand gets the gradient: one may have it in
 * place, the other needs a copy. */
static void add_backward(const skel_dense_context *context, size_t i, size_t slot, const float *dy,
                         size_t floats)
{
    const size_t *left = context->dense->arena[slot].plan->placement.gradient[i];

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        float *to = skel_dense_slot_side_buffer(context->dense, context->side, slot, left[k]);

        if (to != NULL && to != dy) {
            memcpy(to, dy, floats * sizeof *to);
        }
    }
}

static skel_status execute_backward(const skel_dense_context *context, size_t i, size_t slot)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_plan *plan = dense->arena[slot].plan;
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    const float *dy = skel_dense_slot_side_gather(dense, context->side, slot, step);
    float *dx = skel_dense_slot_side_buffer(dense, context->side, slot,
                                            plan->placement.gradient[i][SKEL_STEP_INPUT]);
    skel_dense_f32_pool_windows windows;
    const void *data[] = {dy, dx};

    switch (step->kind) {
    case SKEL_STEP_CONV:
    case SKEL_STEP_LINEAR:
        return layer_backward(context, i, slot, dy, dx);
    case SKEL_STEP_LAYOUT:
        return skel_dense_call_run(dense, &plan->work[i].backward_data, data, i,
                                   &dense->base.profile.reorder);
    case SKEL_STEP_RELU:
        skel_dense_f32_elementwise_relu_backward(
            floats, skel_dense_slot_buffer(dense, slot, plan->placement.value[step->output]), dy,
            dx);
        break;
    case SKEL_STEP_ADD:
        add_backward(context, i, slot, dy, floats);
        break;
    case SKEL_STEP_MAXPOOL:
        skel_dense_f32_pool_max_backward(skel_dense_shape_windows(dense, step, plan->images),
                                         (const uint16_t *)(void *)skel_dense_slot_buffer(
                                             dense, slot, plan->placement.choice[i]),
                                         dy, dx);
        break;
    case SKEL_STEP_AVGPOOL:
        windows = skel_dense_shape_windows(dense, step, plan->images);
        windows.squares = context->squares != NULL;
        skel_dense_f32_pool_mean_backward(windows, dy, dx);
        break;
    case SKEL_STEP_ACTIVATION:
        skel_dense_f32_activation_backward(
            skel_dense_shape_activation(step->op), context->squares != NULL, floats,
            skel_dense_slot_buffer(dense, slot, plan->placement.value[step->output]), dy, dx);
        break;
    case SKEL_STEP_MUL:
    case SKEL_STEP_CONCAT:
        skel_dense_pair_backward(context, i, slot, dy);
        break;
    case SKEL_STEP_NORM: /* over all slots: see norm.h */
        SKEL_ASSERT(false);
    }
    return SKEL_OK;
}

skel_status skel_dense_operation_backward(const skel_dense_context *context, size_t i, size_t slot)
{
    double start = skel_engine_clock(&context->dense->base);
    skel_status status = execute_backward(context, i, slot);

    count_time(context->dense, context->dense->graph.step[i].kind, start);
    return status;
}
