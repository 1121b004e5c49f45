/* Synaptic flow backward: an exponent for each contribution to each gradient. */
#include "flow_backward.h"

#include "../../../engine/flow.h"
#include "../kernels/affine.h"
#include "flow_activation.h"
#include "flow_exponent.h"
#include "flow_pair.h"
#include "norm.h"
#include "slot.h"

#include <math.h>

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Buffer of the n-th contribution to the gradient of a step's output. */
static size_t part_of(const skel_dense *dense, const skel_graph_step *step, size_t n)
{
    return skel_placement_gradient_part(&dense->graph, &dense->arena[0].plan->placement,
                                        step->output, n);
}

/* Brings the contributions that skel_dense_slot_gather() adds up to one exponent. */
static void align(const skel_dense *dense, const skel_graph_step *step)
{
    size_t floats = dense->graph.tensor[step->output].floats;
    size_t next = step->kind == SKEL_STEP_NORM ? 2 : 1; /* the next that it adds to 0 */
    int common = SKEL_FLOW_NOTHING;
    size_t part = SKEL_NONE;

    for (size_t n = 0; (part = part_of(dense, step, n)) != SKEL_NONE; n = n == 0 ? next : n + 1) {
        common = larger(common, dense->flow->exponent[part]);
    }
    for (size_t n = 0; (part = part_of(dense, step, n)) != SKEL_NONE; n = n == 0 ? next : n + 1) {
        skel_dense_flow_exponent_apply(floats, dense->flow->exponent[part] - common,
                                       skel_dense_slot_buffer(dense, 0, part));
        dense->flow->exponent[part] = common;
    }
}

/* Both contributions through a batch norm, and the rectified gradient to the other operand. */
static skel_status norm_backward(const skel_dense_context *context, size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_dense_weights *weights = &dense->weights[i];
    const size_t *left = dense->arena[0].plan->placement.gradient[i];
    skel_dense_norm_arrays back = skel_dense_norm_arrays_of(dense, i, 0, context->batch);
    size_t second = part_of(dense, step, 1);
    int exponent[] = {dense->flow->exponent[part_of(dense, step, 0)],
                      second == SKEL_NONE ? SKEL_FLOW_NOTHING : dense->flow->exponent[second]};
    int common = larger(exponent[0], exponent[1]);
    skel_dense_f32_affine_arrays affine = {
        .x = back.x,
        .vectors = {.mean = weights->mean, .slope = weights->slope, .shift = weights->shift},
        .incoming = back.incoming,
        .factor = {ldexpf(1, exponent[0] - common), ldexpf(1, exponent[1] - common)},
        .coefficient = weights->inverse,
        .rectified = skel_dense_slot_buffer(dense, 0, left[SKEL_STEP_OTHER]),
        .dx = back.dx};
    size_t floats = dense->graph.tensor[step->output].floats;
    int32_t largest[2];
    skel_status status = SKEL_OK;

    affine.incoming.ceiling = INFINITY; /* magnitudes pass any */
    skel_dense_f32_affine_backward(back.extent, &affine, largest);
    if (affine.rectified != NULL) {
        dense->flow->exponent[left[SKEL_STEP_OTHER]] = common;
        SKEL_TRY(
            skel_dense_flow_exponent_rescale(dense, left[SKEL_STEP_OTHER], floats, largest[0]));
    }
    if (affine.dx != NULL) {
        dense->flow->exponent[left[SKEL_STEP_INPUT]] = common + dense->flow->factor[i];
        SKEL_TRY(
            skel_dense_flow_exponent_rescale(dense, left[SKEL_STEP_INPUT], floats, largest[1]));
    }
done:
    return status;
}

/* Whether a batch norm reads the gradient of a tensor: it rescales its own result. */
static bool norm_reads(const skel_graph *graph, size_t tensor)
{
    size_t producer = graph->tensor[tensor].producer;

    return producer != SKEL_NONE && graph->step[producer].kind == SKEL_STEP_NORM;
}

/* Sets the exponents of the gradients of a step's operands, and rescales these gradients. */
static skel_status rescale_operands(const skel_dense_context *context, size_t i, int exponent)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const size_t *left = dense->arena[0].plan->placement.gradient[i];
    bool is_layer = skel_graph_has_weights(step);
    skel_status status = SKEL_OK;

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        size_t operand = step->operand[k];

        if (left[k] == SKEL_NONE) {
            continue;
        }
        dense->flow->exponent[left[k]] = exponent;
        if (is_layer) {
            dense->flow->exponent[left[k]] += dense->flow->factor[i];
        } else if (step->kind == SKEL_STEP_MUL) {
            dense->flow->exponent[left[k]] += skel_dense_flow_pair_factor(dense, i, k);
        }
        if (step->kind != SKEL_STEP_LAYOUT && !(is_layer && norm_reads(&dense->graph, operand))) {
            SKEL_TRY(skel_dense_flow_exponent_inspect(dense, left[k],
                                                      dense->graph.tensor[operand].floats));
        }
    }
done:
    return status;
}

/* A weight's gradient is a sum of products: its exponent is the sum of the factors' exponents. */
static void finish_weights(const skel_dense_context *context, size_t i, int exponent)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_parameter *weight = &dense->graph.network->parameter[step->op->weight];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t value = input == 0 ? SKEL_NONE : dense->arena[0].plan->placement.value[input];

    skel_dense_flow_exponent_apply(weight->count,
                                   exponent + skel_dense_flow_exponent_of(dense, value),
                                   context->pass->gradient + weight->offset);
}

static skel_status step_backward(const void *pass, size_t i)
{
    const skel_dense_context *context = pass;
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    double start = skel_engine_clock(&dense->base);
    int exponent = 0;
    skel_status status = SKEL_OK;

    align(dense, step);
    if (step->kind == SKEL_STEP_NORM) {
        (void)skel_dense_slot_gather(dense, 0, step);
        status = norm_backward(context, i);
        dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
        return status;
    }
    if (step->kind == SKEL_STEP_ACTIVATION) {
        status = skel_dense_flow_activation_backward(context, i);
        dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
        return status;
    }
    exponent = dense->flow->exponent[part_of(dense, step, 0)];
    SKEL_TRY(skel_dense_operation_backward(context, i, 0));
    if (skel_graph_has_weights(step)) {
        finish_weights(context, i, exponent);
    }
    SKEL_TRY(rescale_operands(context, i, exponent));
done:
    return status;
}

skel_status skel_dense_flow_backward(const skel_dense_context *context)
{
    return skel_graph_visit_backward(&context->dense->graph, step_backward, context);
}
