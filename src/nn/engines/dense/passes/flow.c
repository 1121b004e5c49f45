/* Synaptic flow: its memory, the magnitudes of the weights, the pass. */
#include "flow.h"

#include "../../../engine/flow.h"
#include "../compile/storage.h"
#include "../kernels/elementwise.h"
#include "flow_backward.h"
#include "flow_exponent.h"
#include "flow_forward.h"
#include "load.h"
#include "slot.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* Channels of the widest layer that has a bias, in whole lines of the cache. */
static size_t widest(const skel_graph *graph)
{
    size_t most = 0;

    for (size_t i = 0; i < graph->steps; i++) {
        size_t padded = graph->tensor[graph->step[i].output].padded;

        if (skel_graph_has_weights(&graph->step[i]) && graph->step[i].op->bias != SKEL_NONE &&
            padded > most) {
            most = padded;
        }
    }
    return SKEL_DENSE_LINES(most);
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

/* Loads the magnitudes of a layer's kept weights. The pass adds the biases, because they need the
 * exponent of the layer's output. */
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
    dense->flow->factor[i] = largest == 0 ? 0 : skel_dense_flow_exponent_excess(largest);
    skel_dense_flow_exponent_apply(weight->count, -dense->flow->factor[i], weights->values);
    if (op->bias != SKEL_NONE) {
        memset(weights->bias, 0, network->parameter[op->bias].count * sizeof *weights->bias);
    }
    return skel_dense_load_packed(dense, i, &dense->arena[0].plan->work[i]);
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

/* R and its logarithm; the gradient of ln R with respect to each logit is its share / R. */
static skel_status finish(const skel_dense *dense, const float shares[], double *logarithm)
{
    const skel_placement *plan = &dense->arena[0].plan->placement;
    size_t value = plan->value[dense->graph.logits];
    const float *logits = skel_dense_slot_buffer(dense, 0, value);
    float *gradient = skel_dense_slot_buffer(dense, 0, plan->loss);
    size_t count = dense->graph.tensor[dense->graph.logits].floats;
    int exponent = skel_dense_flow_exponent_of(dense, value);
    double r = 0;

    for (size_t k = 0; k < count; k++) {
        r += (shares != NULL ? (double)shares[k] : 1) * (double)logits[k];
    }
    for (size_t k = 0; k < count; k++) {
        gradient[k] = (float)((shares != NULL ? (double)shares[k] : 1) / r);
    }
    dense->flow->exponent[plan->loss] = -exponent;
    return skel_flow_logarithm(dense->graph.network, r, exponent, logarithm);
}

skel_status skel_dense_flow_pass(skel_engine *engine, const float parameters[],
                                 const uint8_t mask[], const float buffers[], const float shares[],
                                 float out[], double *logarithm)
{
    skel_dense *dense = skel_dense_of(engine);
    skel_batch image = {.count = 1, .images = dense->flow->ones};
    skel_pass pass = {.gradient = out};
    skel_dense_context context = {
        .dense = dense, .count = 1, .batch = &image, .pass = &pass, .buffers = buffers};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_dense_slot_assign(dense, 1, &image, true));
    SKEL_ASSERT(dense->arena[0].plan->placement.count == dense->flow->buffers);
    SKEL_TRY(load(dense, parameters, mask, buffers));
    SKEL_TRY(skel_dense_flow_forward(&context, parameters));
    SKEL_TRY(finish(dense, shares, logarithm));
    if (isfinite(*logarithm)) {
        status = skel_dense_flow_backward(&context);
    } else {
        memset(out, 0, engine->network->parameter_count * sizeof *out);
    }
done:
    return status;
}
