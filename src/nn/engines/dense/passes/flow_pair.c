/* Synaptic flow through products, whose exponents add, and concatenations, which have one. */
#include "flow_pair.h"

#include "flow_exponent.h"
#include "pair.h"

#include <math.h>

static int exponent_of(const skel_dense *dense, size_t tensor)
{
    return skel_dense_flow_exponent_of(
        dense, tensor == 0 ? SKEL_NONE : dense->arena[0].plan->placement.value[tensor]);
}

skel_status skel_dense_flow_pair_forward(const skel_dense_context *context, size_t i)
{
    skel_dense *dense = context->dense;
    const skel_graph_step *step = &dense->graph.step[i];
    size_t value = dense->arena[0].plan->placement.value[step->output];
    int a = exponent_of(dense, step->operand[SKEL_STEP_INPUT]);
    int b = exponent_of(dense, step->operand[SKEL_STEP_OTHER]);
    int common = a > b ? a : b;
    const float factor[] = {ldexpf(1, a - common), ldexpf(1, b - common)};

    skel_dense_pair_forward(context, i, 0, factor);
    dense->flow->exponent[value] = step->kind == SKEL_STEP_MUL ? a + b : common;
    return skel_dense_flow_exponent_inspect(dense, value, dense->graph.tensor[step->output].floats);
}

int skel_dense_flow_pair_factor(const skel_dense *dense, size_t i, size_t operand)
{
    size_t other = operand == SKEL_STEP_INPUT ? SKEL_STEP_OTHER : SKEL_STEP_INPUT;

    return exponent_of(dense, dense->graph.step[i].operand[other]);
}
