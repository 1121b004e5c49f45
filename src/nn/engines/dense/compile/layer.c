/* Layers with weights: from chosen primitives to calls. */
#include "layer.h"

#include "packed.h"

void skel_dense_layer_clear(skel_dense_layer_choice *choice)
{
    dnnl_primitive_desc_t *all[] = {&choice->forward, &choice->backward_data,
                                    &choice->backward_weights};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (*all[i] != NULL) {
            (void)dnnl_primitive_desc_destroy(*all[i]);
            *all[i] = NULL;
        }
    }
}

static void need_scratch(skel_dense *dense, const_dnnl_primitive_desc_t pd)
{
    size_t bytes = pd == NULL ? 0 : skel_onednn_scratch(pd);

    if (bytes > dense->scratch_bytes) {
        dense->scratch_bytes = bytes;
    }
}

static void need_staging(skel_dense *dense, size_t floats)
{
    if (floats > dense->staging_floats) {
        dense->staging_floats = floats;
    }
}

static skel_status make_calls(skel_dense *dense, size_t step, const skel_dense_layer_choice *choice,
                              skel_dense_work *work)
{
    static const int forward[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS};
    static const int backward_data[] = {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC};
    static const int backward_weights[] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS,
                                           DNNL_ARG_DIFF_BIAS};
    const char *name = skel_dense_name(dense, step);
    size_t arguments = dense->graph.step[step].op->bias != SKEL_NONE ? 4 : 3;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_onednn_call_make(&dense->dnnl, choice->forward, arguments, forward, name,
                                   &work->forward));
    if (choice->backward_data != NULL) {
        SKEL_TRY(skel_onednn_call_make(&dense->dnnl, choice->backward_data, 3, backward_data, name,
                                       &work->backward_data));
    }
    if (choice->backward_weights != NULL) {
        SKEL_TRY(skel_onednn_call_make(&dense->dnnl, choice->backward_weights, arguments,
                                       backward_weights, name, &work->backward_weights));
    }
done:
    return status;
}

/* A primitive's layout of the weights, as a layout of the parameter's own shape: input channels
 * that the primitive was widened by are padding, which a reorder fills with 0 and does not read. */
static dnnl_memory_desc_t weights_layout(const skel_dense *dense, size_t step,
                                         const_dnnl_primitive_desc_t pd, dnnl_query_t what)
{
    const dnnl_memory_desc_t *flat = &dense->weights[step].flat;
    dnnl_memory_desc_t layout = *dnnl_primitive_desc_query_md(pd, what, 0);

    SKEL_ASSERT(layout.ndims == flat->ndims);
    for (int i = 0; i < flat->ndims; i++) {
        layout.dims[i] = flat->dims[i];
    }
    return layout;
}

/* Plans how the weights' gradient gets to the flat layout: at once, or through `staging`. */
static skel_status plan_unload(skel_dense *dense, size_t step,
                               const skel_dense_layer_choice *choice, skel_dense_work *work)
{
    const dnnl_memory_desc_t *flat = &dense->weights[step].flat;
    dnnl_memory_desc_t layout;

    if (choice->backward_weights == NULL) {
        return SKEL_OK;
    }
    layout = weights_layout(dense, step, choice->backward_weights, dnnl_query_diff_weights_md);
    work->weights_floats = dnnl_memory_desc_get_size(&layout) / sizeof(float);
    work->unloads = !dnnl_memory_desc_equal(&layout, flat);
    if (work->unloads || dense->base.options.second_order) {
        need_staging(dense, work->weights_floats);
    }
    if (!work->unloads) {
        return SKEL_OK;
    }
    return skel_onednn_reorder_make(&dense->dnnl, &layout, flat, skel_dense_name(dense, step),
                                    &dense->scratch_bytes, &work->unload);
}

skel_status skel_dense_layer_compile(skel_dense *dense, size_t step,
                                     skel_dense_layer_choice *choice, skel_dense_work *work)
{
    dnnl_memory_desc_t layout;
    skel_status status = SKEL_OK;

    need_scratch(dense, choice->forward);
    need_scratch(dense, choice->backward_data);
    need_scratch(dense, choice->backward_weights);
    layout = weights_layout(dense, step, choice->forward, dnnl_query_weights_md);
    SKEL_TRY(skel_dense_packed_find(dense, step, &layout, &work->forward_packed));
    if (choice->backward_data != NULL) {
        layout = weights_layout(dense, step, choice->backward_data, dnnl_query_weights_md);
        SKEL_TRY(skel_dense_packed_find(dense, step, &layout, &work->backward_packed));
    }
    SKEL_TRY(plan_unload(dense, step, choice, work));
    if (!dense->dry) {
        status = make_calls(dense, step, choice, work);
    }
done:
    skel_dense_layer_clear(choice);
    return status;
}
