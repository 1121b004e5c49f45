/* Packed weights: found by their layout, or made. */
#include "packed.h"

#include "storage.h"

#include "skel/memory.h"

/* Fills packed weights that a new plan reads, after the weights were loaded. */
static skel_status fill(skel_dense *dense, size_t step, skel_dense_packed *packed)
{
    const void *data[] = {dense->weights[step].values, packed->data};
    void *scratch = NULL;
    skel_status status = SKEL_OK;

    /* the engine's scratchpad grows only when the plan is complete */
    SKEL_TRY(SKEL_ALLOC(dense->scratch_bytes, 1, &scratch));
    status =
        skel_onednn_run(&dense->dnnl, &packed->load, data, scratch, skel_dense_name(dense, step));
done:
    SKEL_FREE(&scratch);
    return status;
}

skel_status skel_dense_packed_find(skel_dense *dense, size_t step, const skel_onednn_layout *layout,
                                   size_t *number)
{
    skel_dense_weights *weights = &dense->weights[step];
    skel_dense_packed *packed = NULL;
    skel_status status = SKEL_OK;

    for (size_t f = 0; f < weights->packings; f++) {
        if (skel_onednn_same(&weights->packed[f].layout, layout)) {
            *number = f;
            return SKEL_OK;
        }
    }
    SKEL_ASSERT(weights->packings < SKEL_DENSE_PACKED);
    *number = weights->packings++;
    packed = &weights->packed[*number];
    SKEL_ONEDNN_TRY(skel_onednn_layout_copy(layout, &packed->layout), "description",
                    skel_dense_name(dense, step));
    SKEL_TRY(skel_dense_storage_take(dense, skel_onednn_bytes(layout), 1, &packed->data));
    if (dense->base.options.second_order) {
        SKEL_TRY(skel_dense_storage_take(dense, skel_onednn_bytes(layout), 1, &packed->tangent));
    }
    if (dense->dry) {
        goto done;
    }
    SKEL_TRY(skel_onednn_reorder_make(&dense->dnnl, &weights->flat, layout,
                                      skel_dense_name(dense, step), &dense->scratch_bytes,
                                      &packed->load));
    if (dense->loaded) {
        status = fill(dense, step, packed);
    }
done:
    return status;
}
