/* The work of a step on one window, in either pass. */
#include "step.h"

#include "../compile/segments.h"
#include "../compile/tensors.h"
#include "elementwise.h"
#include "layer.h"
#include "norm.h"

static skel_sparse_pool pool_of(const skel_sparse *sparse, const skel_graph_step *step)
{
    const skel_window *window = &step->op->window;

    return (skel_sparse_pool){.in = sparse->planes[step->operand[SKEL_STEP_INPUT]],
                              .out = sparse->planes[step->output],
                              .kernel = {window->kernel[0], window->kernel[1]},
                              .stride = {window->stride[0], window->stride[1]},
                              .before = {window->before[0], window->before[1]},
                              .counts_padding = step->op->counts_padding};
}

static bool is_elementwise(skel_step_kind kind)
{
    return kind == SKEL_STEP_RELU || kind == SKEL_STEP_ACTIVATION || kind == SKEL_STEP_MUL ||
           kind == SKEL_STEP_CONCAT;
}

/* One channel of one block, of addition and pooling. */
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
    skel_sparse_pool pool = {.counts_padding = false};

    switch (step->kind) {
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
    case SKEL_STEP_RELU:
    case SKEL_STEP_ACTIVATION:
    case SKEL_STEP_MUL:
    case SKEL_STEP_CONCAT: /* see elementwise.h */
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

static void step_forward(skel_sparse *sparse, size_t number, skel_sparse_window window,
                         bool statistics)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t channels = sparse->planes[step->output].channels;
    double start = skel_engine_clock(&sparse->base);
    double seconds = 0;

    if (skel_graph_has_weights(step)) {
        skel_sparse_layer_forward(sparse, number, window, statistics);
    } else {
#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
        for (size_t b = window.first; b < window.last; b++) {
            for (size_t c = 0; c < channels; c++) {
                if (is_elementwise(step->kind)) {
                    skel_sparse_elementwise_forward(sparse, number, window.slot, b, c);
                } else {
                    channel_forward(sparse, number, window.slot, b, c);
                }
            }
        }
    }
    seconds = skel_engine_clock(&sparse->base) - start;
    *time_of(sparse, step->kind) += seconds;
    sparse->work[number].profile.forward += seconds;
}

void skel_sparse_step_forward(skel_sparse *sparse, size_t time, skel_sparse_window window,
                              bool statistics)
{
    size_t number = skel_sparse_step_at(&sparse->graph, time);
    bool norm = sparse->graph.step[number].kind == SKEL_STEP_NORM;

    if (time % 2 == 0) {
        if (norm && statistics) {
            skel_sparse_norm_sums(sparse, number, window);
        }
    } else if (norm) {
        skel_sparse_norm_apply(sparse, number, window);
    } else {
        step_forward(sparse, number, window, statistics);
    }
}

static float *channel_of(const skel_sparse *sparse, size_t slot, size_t buffer, size_t tensor,
                         size_t block, size_t channel)
{
    return skel_sparse_block(sparse, slot, buffer, block,
                             sparse->graph.tensor[tensor].gradient_floats) +
           skel_sparse_planes_origin(&sparse->back[tensor], channel);
}

/* Adds parts of the output's gradient to the first part until only as many are left as the step
 * reads: two by a batch norm, one by any other step. Returns the first part's buffer. */
static size_t gather(const skel_sparse *sparse, skel_sparse_window window,
                     const skel_graph_step *step)
{
    const skel_placement *placement = &sparse->placement;
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    size_t first = skel_placement_gradient_part(&sparse->graph, placement, step->output, 0);
    size_t part = SKEL_NONE;

    for (size_t n = step->kind == SKEL_STEP_NORM ? 2 : 1;
         (part = skel_placement_gradient_part(&sparse->graph, placement, step->output, n)) !=
         SKEL_NONE;
         n++) {
        for (size_t b = window.first; b < window.last; b++) {
            for (size_t c = 0; c < planes->channels; c++) {
                float *sum = channel_of(sparse, window.slot, first, step->output, b, c);

                sparse->kernels->norm->add(
                    planes, sum, channel_of(sparse, window.slot, part, step->output, b, c), sum);
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
    const skel_sparse_planes *planes = &sparse->back[step->output];

    for (size_t k = 0; k < SKEL_STEP_OPERANDS; k++) {
        size_t to = sparse->placement.gradient[number][k];

        if (to != SKEL_NONE && to != dy) {
            sparse->kernels->elementwise->copy(
                planes->height, planes->width,
                (skel_sparse_source){channel_of(sparse, slot, dy, step->output, block, channel),
                                     planes->row},
                (skel_sparse_target){channel_of(sparse, slot, to, step->output, block, channel),
                                     planes->row});
        }
    }
}

static void channel_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                             size_t channel, size_t incoming)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t left = sparse->placement.gradient[number][SKEL_STEP_INPUT];
    const float *dy = channel_of(sparse, slot, incoming, step->output, block, channel);
    float *dx = NULL;
    skel_sparse_pool pool = {.counts_padding = false};

    if (step->kind == SKEL_STEP_ADD) {
        add_backward(sparse, number, slot, block, channel, incoming);
        return;
    }
    dx = channel_of(sparse, slot, left, step->operand[SKEL_STEP_INPUT], block, channel);
    pool = pool_of(sparse, step);
    if (step->kind == SKEL_STEP_MAXPOOL) {
        sparse->kernels->pool->max_backward(
            &pool, skel_sparse_choice(sparse, number, slot, block, channel), dy, dx);
    } else {
        sparse->kernels->pool->mean_backward(&pool, dy, dx);
    }
}

/* The producer of a layer's input if the layer is the first one of the backward pass to read values
 * that are computed again, else SKEL_NONE. */
static size_t computed_again(const skel_sparse *sparse, size_t number)
{
    size_t input = sparse->graph.step[number].operand[SKEL_STEP_INPUT];
    const skel_graph_tensor *tensor = &sparse->graph.tensor[input];

    return sparse->placement.again[input] == sparse->placement.value[input] ||
                   sparse->graph.use[tensor->first_use].step != number
               ? SKEL_NONE
               : tensor->producer;
}

static void step_backward(skel_sparse *sparse, size_t number, skel_sparse_window window)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t channels = sparse->planes[step->output].channels;
    double start = skel_engine_clock(&sparse->base);
    size_t dy = gather(sparse, window, step);

    if (skel_graph_has_weights(step)) {
        size_t producer = computed_again(sparse, number);

        if (producer != SKEL_NONE) {
            skel_sparse_norm_again(sparse, producer, window);
        }
        skel_sparse_layer_backward(sparse, number, window, dy);
        return;
    }
#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = window.first; b < window.last; b++) {
        for (size_t c = 0; c < channels; c++) {
            if (is_elementwise(step->kind)) {
                skel_sparse_elementwise_backward(sparse, number, window.slot, b, c, dy);
            } else {
                channel_backward(sparse, number, window.slot, b, c, dy);
            }
        }
    }
    *time_of(sparse, step->kind) += skel_engine_clock(&sparse->base) - start;
}

void skel_sparse_step_backward(skel_sparse *sparse, size_t time, skel_sparse_window window)
{
    size_t number = skel_sparse_step_at(&sparse->graph, time);
    const skel_graph_step *step = &sparse->graph.step[number];
    bool norm = step->kind == SKEL_STEP_NORM;

    if (!sparse->graph.tensor[step->output].differentiable) {
        return;
    }
    if (time % 2 == 0) {
        if (norm) {
            (void)gather(sparse, window, step);
            skel_sparse_norm_backward_sums(sparse, number, window);
        }
    } else if (norm) {
        skel_sparse_norm_backward_apply(sparse, number, window);
    } else {
        step_backward(sparse, number, window);
    }
}
