/* Passes through a graph, segment by segment: each window of each slot through all steps of it. */
#include "run.h"

#include "../../../engine/loss.h"
#include "../compile/segments.h"
#include "../compile/tensors.h"
#include "norm.h"
#include "step.h"
#include "weights.h"

/* A pass over the batches that are in the slots. */
typedef struct pass_state {
    skel_sparse *sparse;
    size_t count;
    const skel_pass *pass;
    const float *buffers; /* running averages; NULL: statistics of the batch */
} pass_state;

/* All steps of a segment on every window of a slot. */
static void slot_run(const pass_state *state, const skel_placement_segment *segment, bool back,
                     size_t slot)
{
    size_t blocks = state->sparse->slot[slot].blocks;

    for (size_t b = 0; b < blocks; b += segment->units) {
        skel_sparse_window window = {.slot = slot, .first = b, .last = b + segment->units};

        window.last = window.last < blocks ? window.last : blocks;
        for (size_t time = segment->first; time < segment->last; time++) {
            if (back) {
                skel_sparse_step_backward(state->sparse, time, window);
            } else {
                skel_sparse_step_forward(state->sparse, time, window, state->buffers == NULL);
            }
        }
    }
}

/* The layer whose weights get their gradients in a segment; SKEL_NONE: none. */
static size_t layer_of(const skel_sparse *sparse, const skel_placement_segment *segment)
{
    for (size_t time = segment->first; time < segment->last; time++) {
        size_t number = skel_sparse_step_at(&sparse->graph, time);

        if (time % 2 == 1 && skel_graph_has_weights(&sparse->graph.step[number])) {
            return number;
        }
    }
    return SKEL_NONE;
}

static void backward_segment(const pass_state *state, const skel_placement_segment *segment)
{
    skel_sparse *sparse = state->sparse;
    size_t layer = sparse->samples != NULL ? SKEL_NONE : layer_of(sparse, segment);

    SKEL_ASSERT(layer == SKEL_NONE || state->pass != NULL);
    for (size_t slot = 0; slot < state->count; slot++) {
        if (layer != SKEL_NONE) {
            skel_sparse_weights_open(sparse, layer);
        }
        slot_run(state, segment, true, slot);
        if (layer != SKEL_NONE) {
            skel_sparse_weights_close(sparse, layer, state->pass[slot].gradient);
        }
    }
}

/* The batch norm that needs the sums of all images before a segment; SKEL_NONE: none. */
static size_t norm_of(const skel_sparse *sparse, const skel_placement_segment *segment)
{
    size_t number = skel_sparse_step_at(&sparse->graph, segment->first);

    return segment->first % 2 == 1 && sparse->graph.step[number].kind == SKEL_STEP_NORM ? number
                                                                                        : SKEL_NONE;
}

static skel_status forward(const pass_state *state)
{
    skel_sparse *sparse = state->sparse;
    size_t end = sparse->segments.of[skel_placement_loss_time(&sparse->graph)];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < end; i++) {
        const skel_placement_segment *segment = &sparse->segments.segment[i];
        size_t norm = norm_of(sparse, segment);

        if (norm != SKEL_NONE && state->buffers == NULL) {
            SKEL_TRY(skel_sparse_norm_total(sparse, norm, state->count, state->pass));
        }
        for (size_t slot = 0; slot < state->count; slot++) {
            slot_run(state, segment, false, slot);
        }
    }
done:
    return status;
}

static skel_status backward(const pass_state *state)
{
    skel_sparse *sparse = state->sparse;
    size_t loss = sparse->segments.of[skel_placement_loss_time(&sparse->graph)];
    skel_status status = SKEL_OK;

    for (size_t i = loss + 1; i < sparse->segments.count; i++) {
        const skel_placement_segment *segment = &sparse->segments.segment[i];
        size_t norm = norm_of(sparse, segment);

        if (norm != SKEL_NONE) {
            SKEL_TRY(skel_sparse_norm_backward_total(sparse, norm, state->count, state->pass));
        }
        backward_segment(state, segment);
    }
done:
    return status;
}

/* Copies batches into the slots. */
static void assign(skel_sparse *sparse, size_t count, const skel_batch batches[])
{
    double start = skel_engine_clock(&sparse->base);

    for (size_t slot = 0; slot < count; slot++) {
        sparse->slot[slot].images = batches[slot].count;
        sparse->slot[slot].blocks =
            skel_sparse_blocks_of(sparse->kernels->lanes, batches[slot].count);
        skel_sparse_planes_fill(&sparse->planes[0], batches[slot].count, batches[slot].images,
                                sparse->slot[slot].image);
    }
    sparse->base.profile.reorder += skel_engine_clock(&sparse->base) - start;
}

/* Copies the logits of a slot out, image after image. */
static void unload_logits(const skel_sparse *sparse, size_t slot, float logits[])
{
    skel_sparse_planes_empty(&sparse->planes[sparse->graph.logits], sparse->slot[slot].images,
                             skel_sparse_value(sparse, slot, sparse->graph.logits, 0), logits);
}

static void score(skel_sparse *sparse, size_t slot, const skel_batch *batch, double scale,
                  skel_pass *pass)
{
    size_t classes = sparse->graph.network->classes;
    float *gradient = sparse->logits + sparse->base.options.microbatch * classes;
    double start = skel_engine_clock(&sparse->base);

    unload_logits(sparse, slot, sparse->logits);
    skel_loss_batch(&sparse->base.options, classes, batch, sparse->logits, scale, gradient,
                    &pass->loss, &pass->correct);
    skel_sparse_planes_fill(&sparse->planes[sparse->graph.logits], batch->count, gradient,
                            skel_sparse_block(sparse, slot, sparse->placement.loss, 0, 0));
    sparse->base.profile.other += skel_engine_clock(&sparse->base) - start;
}

/* Forward and backward pass of batches that are in the slots together. */
static skel_status pass_together(skel_sparse *sparse, size_t count, const skel_batch batches[],
                                 double scale, skel_pass passes[])
{
    pass_state all = {.sparse = sparse, .count = count, .pass = passes};
    skel_status status = SKEL_OK;

    assign(sparse, count, batches);
    SKEL_TRY(forward(&all));
    for (size_t slot = 0; slot < count; slot++) {
        score(sparse, slot, &batches[slot], scale, &passes[slot]);
    }
    SKEL_TRY(backward(&all));
done:
    return status;
}

skel_status skel_sparse_run_gradient(skel_engine *engine, size_t count, const skel_batch batches[],
                                     double scale, skel_pass passes[])
{
    skel_sparse *sparse = skel_sparse_of(engine);
    skel_status status = SKEL_OK;

    if (engine->options.statistics_sum != NULL) {
        return pass_together(sparse, count, batches, scale, passes);
    }
    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        status = pass_together(sparse, 1, &batches[i], scale, &passes[i]);
    }
    return status;
}

skel_status skel_sparse_run_samples(skel_engine *engine, const skel_singles *samples)
{
    skel_sparse *sparse = skel_sparse_of(engine);
    pass_state all = {.sparse = sparse, .count = 1};
    size_t logits = sparse->graph.logits;
    skel_status status = SKEL_OK;

    sparse->samples = samples;
    assign(sparse, 1, samples->batch);
    SKEL_TRY(forward(&all));
    unload_logits(sparse, 0, sparse->logits);
    skel_singles_score(engine, samples, sparse->logits, sparse->logits);
    skel_sparse_planes_fill(&sparse->planes[logits], samples->batch->count, sparse->logits,
                            skel_sparse_block(sparse, 0, sparse->placement.loss, 0, 0));
    status = backward(&all);
done:
    sparse->samples = NULL;
    return status;
}

skel_status skel_sparse_run_forward(skel_engine *engine, const skel_batch *batch,
                                    const float buffers[], float logits[])
{
    skel_sparse *sparse = skel_sparse_of(engine);
    pass_state all = {.sparse = sparse, .count = 1, .buffers = buffers};
    skel_status status = SKEL_OK;

    assign(sparse, 1, batch);
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (sparse->graph.step[i].kind == SKEL_STEP_NORM) {
            skel_sparse_norm_running(sparse, i, buffers);
        }
    }
    SKEL_TRY(forward(&all));
    unload_logits(sparse, 0, logits);
done:
    return status;
}
