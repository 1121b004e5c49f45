/* The sparse engine behind the interface of all engines. */
#include "compile/bands.h"
#include "compile/geometry.h"
#include "compile/norms.h"
#include "compile/pattern.h"
#include "compile/segments.h"
#include "passes/run.h"

#include "skel/memory.h"

static skel_status take_slots(skel_sparse *sparse)
{
    size_t image = sparse->blocks * sparse->graph.tensor[0].floats;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(sparse->slots, sizeof *sparse->slot, &sparse->slot));
    SKEL_TRY(
        skel_sparse_take(sparse, sparse->placement.window_floats, sizeof(float), &sparse->window));
    for (size_t s = 0; s < sparse->slots; s++) {
        SKEL_TRY(skel_sparse_take(sparse, image, sizeof(float), &sparse->slot[s].image));
        SKEL_TRY(skel_sparse_take(sparse, sparse->placement.floats, sizeof(float),
                                  &sparse->slot[s].data));
    }
done:
    return status;
}

static skel_status take_scratch(skel_sparse *sparse)
{
    const skel_engine_options *options = &sparse->base.options;
    size_t columns = 1;
    size_t plane = 1;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.tensors; i++) {
        size_t wide = skel_statistics_forward_columns(sparse->graph.tensor[i].channels);

        columns = wide > columns ? wide : columns;
        plane = sparse->planes[i].plane > plane ? sparse->planes[i].plane : plane;
        plane = sparse->back[i].plane > plane ? sparse->back[i].plane : plane;
    }
    SKEL_TRY(
        skel_sparse_take(sparse, sparse->slots * columns, sizeof(double), &sparse->statistics));
    SKEL_TRY(skel_sparse_take(sparse, columns, sizeof(double), &sparse->total));
    SKEL_TRY(skel_sparse_take(sparse, plane, sizeof(float), &sparse->zeros));
    SKEL_TRY(skel_sparse_take(sparse, 2 * options->microbatch * sparse->graph.network->classes,
                              sizeof(float), &sparse->logits));
    SKEL_TRY(skel_sparse_take(sparse, (size_t)options->threads * sparse->panel_floats,
                              sizeof(float), &sparse->panel));
    if (!options->inference) {
        SKEL_TRY(skel_sparse_take(sparse, (size_t)options->threads * sparse->scratch_vectors,
                                  sparse->kernels->lanes * sizeof(float), &sparse->scratch));
    }
done:
    return status;
}

/* Plans and takes all memory, or in a dry run only counts it. */
static skel_status compile(skel_sparse *sparse)
{
    const skel_engine_options *options = &sparse->base.options;
    skel_status status = SKEL_OK;

    sparse->kernels = skel_sparse_kernels_of(skel_isa_best());
    sparse->blocks = skel_sparse_blocks_of(sparse->kernels->lanes, options->microbatch);
    sparse->slots = options->statistics_sum != NULL ? options->slots : 1;
    SKEL_TRY(skel_graph_build(sparse->base.network, 1, true, &sparse->graph));
    SKEL_TRY(SKEL_ALLOC(sparse->graph.steps, sizeof *sparse->work, &sparse->work));
    SKEL_TRY(skel_sparse_segments_create(sparse));
    SKEL_TRY(skel_sparse_geometry_plan(sparse));
    SKEL_TRY(skel_placement_plan(&sparse->graph, sparse->blocks, options->inference,
                                 &sparse->segments, &sparse->placement));
    SKEL_TRY(skel_sparse_pattern_create(sparse));
    SKEL_TRY(skel_sparse_norms_create(sparse));
    SKEL_TRY(take_slots(sparse));
    SKEL_TRY(take_scratch(sparse));
done:
    return status;
}

static skel_status set_up(skel_engine *engine)
{
    return compile(skel_sparse_of(engine));
}

/* What a step has of its own. */
static void clear_work(skel_sparse_work *work)
{
    skel_sparse_bands_clear(&work->forward);
    skel_sparse_bands_clear(&work->backward);
    SKEL_FREE(&work->forward.grid);
    SKEL_FREE(&work->forward.row);
    SKEL_FREE(&work->backward.grid);
    SKEL_FREE(&work->backward.row);
    SKEL_FREE(&work->bias);
    SKEL_FREE(&work->bias_sum);
    SKEL_FREE(&work->silent);
    SKEL_FREE(&work->unread);
    SKEL_FREE(&work->still);
    SKEL_FREE(&work->idle);
    SKEL_FREE(&work->all.offset);
    SKEL_FREE(&work->channel);
    SKEL_FREE(&work->scale);
    SKEL_FREE(&work->inverse);
    SKEL_FREE(&work->partials);
}

static void clear(skel_sparse *sparse)
{
    for (size_t i = 0; sparse->work != NULL && i < sparse->graph.steps; i++) {
        clear_work(&sparse->work[i]);
    }
    for (size_t s = 0; sparse->slot != NULL && s < sparse->slots; s++) {
        SKEL_FREE(&sparse->slot[s].image);
        SKEL_FREE(&sparse->slot[s].data);
    }
    SKEL_FREE(&sparse->work);
    SKEL_FREE(&sparse->slot);
    SKEL_FREE(&sparse->window);
    SKEL_FREE(&sparse->segments.segment);
    SKEL_FREE(&sparse->segments.of);
    SKEL_FREE(&sparse->planes);
    SKEL_FREE(&sparse->back);
    SKEL_FREE(&sparse->entry);
    SKEL_FREE(&sparse->source);
    SKEL_FREE(&sparse->place);
    SKEL_FREE(&sparse->band_weight);
    SKEL_FREE(&sparse->band_sum);
    SKEL_FREE(&sparse->winograd.weight);
    SKEL_FREE(&sparse->winograd.input);
    SKEL_FREE(&sparse->winograd.output);
    SKEL_FREE(&sparse->winograd.room);
    SKEL_FREE(&sparse->panel);
    SKEL_FREE(&sparse->sums);
    SKEL_FREE(&sparse->column);
    SKEL_FREE(&sparse->group);
    SKEL_FREE(&sparse->output);
    SKEL_FREE(&sparse->scratch);
    SKEL_FREE(&sparse->zeros);
    SKEL_FREE(&sparse->logits);
    SKEL_FREE(&sparse->statistics);
    SKEL_FREE(&sparse->total);
    skel_placement_clear(&sparse->placement);
    skel_graph_clear(&sparse->graph);
}

static void tear_down(skel_engine *engine)
{
    clear(skel_sparse_of(engine));
}

static skel_engine_layer_profile layer(const skel_engine *engine, size_t op)
{
    const skel_sparse *sparse = (const skel_sparse *)(const void *)engine;
    skel_engine_layer_profile out = {0, 0, 0};

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (step->op == &engine->network->op[op] && skel_graph_has_weights(step)) {
            out = sparse->work[i].profile;
        }
    }
    return out;
}

/* A dry run makes the tables, which planning reads, and only counts the large blocks. */
static skel_status count_bytes(const skel_network *network, const skel_engine_options *options,
                               size_t *bytes)
{
    skel_sparse sparse = {.base = {.network = network, .options = *options}, .dry = true};
    size_t before = skel_memory_bytes();
    skel_status status = compile(&sparse);

    *bytes = sparse.bytes + (skel_memory_bytes() - before);
    clear(&sparse);
    return status;
}

const skel_engine_type skel_engine_sparse = {
    .name = "sparse",
    .size = sizeof(skel_sparse),
    .skips_pruned = true,
    .bytes = count_bytes,
    .set_up = set_up,
    .tear_down = tear_down,
    .layer = layer,
    .load = skel_sparse_pattern_load,
    .load_packed = skel_sparse_pattern_load_packed,
    .gradient = skel_sparse_run_gradient,
    .samples = skel_sparse_run_samples,
    .forward = skel_sparse_run_forward,
};
