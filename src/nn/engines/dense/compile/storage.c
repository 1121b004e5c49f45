/* The memory of the dense engine. */
#include "storage.h"

#include "skel/memory.h"

skel_status skel_dense_storage_take(skel_dense *dense, size_t count, size_t size, void *out)
{
    void **block = out;
    skel_status status = SKEL_OK;

    dense->bytes += count * size;
    if (dense->dry) {
        return SKEL_OK;
    }
    SKEL_FREE(block);
    status = SKEL_ALLOC_RAW(count, size, block);
    if (status == SKEL_OK) {
        skel_memory_use_huge_pages(*block);
    }
    return status;
}

/* Grows a block if a plan needs more; its content is lost. */
static skel_status grow(skel_dense *dense, size_t needed, size_t size, size_t *held, void *block)
{
    skel_status status = SKEL_OK;

    if (needed <= *held) {
        return SKEL_OK;
    }
    dense->bytes -= *held * size;
    status = skel_dense_storage_take(dense, needed, size, block);
    *held = status == SKEL_OK ? needed : 0;
    return status;
}

/* Floats of one image of the largest tensor that a layer with weights reads or writes. */
static size_t widest_layer(const skel_dense *dense)
{
    size_t widest = 0;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];
        size_t in = dense->graph.tensor[step->operand[SKEL_STEP_INPUT]].floats;
        size_t out = dense->graph.tensor[step->output].floats;

        if (skel_graph_has_weights(step)) {
            widest = in > widest ? in : widest;
            widest = out > widest ? out : widest;
        }
    }
    return widest;
}

/* Grows the blocks that only products with the Hessian need. */
static skel_status fit_tangents(skel_dense *dense, const skel_dense_plan *plan)
{
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < dense->slots; slot++) {
        skel_dense_arena *arena = &dense->arena[slot];

        SKEL_TRY(grow(dense, plan->placement.floats, sizeof(float),
                      &arena->held[SKEL_DENSE_TANGENT], &arena->data[SKEL_DENSE_TANGENT]));
    }
    SKEL_TRY(grow(dense, dense->staging_floats, sizeof(float), &dense->term_weights_held,
                  &dense->term_weights));
    SKEL_TRY(grow(dense, plan->images * widest_layer(dense), sizeof(float),
                  &dense->term_tensor_held, &dense->term_tensor));
done:
    return status;
}

/* A smaller batch may need more memory than the largest: it may have other algorithms, and its
 * buffers may pack less well. */
skel_status skel_dense_storage_fit(skel_dense *dense, const skel_dense_plan *plan)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(grow(dense, dense->scratch_bytes, 1, &dense->scratch_held, &dense->scratch));
    SKEL_TRY(
        grow(dense, dense->staging_floats, sizeof(float), &dense->staging_held, &dense->staging));
    for (size_t slot = 0; slot < dense->slots; slot++) {
        skel_dense_arena *arena = &dense->arena[slot];

        SKEL_TRY(grow(dense, plan->placement.floats, sizeof(float), &arena->held[SKEL_DENSE_VALUE],
                      &arena->data[SKEL_DENSE_VALUE]));
    }
    if (dense->base.options.second_order) {
        SKEL_TRY(fit_tangents(dense, plan));
    }
done:
    return status;
}
