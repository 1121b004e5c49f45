/* Convolutions and linear layers with their tangents, for products with the Hessian. */
#include "layer_tangent.h"

#include "../kernels/elementwise.h"
#include "call.h"
#include "slot.h"

/* A convolution or linear layer in one slot. */
typedef struct layer {
    skel_dense *dense;
    size_t number; /* of its step */
    size_t slot;
    const skel_graph_step *step;
    const skel_dense_plan *plan;
    skel_dense_work *work;
} layer;

static layer layer_of(const skel_dense_context *context, size_t number, size_t slot)
{
    skel_dense *dense = context->dense;
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
skel_status skel_dense_layer_tangent_forward(const skel_dense_context *context,
                                             const float vector[], size_t i, size_t slot)
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
    const void *first[] = {skel_dense_slot_value(dense, slot, input, context->batch[slot].images),
                           packed->tangent, ry,
                           bias == SKEL_NONE ? NULL : vector + parameter[bias].offset};
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
skel_status skel_dense_layer_tangent_backward(const skel_dense_context *context, size_t i,
                                              size_t slot)
{
    layer l = layer_of(context, i, slot);
    const float *dy = skel_dense_slot_gather(l.dense, slot, l.step);
    const float *rdy = skel_dense_slot_side_gather(l.dense, SKEL_DENSE_TANGENT, slot, l.step);
    skel_status status = SKEL_OK;

    SKEL_TRY(layer_product(&l, &context->batch[slot], context->pass[slot].gradient, dy, rdy));
    SKEL_TRY(layer_data(&l, dy, rdy));
done:
    return status;
}
