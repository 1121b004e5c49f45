/* Loading: from the flat vector of parameters to the layouts that the passes read. */
#include "load.h"

#include "call.h"

#include <string.h>

static const skel_parameter *parameter_of(const skel_dense *dense, size_t number)
{
    return &dense->graph.network->parameter[number];
}

static skel_status load_packed(skel_dense *dense, size_t step, size_t number)
{
    skel_dense_weights *weights = &dense->weights[step];
    const void *data[] = {weights->values, weights->packed[number].data};

    return skel_dense_call_primitive(dense, &weights->packed[number].load, data, step,
                                     &dense->base.profile.reorder);
}

skel_status skel_dense_load_packed(skel_dense *dense, size_t step, const skel_dense_work *work)
{
    skel_status status = load_packed(dense, step, work->forward_packed);

    if (status == SKEL_OK && work->backward_packed != work->forward_packed) {
        status = load_packed(dense, step, work->backward_packed);
    }
    return status;
}

/* A choice, not a product: a pruned weight is 0 whatever it was. */
static void choose(size_t count, const float source[restrict], const uint8_t keep[restrict],
                   float values[restrict])
{
    for (size_t k = 0; k < count; k++) {
        float value = source[k];

        values[k] = keep[k] != 0 ? value : 0.0F;
    }
}

static skel_status load_matrix(skel_dense *dense, size_t i, const float parameters[],
                               const uint8_t mask[])
{
    const skel_op *op = dense->graph.step[i].op;
    const skel_parameter *weight = parameter_of(dense, op->weight);
    skel_dense_weights *weights = &dense->weights[i];
    const float *source = parameters + weight->offset;
    skel_status status = SKEL_OK;

    if (mask != NULL) {
        choose(weight->count, source, mask + weight->offset, weights->values);
    } else {
        memcpy(weights->values, source, weight->count * sizeof *source);
    }
    for (size_t f = 0; f < weights->packings; f++) {
        SKEL_TRY(load_packed(dense, i, f));
    }
    if (op->bias != SKEL_NONE) {
        const skel_parameter *bias = parameter_of(dense, op->bias);
        memcpy(weights->bias, parameters + bias->offset, bias->count * sizeof(float));
    }
done:
    return status;
}

static void copy_parameter(const skel_dense *dense, size_t number, const float flat[], float to[])
{
    const skel_parameter *parameter = parameter_of(dense, number);

    memcpy(to, flat + parameter->offset, parameter->count * sizeof(float));
}

static void load_vectors(skel_dense *dense, size_t i, const float parameters[])
{
    const skel_op *op = dense->graph.step[i].op;

    copy_parameter(dense, op->weight, parameters, dense->weights[i].scale);
    copy_parameter(dense, op->bias, parameters, dense->weights[i].shift);
}

skel_status skel_dense_load_parameters(skel_engine *engine, const float parameters[],
                                       const uint8_t mask[])
{
    skel_dense *dense = skel_dense_of(engine);
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        if (skel_graph_has_weights(&dense->graph.step[i])) {
            SKEL_TRY(load_matrix(dense, i, parameters, mask));
        } else if (dense->graph.step[i].kind == SKEL_STEP_NORM) {
            load_vectors(dense, i, parameters);
        }
    }
    dense->loaded = true;
done:
    return status;
}

skel_status skel_dense_load_tangents(skel_dense *dense, const float vector[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_op *op = dense->graph.step[i].op;
        skel_dense_weights *weights = &dense->weights[i];

        for (size_t f = 0; f < weights->packings; f++) {
            const void *data[] = {vector + parameter_of(dense, op->weight)->offset,
                                  weights->packed[f].tangent};

            SKEL_TRY(skel_dense_call_primitive(dense, &weights->packed[f].load, data, i,
                                               &dense->base.profile.reorder));
        }
        if (dense->graph.step[i].kind == SKEL_STEP_NORM) {
            copy_parameter(dense, op->weight, vector, weights->tangents.scale);
            copy_parameter(dense, op->bias, vector, weights->tangents.shift);
        }
    }
done:
    return status;
}
