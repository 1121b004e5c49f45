/* Parameters between the flat vector and the layouts that oneDNN's primitives read. */
#include "hessian.h"
#include "norm.h"

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
    dnnl_dims_t shape = {0};
    skel_status status = SKEL_OK;

    for (size_t d = 0; d < weight->dims; d++) {
        shape[d] = (dnnl_dim_t)weight->shape[d];
    }
    SKEL_DNNL_TRY(dnnl_memory_desc_init_by_tag(&weights->flat, (int)weight->dims, shape, dnnl_f32,
                                               weight->dims == 4 ? dnnl_oihw : dnnl_ab),
                  "description", op->name);
    SKEL_TRY(skel_dense_take(dense, weight->count, sizeof(float), &weights->values));
    if (op->bias != SKEL_NONE) {
        SKEL_TRY(skel_dense_take(dense, parameter_of(dense, op->bias)->count, sizeof(float),
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
    skel_status status = skel_dense_take(dense, count * stride, sizeof(float), block);

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

        for (size_t f = 0; f < weights->forms; f++) {
            skel_dnnl_call_clear(&weights->form[f].load);
            SKEL_FREE(&weights->form[f].data);
            SKEL_FREE(&weights->form[f].tangent);
        }
        SKEL_FREE(&weights->values);
        SKEL_FREE(&weights->bias);
        SKEL_FREE(&weights->vectors);
        SKEL_FREE(&weights->tangents.vectors);
    }
    SKEL_FREE(&dense->weights);
}

/* Fills a form that a smaller batch asks for after the weights were loaded. */
static skel_status fill(skel_dense *dense, size_t step, skel_dense_form *form)
{
    const void *data[] = {dense->weights[step].values, form->data};
    void *scratch = NULL;
    skel_status status = SKEL_OK;

    /* the engine's own scratchpad is made larger only when the plan is complete */
    SKEL_TRY(SKEL_ALLOC(dense->scratch_bytes, 1, &scratch));
    status = skel_dnnl_run(&dense->dnnl, &form->load, data, scratch, skel_dense_name(dense, step));
done:
    SKEL_FREE(&scratch);
    return status;
}

skel_status skel_dense_form_for(skel_dense *dense, size_t step, const dnnl_memory_desc_t *layout,
                                size_t *number)
{
    skel_dense_weights *weights = &dense->weights[step];
    skel_dense_form *form = NULL;
    skel_status status = SKEL_OK;

    for (size_t f = 0; f < weights->forms; f++) {
        if (dnnl_memory_desc_equal(&weights->form[f].layout, layout)) {
            *number = f;
            return SKEL_OK;
        }
    }
    SKEL_ASSERT(weights->forms < SKEL_DENSE_FORMS);
    *number = weights->forms++;
    form = &weights->form[*number];
    form->layout = *layout;
    SKEL_TRY(skel_dense_take(dense, dnnl_memory_desc_get_size(layout), 1, &form->data));
    if (dense->base.options.second_order) {
        SKEL_TRY(skel_dense_take(dense, dnnl_memory_desc_get_size(layout), 1, &form->tangent));
    }
    if (dense->dry) {
        goto done;
    }
    SKEL_TRY(skel_dnnl_reorder_make(&dense->dnnl, &weights->flat, layout,
                                    skel_dense_name(dense, step), &dense->scratch_bytes,
                                    &form->load));
    if (dense->loaded) {
        status = fill(dense, step, form);
    }
done:
    return status;
}

static skel_status load_form(skel_dense *dense, size_t step, size_t number)
{
    skel_dense_weights *weights = &dense->weights[step];
    const void *data[] = {weights->values, weights->form[number].data};

    return skel_dense_run(dense, &weights->form[number].load, data, step,
                          &dense->base.profile.reorder);
}

skel_status skel_dense_forms_load(skel_dense *dense, size_t step, const skel_dense_work *work)
{
    skel_status status = load_form(dense, step, work->forward_form);

    if (status == SKEL_OK && work->backward_form != work->forward_form) {
        status = load_form(dense, step, work->backward_form);
    }
    return status;
}

static skel_status load_matrix(skel_dense *dense, size_t i, const float parameters[],
                               const uint8_t mask[])
{
    const skel_op *op = dense->graph.step[i].op;
    const skel_parameter *weight = parameter_of(dense, op->weight);
    skel_dense_weights *weights = &dense->weights[i];
    const float *source = parameters + weight->offset;
    const uint8_t *kept = mask == NULL ? NULL : mask + weight->offset;
    skel_status status = SKEL_OK;

    for (size_t k = 0; k < weight->count; k++) {
        /* a choice, not a product: a pruned weight is 0 whatever it was */
        weights->values[k] = kept == NULL || kept[k] != 0 ? source[k] : 0.0F;
    }
    for (size_t f = 0; f < weights->forms; f++) {
        SKEL_TRY(load_form(dense, i, f));
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

skel_status skel_dense_load(skel_engine *engine, const float parameters[], const uint8_t mask[])
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

skel_status skel_dense_load_vector(skel_dense *dense, const float vector[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_op *op = dense->graph.step[i].op;
        skel_dense_weights *weights = &dense->weights[i];

        for (size_t f = 0; f < weights->forms; f++) {
            const void *data[] = {vector + parameter_of(dense, op->weight)->offset,
                                  weights->form[f].tangent};

            SKEL_TRY(skel_dense_run(dense, &weights->form[f].load, data, i,
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
