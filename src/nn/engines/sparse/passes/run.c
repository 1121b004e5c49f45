/* Passes through a graph: each step over all slots, then the next step. */
#include "run.h"

#include "../../../engine/loss.h"
#include "../compile/tensors.h"
#include "layer.h"
#include "norm.h"

/* A pass over the batches that are in the slots. */
typedef struct pass_state {
    skel_sparse *sparse;
    size_t count;
    const skel_pass *pass;
    const float *buffers; /* running averages; NULL: statistics of the batch */
} pass_state;

static skel_sparse_pool pool_of(const skel_sparse *sparse, const skel_graph_step *step)
{
    return (skel_sparse_pool){.in = sparse->planes[step->operand[SKEL_STEP_INPUT]],
                              .out = sparse->planes[step->output],
                              .kernel = step->op->kernel,
                              .stride = step->op->stride};
}

/* One channel of one block, of a step that has no weights and is no batch norm. */
static void channel_forward(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                            size_t channel)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t other = step->operand[SKEL_STEP_OTHER];
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    size_t origin = skel_sparse_planes_origin(planes, channel);
    const float *x = skel_sparse_value(sparse, slot, input, block) +
                     skel_sparse_planes_origin(&sparse->planes[input], channel);
    float *y = skel_sparse_value(sparse, slot, step->output, block) + origin;
    skel_sparse_pool pool = {.kernel = 0};

    switch (step->kind) {
    case SKEL_STEP_RELU:
        sparse->kernels->norm->relu(planes, x, y);
        break;
    case SKEL_STEP_ADD:
        sparse->kernels->norm->add(planes, x,
                                   skel_sparse_value(sparse, slot, other, block) + origin, y);
        break;
    case SKEL_STEP_MAXPOOL:
        pool = pool_of(sparse, step);
        sparse->kernels->pool->max(&pool, x, y,
                                   skel_sparse_choice(sparse, number, slot, block, channel));
        break;
    case SKEL_STEP_AVGPOOL:
        pool = pool_of(sparse, step);
        sparse->kernels->pool->mean(&pool, x, y);
        break;
    case SKEL_STEP_CONV:
    case SKEL_STEP_LINEAR:
    case SKEL_STEP_NORM:
    case SKEL_STEP_LAYOUT: /* there is one layout only */
        SKEL_ASSERT(false);
    }
}

/* Where the time of a step goes in the forward pass. */
static double *time_of(skel_sparse *sparse, skel_step_kind kind)
{
    skel_engine_profile *profile = &sparse->base.profile;

    if (kind == SKEL_STEP_CONV) {
        return &profile->convolution_forward;
    }
    if (kind == SKEL_STEP_LINEAR) {
        return &profile->linear;
    }
    return kind == SKEL_STEP_MAXPOOL || kind == SKEL_STEP_AVGPOOL ? &profile->pooling
                                                                  : &profile->elementwise;
}

static void step_forward(const pass_state *state, size_t number, size_t slot)
{
    skel_sparse *sparse = state->sparse;
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t channels = sparse->planes[step->output].channels;
    size_t blocks = sparse->slot[slot].blocks;
    double start = skel_engine_clock(&sparse->base);

    if (skel_graph_has_weights(step)) {
        skel_sparse_layer_forward(sparse, number, slot, state->buffers == NULL);
    } else {
#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
        for (size_t b = 0; b < blocks; b++) {
            for (size_t c = 0; c < channels; c++) {
                channel_forward(sparse, number, slot, b, c);
            }
        }
    }
    *time_of(sparse, step->kind) += skel_engine_clock(&sparse->base) - start;
}

static skel_status forward(const pass_state *state)
{
    skel_sparse *sparse = state->sparse;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        bool norm = sparse->graph.step[i].kind == SKEL_STEP_NORM;

        if (norm && state->buffers != NULL) {
            skel_sparse_norm_evaluate(sparse, i, state->buffers);
        } else if (norm) {
            SKEL_TRY(skel_sparse_norm_forward(sparse, i, state->count, state->pass));
        }
        for (size_t slot = 0; !norm && slot < state->count; slot++) {
            step_forward(state, i, slot);
        }
    }
done:
    return status;
}

static float *channel_of(const skel_sparse *sparse, size_t slot, size_t buffer, size_t tensor,
                         size_t block, size_t channel)
{
    return skel_sparse_block(sparse, slot, buffer, block, sparse->graph.tensor[tensor].floats) +
           skel_sparse_planes_origin(&sparse->planes[tensor], channel);
}

/* Adds parts of the output's gradient to the first part until only as many are left as the step
 * reads: two by a batch norm, one by any other step. Returns the first part's buffer. */
static size_t gather(const skel_sparse *sparse, size_t slot, const skel_graph_step *step)
{
    const skel_placement *placement = &sparse->placement;
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    size_t first = skel_placement_gradient_part(&sparse->graph, placement, step->output, 0);
    size_t part = SKEL_NONE;

    for (size_t n = step->kind == SKEL_STEP_NORM ? 2 : 1;
         (part = skel_placement_gradient_part(&sparse->graph, placement, step->output, n)) !=
         SKEL_NONE;
         n++) {
        for (size_t b = 0; b < sparse->slot[slot].blocks; b++) {
            for (size_t c = 0; c < planes->channels; c++) {
                float *sum = channel_of(sparse, slot, first, step->output, b, c);

                sparse->kernels->norm->add(planes, sum,
                                           channel_of(sparse, slot, part, step->output, b, c), sum);
            }
        }
    }
    return first;
}

/* Backward pass of an addition that is no part of a batch norm: both operands get the gradient of
 * the output, the second a copy of it. */
static void add_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                         size_t channel, size_t dy)
{
    const skel_graph_step *step = &sparse->graph.step[number];

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        size_t to = sparse->placement.gradient[number][k];

        if (to != SKEL_NONE && to != dy) {
            sparse->kernels->norm->copy(&sparse->planes[step->output],
                                        channel_of(sparse, slot, dy, step->output, block, channel),
                                        channel_of(sparse, slot, to, step->output, block, channel));
        }
    }
}

static void channel_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                             size_t channel, size_t incoming)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    size_t left = sparse->placement.gradient[number][SKEL_STEP_INPUT];
    const float *dy = channel_of(sparse, slot, incoming, step->output, block, channel);
    float *dx = NULL;
    skel_sparse_pool pool = {.kernel = 0};

    if (step->kind == SKEL_STEP_ADD) {
        add_backward(sparse, number, slot, block, channel, incoming);
        return;
    }
    dx = channel_of(sparse, slot, left, step->operand[SKEL_STEP_INPUT], block, channel);
    if (step->kind == SKEL_STEP_RELU) {
        sparse->kernels->norm->relu_backward(planes,
                                             skel_sparse_value(sparse, slot, step->output, block) +
                                                 skel_sparse_planes_origin(planes, channel),
                                             dy, dx);
        return;
    }
    pool = pool_of(sparse, step);
    if (step->kind == SKEL_STEP_MAXPOOL) {
        sparse->kernels->pool->max_backward(
            &pool, skel_sparse_choice(sparse, number, slot, block, channel), dy, dx);
    } else {
        sparse->kernels->pool->mean_backward(&pool, dy, dx);
    }
}

static void step_backward(const pass_state *state, size_t number, size_t slot)
{
    skel_sparse *sparse = state->sparse;
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t channels = sparse->planes[step->output].channels;
    size_t blocks = sparse->slot[slot].blocks;
    double start = skel_engine_clock(&sparse->base);
    size_t dy = gather(sparse, slot, step);

    if (skel_graph_has_weights(step)) {
        skel_sparse_layer_backward(sparse, number, slot, dy, state->pass[slot].gradient);
        return;
    }
#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = 0; b < blocks; b++) {
        for (size_t c = 0; c < channels; c++) {
            channel_backward(sparse, number, slot, b, c, dy);
        }
    }
    *time_of(sparse, step->kind) += skel_engine_clock(&sparse->base) - start;
}

static skel_status backward(const pass_state *state)
{
    skel_sparse *sparse = state->sparse;
    skel_status status = SKEL_OK;

    for (size_t i = sparse->graph.steps; i-- > 0;) {
        const skel_graph_step *step = &sparse->graph.step[i];

        if (!sparse->graph.tensor[step->output].differentiable) {
            continue;
        }
        for (size_t slot = 0; slot < state->count; slot++) {
            if (step->kind == SKEL_STEP_NORM) {
                (void)gather(sparse, slot, step);
            } else {
                step_backward(state, i, slot);
            }
        }
        if (step->kind == SKEL_STEP_NORM) {
            SKEL_TRY(skel_sparse_norm_backward(sparse, i, state->count, state->pass));
        }
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

skel_status skel_sparse_run_forward(skel_engine *engine, const skel_batch *batch,
                                    const float buffers[], float logits[])
{
    skel_sparse *sparse = skel_sparse_of(engine);
    pass_state all = {.sparse = sparse, .count = 1, .buffers = buffers};
    skel_status status = SKEL_OK;

    assign(sparse, 1, batch);
    SKEL_TRY(forward(&all));
    unload_logits(sparse, 0, logits);
done:
    return status;
}
