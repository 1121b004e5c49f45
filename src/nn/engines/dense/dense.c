/* The dense engine behind the common interface: set-up, memory, the table of its functions. */
#include "../../engine/groups.h"
#include "passes/curvature.h"
#include "passes/energy.h"
#include "passes/flow.h"
#include "passes/hessian.h"
#include "passes/load.h"
#include "passes/norm.h"
#include "passes/pass.h"
#include "passes/terms.h"

#include "skel/memory.h"

#include <omp.h>

/* Tensors whose values the backward pass reads for the options' sake. */
static void mark_kept(skel_dense *dense)
{
    const skel_engine_options *options = &dense->base.options;
    bool products = options->terms == SKEL_TERM_MEAN || options->terms == SKEL_TERM_MAGNITUDE;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];

        dense->graph.tensor[step->output].kept =
            (products && skel_graph_has_weights(step)) ||
            skel_dense_energy_units(dense, step->output) != SKEL_NONE;
    }
}

/* Compiles for the largest batch and takes all memory, or in a dry run only counts it. */
static skel_status compile(skel_dense *dense)
{
    size_t block = 0;
    skel_dense_plan *largest = NULL;
    skel_dense_plan *single = NULL;
    skel_status status = SKEL_OK;

    omp_set_num_threads(dense->base.options.threads);
    dense->slots = skel_groups_slots(&dense->base.options);
    SKEL_TRY(skel_onednn_open(&dense->dnnl));
    SKEL_TRY(skel_onednn_block(&dense->dnnl, &block));
    SKEL_TRY(skel_graph_build(dense->base.network, block, false, &dense->graph));
    SKEL_TRY(skel_dense_energy_create(dense));
    mark_kept(dense);
    SKEL_TRY(skel_dense_weights_create(dense));
    SKEL_TRY(SKEL_ALLOC(dense->slots, sizeof *dense->arena, &dense->arena));
    if (dense->base.options.profile) {
        SKEL_TRY(SKEL_ALLOC(dense->graph.steps, sizeof *dense->seconds, &dense->seconds));
    }
    SKEL_TRY(skel_dense_norm_create(dense));
    if (dense->base.options.second_order) {
        SKEL_TRY(skel_dense_hessian_create(dense));
    }
    SKEL_TRY(skel_dense_plan_find(dense, dense->base.options.microbatch, false, &largest));
    if (dense->base.options.samples) {
        SKEL_TRY(skel_dense_plan_find(dense, 1, true, &single));
    }
    if (!dense->base.options.inference) {
        SKEL_TRY(skel_dense_flow_create(dense, largest->placement.count));
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
    skel_dense_plan_clear(dense);
    skel_dense_weights_clear(dense);
    for (size_t slot = 0; dense->arena != NULL && slot < dense->slots; slot++) {
        for (size_t side = 0; side < SKEL_DENSE_SIDES; side++) {
            SKEL_FREE(&dense->arena[slot].data[side]);
        }
    }
    SKEL_FREE(&dense->arena);
    skel_dense_flow_clear(dense);
    SKEL_FREE(&dense->hidden);
    SKEL_FREE(&dense->seconds);
    SKEL_FREE(&dense->squares);
    SKEL_FREE(&dense->scratch);
    SKEL_FREE(&dense->staging);
    SKEL_FREE(&dense->partials);
    SKEL_FREE(&dense->rows);
    SKEL_FREE(&dense->total);
    SKEL_FREE(&dense->term_weights);
    SKEL_FREE(&dense->term_tensor);
    SKEL_FREE(&dense->zeros);
    SKEL_FREE(&dense->means);
    skel_graph_clear(&dense->graph);
    skel_onednn_close(&dense->dnnl);
}

static void tear_down(skel_engine *engine)
{
    clear(skel_dense_of(engine));
}

static skel_engine_layer_profile layer(const skel_engine *engine, size_t op)
{
    const skel_dense *dense = (const skel_dense *)(const void *)engine;
    skel_engine_layer_profile sum = {0, 0, 0};

    for (size_t i = 0; dense->seconds != NULL && i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];

        if (step->op == &engine->network->op[op] && skel_graph_has_weights(step)) {
            sum = (skel_engine_layer_profile){
                .forward = dense->seconds[i][SKEL_DENSE_FORWARD],
                .backward_data = dense->seconds[i][SKEL_DENSE_BACKWARD_DATA],
                .backward_weights = dense->seconds[i][SKEL_DENSE_BACKWARD_WEIGHTS]};
        }
    }
    return sum;
}

static const char *kernel_of(const skel_dense_call *call)
{
    return skel_dense_call_is_own(call) ? "skel's own" : skel_onednn_kernel(&call->primitive);
}

/* Of the plan that set_up() has made. */
static const char *kernel(const skel_engine *engine, size_t op, size_t direction)
{
    const skel_dense *dense = (const skel_dense *)(const void *)engine;

    for (size_t i = 0; i < dense->graph.steps; i++) {
        const skel_graph_step *step = &dense->graph.step[i];
        const skel_dense_work *work = &dense->plan->work[i];
        const skel_dense_call *const calls[] = {&work->forward, &work->backward_data,
                                                &work->backward_weights};

        if (step->op == &engine->network->op[op] && skel_graph_has_weights(step)) {
            return kernel_of(calls[direction]);
        }
    }
    return "";
}

/* A dry run makes all tables, because compilation reads them, and only counts the large blocks. */
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
    .has_energy = true,
    .bytes = count_bytes,
    .set_up = set_up,
    .tear_down = tear_down,
    .load = skel_dense_load_parameters,
    .gradient = skel_dense_pass_gradient,
    .forward = skel_dense_pass_logits,
    .hessian = skel_dense_hessian_product,
    .flow = skel_dense_flow_pass,
    .curvature = skel_dense_curvature_pass,
    .samples = skel_dense_pass_samples,
    .terms = skel_dense_terms_pass,
    .layer = layer,
    .kernel = kernel,
};
