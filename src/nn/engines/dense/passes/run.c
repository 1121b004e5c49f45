/* Steps through a graph, over all slots. */
#include "steps.h"

#include <string.h>

const char *skel_dense_name(const skel_dense *dense, size_t step)
{
    const skel_op *op = dense->graph.step[step].op;

    return op != NULL ? op->name : "a change of layout";
}

skel_status skel_dense_run(skel_dense *dense, skel_dnnl_call *call, const void *const data[],
                           size_t step, double *seconds)
{
    double start = skel_engine_clock(&dense->base);
    skel_status status =
        skel_dnnl_run(&dense->dnnl, call, data, dense->scratch, skel_dense_name(dense, step));

    *seconds += skel_engine_clock(&dense->base) - start;
    return status;
}

float *skel_dense_side_data(const skel_dense *dense, skel_dense_side side, size_t slot,
                            size_t buffer)
{
    const skel_dense_arena *arena = &dense->arena[slot];

    return buffer == SKEL_NONE ? NULL
                               : arena->data[side] + arena->plan->buffers.buffer[buffer].offset;
}

float *skel_dense_data(const skel_dense *dense, size_t slot, size_t buffer)
{
    return skel_dense_side_data(dense, SKEL_DENSE_VALUE, slot, buffer);
}

const float *skel_dense_value(const skel_dense *dense, size_t slot, size_t tensor,
                              const float *images)
{
    return tensor == 0
               ? images
               : skel_dense_data(dense, slot, dense->arena[slot].plan->buffers.value[tensor]);
}

skel_dense_f32_pool_windows skel_dense_shape_windows(const skel_dense *dense,
                                                     const skel_graph_step *step, size_t images)
{
    const skel_graph_tensor *in = &dense->graph.tensor[step->operand[SKEL_STEP_INPUT]];
    const skel_graph_tensor *out = &dense->graph.tensor[step->output];

    return (skel_dense_f32_pool_windows){.planes = images * in->padded / in->block,
                                         .height = in->height,
                                         .width = in->width,
                                         .lanes = in->block,
                                         .kernel = step->op->kernel,
                                         .stride = step->op->stride,
                                         .out_height = out->height,
                                         .out_width = out->width};
}

double *skel_dense_linear_or(skel_dense *dense, const skel_graph_step *step, double *convolution)
{
    return step->kind == SKEL_STEP_LINEAR ? &dense->base.profile.linear : convolution;
}

/* Convolution or linear layer of one slot. */
static skel_status layer_forward(skel_dense *dense, size_t i, size_t slot, const float *input,
                                 float *output)
{
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_work *work = &dense->arena[slot].plan->work[i];
    const skel_dense_weights *weights = &dense->weights[i];
    const void *data[] = {input, weights->form[work->forward_form].data, output, weights->bias};

    return skel_dense_run(
        dense, &work->forward, data, i,
        skel_dense_linear_or(dense, step, &dense->base.profile.convolution_forward));
}

static skel_status execute_forward(const skel_dense_journey *j, size_t i, size_t slot)
{
    skel_dense *dense = j->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_plan *plan = dense->arena[slot].plan;
    const float *images = j->batch[slot].images;
    const float *input = skel_dense_value(dense, slot, step->operand[SKEL_STEP_INPUT], images);
    float *output = skel_dense_data(dense, slot, plan->buffers.value[step->output]);
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    skel_dense_f32_pool_windows windows = {0};
    const void *data[] = {input, output};

    switch (step->kind) {
    case SKEL_STEP_CONV:
    case SKEL_STEP_LINEAR:
        return layer_forward(dense, i, slot, input, output);
    case SKEL_STEP_LAYOUT:
        return skel_dense_run(dense, &plan->work[i].forward, data, i, &dense->base.profile.reorder);
    case SKEL_STEP_RELU:
        skel_dense_f32_elementwise_relu_forward(floats, input, output);
        break;
    case SKEL_STEP_ADD:
        skel_dense_f32_elementwise_add(
            floats, input, skel_dense_value(dense, slot, step->operand[SKEL_STEP_OTHER], images),
            output);
        break;
    case SKEL_STEP_MAXPOOL:
        windows = skel_dense_shape_windows(dense, step, plan->images);
        skel_dense_f32_pool_max_forward(
            windows, input, output,
            (uint16_t *)(void *)skel_dense_data(dense, slot, plan->buffers.choice[i]));
        break;
    case SKEL_STEP_AVGPOOL:
        windows = skel_dense_shape_windows(dense, step, plan->images);
        skel_dense_f32_pool_mean_forward(windows, input, output);
        break;
    case SKEL_STEP_NORM: /* over all slots: see skel_dense_steps_forward() */
        SKEL_ASSERT(false);
    }
    return SKEL_OK;
}

/* Where the time of a step that is no oneDNN call goes. */
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

/* Adds the time of a step that is no oneDNN call, which would add its own. */
static void count_time(skel_dense *dense, skel_step_kind kind, double start)
{
    if (!is_call(kind)) {
        *own_time(dense, kind) += skel_engine_clock(&dense->base) - start;
    }
}

skel_status skel_dense_step_forward(const skel_dense_journey *j, size_t i, size_t slot)
{
    double start = skel_engine_clock(&j->dense->base);
    skel_status status = execute_forward(j, i, slot);

    count_time(j->dense, j->dense->graph.step[i].kind, start);
    return status;
}

skel_status skel_dense_steps_forward(const skel_dense_journey *j)
{
    skel_dense *dense = j->dense;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        skel_step_kind kind = dense->graph.step[i].kind;

        if (kind == SKEL_STEP_NORM && j->buffers == NULL) {
            SKEL_TRY(skel_dense_norm_forward(dense, i, j->count, j->batch, j->pass));
            continue;
        }
        for (size_t slot = 0; slot < j->count; slot++) {
            if (kind == SKEL_STEP_NORM) {
                skel_dense_norm_evaluate(dense, i, &j->batch[slot], j->buffers);
            } else {
                SKEL_TRY(skel_dense_step_forward(j, i, slot));
            }
        }
    }
done:
    return status;
}

float *skel_dense_side_gather(const skel_dense *dense, skel_dense_side side, size_t slot,
                              const skel_graph_step *step)
{
    const skel_dense_plan *plan = dense->arena[slot].plan;
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    size_t first = skel_buffers_gradient_part(&dense->graph, &plan->buffers, step->output, 0);
    float *sum = skel_dense_side_data(dense, side, slot, first);
    size_t part = SKEL_NONE;

    for (size_t n = step->kind == SKEL_STEP_NORM ? 2 : 1;
         (part = skel_buffers_gradient_part(&dense->graph, &plan->buffers, step->output, n)) !=
         SKEL_NONE;
         n++) {
        skel_dense_f32_elementwise_add(floats, sum, skel_dense_side_data(dense, side, slot, part),
                                       sum);
    }
    return sum;
}

float *skel_dense_gather(const skel_dense *dense, size_t slot, const skel_graph_step *step)
{
    return skel_dense_side_gather(dense, SKEL_DENSE_VALUE, slot, step);
}

/* A layer's input, or its squares. */
static const float *layer_input(const skel_dense_journey *j, const skel_graph_step *step,
                                size_t slot)
{
    size_t tensor = step->operand[SKEL_STEP_INPUT];
    const float *x = skel_dense_value(j->dense, slot, tensor, j->batch[slot].images);

    if (j->squares != NULL) {
        skel_dense_f32_elementwise_square(
            j->batch[slot].count * j->dense->graph.tensor[tensor].floats, x, j->squares);
        x = j->squares;
    }
    return x;
}

/* Convolution or linear layer: gradients of input, weights and bias. */
static skel_status layer_backward(const skel_dense_journey *j, size_t i, size_t slot,
                                  const float *dy, float *dx)
{
    skel_dense *dense = j->dense;
    skel_engine_profile *profile = &dense->base.profile;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_parameter *parameter = dense->graph.network->parameter;
    skel_dense_work *work = &dense->arena[slot].plan->work[i];
    float *gradient = j->pass[slot].gradient;
    float *flat = gradient + parameter[step->op->weight].offset;
    float *weights = work->unloads ? dense->staging : flat;
    float *bias = step->op->bias == SKEL_NONE ? NULL : gradient + parameter[step->op->bias].offset;
    const void *for_weights[] = {layer_input(j, step, slot), dy, weights, bias};
    const void *for_data[] = {dy, dense->weights[i].form[work->backward_form].data, dx};
    const void *for_unload[] = {weights, flat};
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_dense_run(dense, &work->backward_weights, for_weights, i,
                       skel_dense_linear_or(dense, step, &profile->convolution_backward_weights)));
    if (work->unloads) {
        SKEL_TRY(skel_dense_run(dense, &work->unload, for_unload, i, &profile->reorder));
    }
    if (dx != NULL) {
        SKEL_TRY(
            skel_dense_run(dense, &work->backward_data, for_data, i,
                           skel_dense_linear_or(dense, step, &profile->convolution_backward_data)));
    }
done:
    return status;
}

/* Addition by itself: both operands have the gradient; the second needs a copy if both want it. */
static void add_backward(const skel_dense_journey *j, size_t i, size_t slot, const float *dy,
                         size_t floats)
{
    const size_t *left = j->dense->arena[slot].plan->buffers.gradient[i];

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        float *to = skel_dense_side_data(j->dense, j->side, slot, left[k]);

        if (to != NULL && to != dy) {
            memcpy(to, dy, floats * sizeof *to);
        }
    }
}

static skel_status execute_backward(const skel_dense_journey *j, size_t i, size_t slot)
{
    skel_dense *dense = j->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    skel_dense_plan *plan = dense->arena[slot].plan;
    size_t floats = plan->images * dense->graph.tensor[step->output].floats;
    const float *dy = skel_dense_side_gather(dense, j->side, slot, step);
    float *dx =
        skel_dense_side_data(dense, j->side, slot, plan->buffers.gradient[i][SKEL_STEP_INPUT]);
    const void *data[] = {dy, dx};

    switch (step->kind) {
    case SKEL_STEP_CONV:
    case SKEL_STEP_LINEAR:
        return layer_backward(j, i, slot, dy, dx);
    case SKEL_STEP_LAYOUT:
        return skel_dense_run(dense, &plan->work[i].backward_data, data, i,
                              &dense->base.profile.reorder);
    case SKEL_STEP_RELU:
        skel_dense_f32_elementwise_relu_backward(
            floats, skel_dense_data(dense, slot, plan->buffers.value[step->output]), dy, dx);
        break;
    case SKEL_STEP_ADD:
        add_backward(j, i, slot, dy, floats);
        break;
    case SKEL_STEP_MAXPOOL:
        skel_dense_f32_pool_max_backward(
            skel_dense_shape_windows(dense, step, plan->images),
            (const uint16_t *)(void *)skel_dense_data(dense, slot, plan->buffers.choice[i]), dy,
            dx);
        break;
    case SKEL_STEP_AVGPOOL:
        skel_dense_f32_pool_mean_backward(skel_dense_shape_windows(dense, step, plan->images), dy,
                                          dx);
        break;
    case SKEL_STEP_NORM: /* over all slots: see skel_dense_steps_backward() */
        SKEL_ASSERT(false);
    }
    return SKEL_OK;
}

skel_status skel_dense_step_backward(const skel_dense_journey *j, size_t i, size_t slot)
{
    double start = skel_engine_clock(&j->dense->base);
    skel_status status = execute_backward(j, i, slot);

    count_time(j->dense, j->dense->graph.step[i].kind, start);
    return status;
}

skel_status skel_dense_steps_backward(const skel_dense_journey *j)
{
    skel_dense *dense = j->dense;
    skel_status status = SKEL_OK;

    for (size_t i = dense->graph.steps; i-- > 0;) {
        const skel_graph_step *step = &dense->graph.step[i];

        if (!dense->graph.tensor[step->output].differentiable) {
            continue;
        }
        if (step->kind == SKEL_STEP_NORM) {
            for (size_t slot = 0; slot < j->count; slot++) {
                (void)skel_dense_gather(dense, slot, step);
            }
            SKEL_TRY(skel_dense_norm_backward(dense, i, j->count, j->batch, j->pass));
            continue;
        }
        for (size_t slot = 0; slot < j->count; slot++) {
            SKEL_TRY(skel_dense_step_backward(j, i, slot));
        }
    }
done:
    return status;
}
