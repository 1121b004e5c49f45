/* Synaptic flow forward: the exponent of every value. */
#include "flow_forward.h"

#include "../../../engine/flow.h"
#include "../compile/shape.h"
#include "../kernels/affine.h"
#include "../kernels/elementwise.h"
#include "flow_activation.h"
#include "flow_exponent.h"
#include "flow_pair.h"
#include "slot.h"

#include <math.h>
#include <string.h>

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Exponent of a magnitude. */
static int exponent_of(double most)
{
    int exponent = 0;

    (void)frexp(most, &exponent);
    return most > 0 ? exponent : SKEL_FLOW_NOTHING;
}

static size_t value_of(const skel_dense *dense, size_t tensor)
{
    return tensor == 0 ? SKEL_NONE : dense->arena[0].plan->placement.value[tensor];
}

/* Sets the slopes of a batch norm with an exponent of their own, for the backward pass, and the
 * vectors of the forward pass, for the exponents of its input and output. Returns the output's: the
 * largest exponent of its terms, so that none overflows. */
static int set_vectors(const skel_dense_context *context, const float parameters[], size_t i, int x,
                       int other)
{
    const skel_network *network = context->dense->graph.network;
    const skel_op *op = context->dense->graph.step[i].op;
    skel_dense_weights *weights = &context->dense->weights[i];
    size_t channels = network->parameter[op->weight].count;
    double steepest = 0;
    double farthest = 0;
    int *slopes = &context->dense->flow->factor[i];
    int y = 0;

    for (size_t c = 0; c < channels; c++) {
        skel_flow_affine affine = skel_flow_norm(network, op, parameters, context->buffers, c);

        steepest = fmax(steepest, affine.slope);
        farthest = fmax(farthest, fabs(affine.shift));
    }
    *slopes = exponent_of(steepest);
    y = larger(larger(x + *slopes, exponent_of(farthest)), other);
    for (size_t c = 0; c < channels; c++) {
        skel_flow_affine affine = skel_flow_norm(network, op, parameters, context->buffers, c);

        weights->mean[c] = 0;
        weights->inverse[c] = (float)ldexp(affine.slope, -*slopes);
        weights->slope[c] = (float)ldexp(affine.slope, x - y);
        weights->shift[c] = (float)ldexp(affine.shift, -y);
    }
    return y;
}

static skel_status norm_forward(const skel_dense_context *context, const float parameters[],
                                size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_dense_weights *weights = &dense->weights[i];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t second = step->operand[SKEL_STEP_OTHER];
    size_t value = value_of(dense, step->output);
    bool adds = second != SKEL_NONE;
    const float *ones = context->batch->images;
    int x = skel_dense_flow_exponent_of(dense, value_of(dense, input));
    int other =
        adds ? skel_dense_flow_exponent_of(dense, value_of(dense, second)) : SKEL_FLOW_NOTHING;
    int y = set_vectors(context, parameters, i, x, other);
    int32_t largest = skel_dense_f32_affine_forward(
        skel_dense_shape_extent(dense, i, 1), skel_dense_slot_value(dense, 0, input, ones),
        (skel_dense_f32_norm_vectors){
            .mean = weights->mean, .slope = weights->slope, .shift = weights->shift},
        adds ? skel_dense_slot_value(dense, 0, second, ones) : NULL, ldexpf(1, other - y),
        step->relu, skel_dense_slot_buffer(dense, 0, value));

    dense->flow->exponent[value] = y;
    return skel_dense_flow_exponent_rescale(dense, value, dense->graph.tensor[step->output].floats,
                                            largest);
}

/* Adds the bias to a layer's output, in place. */
static skel_status bias_forward(const skel_dense_context *context, const float parameters[],
                                size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_parameter *bias = &dense->graph.network->parameter[step->op->bias];
    size_t value = value_of(dense, step->output);
    float *y = skel_dense_slot_buffer(dense, 0, value);
    float *slope = dense->flow->vectors + dense->flow->stride;
    float *shift = slope + dense->flow->stride;
    int x = dense->flow->exponent[value];
    int32_t largest = skel_dense_f32_elementwise_largest(bias->count, parameters + bias->offset);
    float farthest = 0;
    int exponent = 0;

    memcpy(&farthest, &largest, sizeof farthest);
    exponent = larger(x, exponent_of((double)farthest));
    memset(slope, 0, 2 * dense->flow->stride * sizeof *slope);
    for (size_t c = 0; c < bias->count; c++) {
        slope[c] = ldexpf(1, x - exponent);
        shift[c] = ldexpf(fabsf(parameters[bias->offset + c]), -exponent);
    }
    largest = skel_dense_f32_affine_forward(
        skel_dense_shape_extent(dense, i, 1), y,
        (skel_dense_f32_norm_vectors){.mean = dense->flow->vectors, .slope = slope, .shift = shift},
        NULL, 0, false, y);
    dense->flow->exponent[value] = exponent;
    return skel_dense_flow_exponent_rescale(dense, value, dense->graph.tensor[step->output].floats,
                                            largest);
}

static skel_status add_forward(const skel_dense_context *context, size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t second = step->operand[SKEL_STEP_OTHER];
    size_t value = value_of(dense, step->output);
    size_t floats = dense->graph.tensor[step->output].floats;
    int a = skel_dense_flow_exponent_of(dense, value_of(dense, input));
    int b = skel_dense_flow_exponent_of(dense, value_of(dense, second));
    int y = larger(a, b);
    int32_t largest = skel_dense_f32_elementwise_weighted_add(
        floats, ldexpf(1, a - y), skel_dense_slot_value(dense, 0, input, context->batch->images),
        ldexpf(1, b - y), skel_dense_slot_value(dense, 0, second, context->batch->images),
        skel_dense_slot_buffer(dense, 0, value));

    dense->flow->exponent[value] = y;
    return skel_dense_flow_exponent_rescale(dense, value, floats, largest);
}

/* Whether only batch norms read a layer's output: they rescale their own results. */
static bool only_norms_read(const skel_graph *graph, size_t tensor)
{
    const skel_graph_tensor *t = &graph->tensor[tensor];

    for (size_t u = 0; u < t->uses; u++) {
        if (graph->step[graph->use[t->first_use + u].step].kind != SKEL_STEP_NORM) {
            return false;
        }
    }
    return tensor != graph->logits;
}

/* Layers, pooling, ReLU and changes of layout: a linear map or one that keeps exponents. */
static skel_status operation_forward(const skel_dense_context *context, const float parameters[],
                                     size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    bool is_layer = skel_graph_has_weights(step);
    size_t value = value_of(dense, step->output);
    int x = skel_dense_flow_exponent_of(dense, value_of(dense, step->operand[SKEL_STEP_INPUT]));
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_operation_forward(context, i, 0));
    dense->flow->exponent[value] = x + (is_layer ? dense->flow->factor[i] : 0);
    if (is_layer && step->op->bias != SKEL_NONE) {
        status = bias_forward(context, parameters, i);
    } else if (step->kind != SKEL_STEP_LAYOUT &&
               !(is_layer && only_norms_read(&dense->graph, step->output))) {
        status = skel_dense_flow_exponent_inspect(dense, value,
                                                  dense->graph.tensor[step->output].floats);
    }
done:
    return status;
}

static skel_status step_forward(const skel_dense_context *context, const float parameters[],
                                size_t i)
{
    skel_step_kind kind = context->dense->graph.step[i].kind;

    if (kind == SKEL_STEP_NORM) {
        return norm_forward(context, parameters, i);
    }
    if (kind == SKEL_STEP_ADD) {
        return add_forward(context, i);
    }
    if (kind == SKEL_STEP_ACTIVATION) {
        return skel_dense_flow_activation_forward(context, i);
    }
    if (kind == SKEL_STEP_MUL || kind == SKEL_STEP_CONCAT) {
        return skel_dense_flow_pair_forward(context, i);
    }
    return operation_forward(context, parameters, i);
}

skel_status skel_dense_flow_forward(const skel_dense_context *context, const float parameters[])
{
    skel_dense *dense = context->dense;
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < dense->graph.steps; i++) {
        skel_step_kind kind = dense->graph.step[i].kind;
        double start = skel_engine_clock(&dense->base);

        status = step_forward(context, parameters, i);
        if (kind == SKEL_STEP_NORM || kind == SKEL_STEP_ADD || kind == SKEL_STEP_ACTIVATION ||
            kind == SKEL_STEP_MUL || kind == SKEL_STEP_CONCAT) {
            dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
        }
    }
    return status;
}
