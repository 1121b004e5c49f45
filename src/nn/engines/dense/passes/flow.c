/* Synaptic flow: memory, magnitudes of the weights, exponents, and the pass. */
#include "flow.h"

#include "../../../engine/flow.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* Channels of the widest layer that has a bias, in whole lines of the cache. */
static size_t widest(const skel_graph *graph)
{
    enum { LINE = 16 };
    size_t most = 0;

    for (size_t i = 0; i < graph->steps; i++) {
        size_t padded = graph->tensor[graph->step[i].output].padded;

        if (skel_graph_has_weights(&graph->step[i]) && graph->step[i].op->bias != SKEL_NONE &&
            padded > most) {
            most = padded;
        }
    }
    return (most + LINE - 1) / LINE * LINE;
}

skel_status skel_dense_flow_create(skel_dense *dense, size_t buffers)
{
    size_t floats = dense->graph.tensor[0].floats;
    skel_dense_flow *flow = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(1, sizeof *flow, &dense->flow));
    flow = dense->flow;
    flow->stride = widest(&dense->graph);
    flow->buffers = buffers;
    SKEL_TRY(SKEL_ALLOC(floats, sizeof(float), &flow->ones));
    SKEL_TRY(SKEL_ALLOC(3 * flow->stride, sizeof(float), &flow->vectors));
    SKEL_TRY(SKEL_ALLOC(buffers, sizeof(int), &flow->exponent));
    SKEL_TRY(SKEL_ALLOC(dense->graph.steps, sizeof(int), &flow->factor));
    for (size_t i = 0; i < floats; i++) {
        flow->ones[i] = 1;
    }
done:
    return status;
}

void skel_dense_flow_clear(skel_dense *dense)
{
    if (dense->flow != NULL) {
        SKEL_FREE(&dense->flow->ones);
        SKEL_FREE(&dense->flow->vectors);
        SKEL_FREE(&dense->flow->exponent);
        SKEL_FREE(&dense->flow->factor);
    }
    SKEL_FREE(&dense->flow);
}

int skel_dense_flow_exponent(const skel_dense *dense, size_t buffer)
{
    return buffer == SKEL_NONE ? 0 : dense->flow->exponent[buffer];
}

void skel_dense_flow_scale(size_t count, int exponent, float *x)
{
    enum { NORMAL = 126, ALL = 300 }; /* 2^NORMAL and its inverse are floats; none is left by ALL */
    int left = exponent > ALL ? ALL : exponent < -ALL ? -ALL : exponent;

    while (left != 0) {
        int by = left > NORMAL ? NORMAL : left < -NORMAL ? -NORMAL : left;

        skel_dense_f32_elementwise_scale(count, ldexpf(1, by), x);
        left -= by;
    }
}

/* By how many powers of two a magnitude is from [1/2, 1), if it is outside the window; else 0. */
static int excess(int32_t largest)
{
    enum { FRACTION_BITS = 23, BIAS = 126 };
    int exponent = (int)(largest >> FRACTION_BITS) - BIAS;

    return exponent > SKEL_DENSE_FLOW_WINDOW || exponent < -SKEL_DENSE_FLOW_WINDOW ? exponent : 0;
}

skel_status skel_dense_flow_settle(const skel_dense *dense, size_t buffer, size_t floats,
                                   int32_t largest)
{
    int *exponent = &dense->flow->exponent[buffer];

    if (largest >= SKEL_DENSE_INFINITE_BITS) {
        return skel_flow_not_finite(dense->graph.network, "what flows between layers");
    }
    if (largest == 0) {
        *exponent = SKEL_FLOW_NOTHING;
    } else if (excess(largest) != 0) {
        skel_dense_flow_scale(floats, -excess(largest), skel_dense_data(dense, 0, buffer));
        *exponent += excess(largest);
    }
    return SKEL_OK;
}

skel_status skel_dense_flow_look(skel_dense *dense, size_t buffer, size_t floats)
{
    double start = skel_engine_clock(&dense->base);
    int32_t largest = skel_dense_f32_elementwise_largest(floats, skel_dense_data(dense, 0, buffer));
    skel_status status = skel_dense_flow_settle(dense, buffer, floats, largest);

    dense->base.profile.elementwise += skel_engine_clock(&dense->base) - start;
    return status;
}

/* Magnitudes of the kept weights in all forms. Biases are added by the pass itself, which knows the
 * exponent of what they are added to. */
static skel_status load_matrix(skel_dense *dense, size_t i, const float parameters[],
                               const uint8_t mask[])
{
    const skel_op *op = dense->graph.step[i].op;
    const skel_network *network = dense->graph.network;
    const skel_parameter *weight = &network->parameter[op->weight];
    skel_dense_weights *weights = &dense->weights[i];
    const uint8_t *kept = mask == NULL ? NULL : mask + weight->offset;
    int32_t largest = skel_dense_f32_elementwise_magnitudes(
        weight->count, parameters + weight->offset, kept, weights->values);

    if (largest >= SKEL_DENSE_INFINITE_BITS) {
        return skel_flow_not_finite(network, weight->name);
    }
    dense->flow->factor[i] = largest == 0 ? 0 : excess(largest);
    skel_dense_flow_scale(weight->count, -dense->flow->factor[i], weights->values);
    if (op->bias != SKEL_NONE) {
        memset(weights->bias, 0, network->parameter[op->bias].count * sizeof *weights->bias);
    }
    return skel_dense_forms_load(dense, i, &dense->arena[0].plan->work[i]);
}

static skel_status load(skel_dense *dense, const float parameters[], const uint8_t mask[],
                        const float buffers[])
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_flow_check(dense->graph.network, parameters, buffers));
    for (size_t i = 0; i < dense->graph.steps; i++) {
        if (skel_graph_has_weights(&dense->graph.step[i])) {
            SKEL_TRY(load_matrix(dense, i, parameters, mask));
        }
    }
    dense->loaded = true;
done:
    return status;
}

/* R and its logarithm; the gradient of ln R with respect to each logit is 1 / R. */
static skel_status finish(const skel_dense *dense, double *logarithm)
{
    const skel_buffers *plan = &dense->arena[0].plan->buffers;
    size_t value = plan->value[dense->graph.logits];
    const float *logits = skel_dense_data(dense, 0, value);
    float *gradient = skel_dense_data(dense, 0, plan->loss);
    size_t count = dense->graph.tensor[dense->graph.logits].floats;
    int exponent = skel_dense_flow_exponent(dense, value);
    double r = 0;

    for (size_t k = 0; k < count; k++) {
        r += (double)logits[k];
    }
    for (size_t k = 0; k < count; k++) {
        gradient[k] = (float)(1 / r);
    }
    dense->flow->exponent[plan->loss] = -exponent;
    return skel_flow_logarithm(dense->graph.network, r, exponent, logarithm);
}

skel_status skel_dense_flow_pass(skel_engine *engine, const float parameters[],
                                 const uint8_t mask[], const float buffers[], float out[],
                                 double *logarithm)
{
    skel_dense *dense = skel_dense_of(engine);
    skel_batch image = {.count = 1, .images = dense->flow->ones};
    skel_pass pass = {.gradient = out};
    skel_dense_journey journey = {
        .dense = dense, .count = 1, .batch = &image, .pass = &pass, .buffers = buffers};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_assign(dense, 1, &image, true));
    SKEL_ASSERT(dense->arena[0].plan->buffers.count == dense->flow->buffers);
    SKEL_TRY(load(dense, parameters, mask, buffers));
    SKEL_TRY(skel_dense_flow_forward(&journey, parameters));
    SKEL_TRY(finish(dense, logarithm));
    if (isfinite(*logarithm)) {
        status = skel_dense_flow_backward(&journey);
    } else {
        memset(out, 0, engine->network->parameter_count * sizeof *out);
    }
done:
    return status;
}
