/* The parameters of the steps: their descriptions and their memory. */
#include "weights.h"

#include "dense.h"
#include "storage.h"

#include "skel/memory.h"

#include <string.h>

static const skel_parameter *parameter_of(const skel_dense *dense, size_t number)
{
    return &dense->graph.network->parameter[number];
}

static skel_status describe_matrix(skel_dense *dense, size_t i)
{
    const skel_op *op = dense->graph.step[i].op;
    const skel_parameter *weight = parameter_of(dense, op->weight);
    skel_dense_weights *weights = &dense->weights[i];
    bool grouped = op->kind == SKEL_OP_CONV && op->groups > 1;
    dnnl_dims_t shape = {0};
    int dims = 0;
    skel_status status = SKEL_OK;

    if (grouped) {
        shape[dims++] = (dnnl_dim_t)op->groups;
    }
    for (size_t d = 0; d < weight->dims; d++) {
        shape[dims++] = (dnnl_dim_t)(weight->shape[d] / (grouped && d == 0 ? op->groups : 1));
    }
    SKEL_ONEDNN_TRY(skel_onednn_layout_make(dims, shape,
                                            grouped             ? dnnl_goihw
                                            : weight->dims == 4 ? dnnl_oihw
                                                                : dnnl_ab,
                                            &weights->flat),
                    "description", op->name);
    SKEL_TRY(skel_dense_storage_take(dense, weight->count, sizeof(float), &weights->values));
    if (op->bias != SKEL_NONE) {
        SKEL_TRY(skel_dense_storage_take(dense, parameter_of(dense, op->bias)->count, sizeof(float),
                                         &weights->bias));
    }
done:
    return status;
}

/* Takes batch norm's vectors, all 0, one behind the other. */
static skel_status take_vectors(skel_dense *dense, size_t i, float **block, size_t count,
                                float **const vector[])
{
    size_t stride = SKEL_DENSE_LINES(dense->graph.tensor[dense->graph.step[i].output].padded);
    skel_status status = skel_dense_storage_take(dense, count * stride, sizeof(float), block);

    if (status == SKEL_OK && !dense->dry) {
        memset(*block, 0, count * stride * sizeof(float));
        for (size_t k = 0; k < count; k++) {
            *vector[k] = *block + k * stride;
        }
    }
    return status;
}

static skel_status describe_norm(skel_dense *dense, size_t i)
{
    enum { VECTORS = 5 };
    skel_dense_weights *w = &dense->weights[i];
    skel_dense_tangents *t = &w->tangents;
    float **const values[VECTORS] = {&w->scale, &w->shift, &w->mean, &w->inverse, &w->slope};
    float **const tangents[VECTORS] = {&t->scale, &t->shift, &t->mean, &t->log_inverse, &t->slope};
    skel_status status = SKEL_OK;

    SKEL_TRY(take_vectors(dense, i, &w->vectors, VECTORS, values));
    if (dense->base.options.second_order) {
        SKEL_TRY(take_vectors(dense, i, &t->vectors, VECTORS, tangents));
    }
done:
    return status;
}

skel_status skel_dense_weights_create(skel_dense *dense)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(dense->graph.steps, sizeof *dense->weights, &dense->weights));
    for (size_t i = 0; i < dense->graph.steps; i++) {
        if (skel_graph_has_weights(&dense->graph.step[i])) {
            SKEL_TRY(describe_matrix(dense, i));
        } else if (dense->graph.step[i].kind == SKEL_STEP_NORM) {
            SKEL_TRY(describe_norm(dense, i));
        }
    }
done:
    return status;
}

void skel_dense_weights_clear(skel_dense *dense)
{
    for (size_t i = 0; dense->weights != NULL && i < dense->graph.steps; i++) {
        skel_dense_weights *weights = &dense->weights[i];

        for (size_t f = 0; f < weights->packings; f++) {
            skel_onednn_call_clear(&weights->packed[f].load);
            skel_onednn_layout_clear(&weights->packed[f].layout);
            SKEL_FREE(&weights->packed[f].data);
            SKEL_FREE(&weights->packed[f].tangent);
        }
        skel_onednn_layout_clear(&weights->flat);
        SKEL_FREE(&weights->values);
        SKEL_FREE(&weights->bias);
        SKEL_FREE(&weights->vectors);
        SKEL_FREE(&weights->tangents.vectors);
    }
    SKEL_FREE(&dense->weights);
}
