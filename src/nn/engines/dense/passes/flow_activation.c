/* Synaptic flow through activations: bounds are brought to the tensor's exponent, a sigmoid is
 * taken of the true values. */
#include "flow_activation.h"

#include "../compile/shape.h"
#include "flow_exponent.h"
#include "slot.h"

#include <math.h>
#include <string.h>

/* The step's function for values with that exponent. */
static skel_dense_f32_activation function_at(const skel_op *op, int exponent)
{
    skel_dense_f32_activation f = skel_dense_shape_activation(op);

    f.low = ldexpf(f.low, -exponent);
    f.high = INFINITY;
    return f;
}

/* Exponent that the output has before it is rescaled, for inputs with the exponent x. */
static int output_exponent(const skel_op *op, int x)
{
    if (op->kind == SKEL_OP_SIGMOID) {
        return 0;
    }
    /* a bound that is no 0 has to be a float in the output's units */
    return op->kind == SKEL_OP_CLIP && isfinite(op->low) && op->low != 0 && x < 0 ? 0 : x;
}

skel_status skel_dense_flow_activation_forward(const skel_dense_context *context, size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_placement *placement = &dense->arena[0].plan->placement;
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t value = placement->value[step->output];
    size_t floats = dense->graph.tensor[step->output].floats;
    int x = skel_dense_flow_exponent_of(dense, input == 0 ? SKEL_NONE : placement->value[input]);
    int y = output_exponent(step->op, x);
    float *to = skel_dense_slot_buffer(dense, 0, value);

    memcpy(to, skel_dense_slot_value(dense, 0, input, context->batch->images), floats * sizeof *to);
    skel_dense_flow_exponent_apply(floats, x - y, to);
    skel_dense_operation_activate(dense, i, 1, function_at(step->op, y), to, to);
    dense->flow->exponent[value] = y;
    return skel_dense_flow_exponent_inspect(dense, value, floats);
}

/* The gradient of a sigmoid's input. The slope exp(-|x|) / (1 + exp(-|x|))^2 is far below the
 * smallest float where x is large: it is multiplied by 2^k, so that the largest one of a gradient
 * that is not 0 is near 1. Returns k. */
static int sigmoid_backward(size_t count, const float *x, int exponent, float *dy)
{
    static const double ln_2 = 0.69314718055994530942;
    static const double most = 1 << 24;
    double least = (double)INFINITY;
    double k = 0;

    for (size_t j = 0; j < count; j++) {
        if (dy[j] != 0) {
            least = fmin(least, ldexp(fabs((double)x[j]), exponent));
        }
    }
    if (isinf(least)) {
        return 0;
    }
    k = fmin(floor(least / ln_2), most);
    for (size_t j = 0; j < count; j++) {
        double magnitude = ldexp(fabs((double)x[j]), exponent);
        double rest = 1 + exp(-magnitude);

        dy[j] = dy[j] == 0 ? 0 : (float)((double)dy[j] * exp(k * ln_2 - magnitude) / (rest * rest));
    }
    return (int)k;
}

skel_status skel_dense_flow_activation_backward(const skel_dense_context *context, size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    const skel_placement *placement = &dense->arena[0].plan->placement;
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t value = placement->value[step->output];
    size_t left = placement->gradient[i][SKEL_STEP_INPUT];
    size_t floats = dense->graph.tensor[step->output].floats;
    float *dy = skel_dense_slot_gather(dense, 0, step);

    SKEL_ASSERT(dy == skel_dense_slot_buffer(dense, 0, left)); /* in place: the exponent is there */
    if (step->op->kind == SKEL_OP_SIGMOID) {
        dense->flow->exponent[left] -=
            sigmoid_backward(floats, skel_dense_slot_value(dense, 0, input, context->batch->images),
                             skel_dense_flow_exponent_of(dense, placement->value[input]), dy);
    } else {
        skel_dense_f32_activation_backward(
            function_at(step->op, skel_dense_flow_exponent_of(dense, value)), false, floats,
            skel_dense_slot_buffer(dense, 0, value), dy, dy);
    }
    return skel_dense_flow_exponent_inspect(dense, left, floats);
}
