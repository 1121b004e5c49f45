/* The dense engine's place among the engines: what it takes, what it gives back. */
#include "passes/curvature.h"
#include "passes/flow.h"

#include "passes/hessian.h"

#include "skel/memory.h"

#include <omp.h>

/* Compiles for the largest batch and takes all memory, or in a dry run only counts it. */
static skel_status compile(skel_dense *dense)
{
    size_t partials = 0;
    size_t columns = 0;
    size_t block = 0;
    skel_dense_plan *largest = NULL;
    skel_status status = SKEL_OK;

    omp_set_num_threads(dense->base.options.threads);
    dense->slots = dense->base.options.statistics_sum != NULL ? dense->base.options.slots : 1;
    SKEL_TRY(skel_dnnl_open(&dense->dnnl));
    SKEL_TRY(skel_dnnl_block(&dense->dnnl, &block));
    SKEL_TRY(skel_graph_build(dense->base.network, block, false, &dense->graph));
    SKEL_TRY(skel_dense_weights_create(dense));
    SKEL_TRY(SKEL_ALLOC(dense->slots, sizeof *dense->arena, &dense->arena));
    skel_dense_norm_sizes(dense, &partials, &columns);
    SKEL_TRY(skel_dense_take(dense, partials, sizeof(double), &dense->partials));
    SKEL_TRY(skel_dense_take(dense, dense->slots * columns, sizeof(double), &dense->rows));
    SKEL_TRY(skel_dense_take(dense, columns, sizeof(double), &dense->total));
    if (dense->base.options.second_order) {
        SKEL_TRY(skel_dense_hessian_create(dense));
    }
    SKEL_TRY(skel_dense_plan_for(dense, dense->base.options.microbatch, false, &largest));
    if (!dense->base.options.inference) {
        SKEL_TRY(skel_dense_flow_create(dense, largest->buffers.count));
    }
    if (dense->base.options.curvature) {
        SKEL_TRY(skel_dense_curvature_create(dense));
    }
done:
    return status;
}

static skel_status set_up(skel_engine *engine)
{
    return compile(skel_dense_of(engine));
}

static void clear(skel_dense *dense)
{
    skel_dense_plans_clear(dense);
    skel_dense_weights_clear(dense);
    for (size_t slot = 0; dense->arena != NULL && slot < dense->slots; slot++) {
        for (size_t side = 0; side < SKEL_DENSE_SIDES; side++) {
            SKEL_FREE(&dense->arena[slot].data[side]);
        }
    }
    SKEL_FREE(&dense->arena);
    skel_dense_flow_clear(dense);
    SKEL_FREE(&dense->squares);
    SKEL_FREE(&dense->scratch);
    SKEL_FREE(&dense->staging);
    SKEL_FREE(&dense->partials);
    SKEL_FREE(&dense->rows);
    SKEL_FREE(&dense->total);
    SKEL_FREE(&dense->second);
    SKEL_FREE(&dense->part);
    SKEL_FREE(&dense->zeros);
    SKEL_FREE(&dense->means);
    skel_graph_clear(&dense->graph);
    skel_dnnl_close(&dense->dnnl);
}

static void tear_down(skel_engine *engine)
{
    clear(skel_dense_of(engine));
}

/* In a dry run the tables are made, as they are read, and only the large blocks are not taken. */
static skel_status count_bytes(const skel_network *network, const skel_engine_options *options,
                               size_t *bytes)
{
    skel_dense dense = {.base = {.network = network, .options = *options}, .dry = true};
    size_t before = skel_memory_bytes();
    skel_status status = compile(&dense);

    *bytes = dense.bytes + (skel_memory_bytes() - before);
    clear(&dense);
    return status;
}

const skel_engine_type skel_engine_dense = {
    .name = "dense",
    .size = sizeof(skel_dense),
    .bytes = count_bytes,
    .set_up = set_up,
    .tear_down = tear_down,
    .load = skel_dense_load,
    .gradient = skel_dense_gradient,
    .forward = skel_dense_forward,
    .hessian = skel_dense_hessian,
    .flow = skel_dense_flow_pass,
    .curvature = skel_dense_curvature,
};
