/* Backward pass of batch norm steps. */
#include "norm.h"

#include "../compile/norms.h"
#include "../compile/tensors.h"
#include "elementwise.h"
#include "statistics.h"

#include <string.h>

/* Arrays of the backward pass of one channel of one block. */
typedef struct operands {
    const skel_sparse_planes *planes;
    const skel_sparse_planes *pooled; /* NULL: no pooling */
    size_t kernel;
    const uint16_t *choice;
    skel_sparse_channel channel;
    const float *x;
    skel_sparse_incoming incoming;
    float *kept; /* dy after ReLU, for the addition's other operand; NULL: not needed */
    float *dx;   /* NULL: not wanted */
    size_t dx_row;
} operands;

static float *plane_of(const skel_sparse *sparse, size_t slot, size_t buffer, size_t tensor,
                       size_t block, size_t c)
{
    float *first = skel_sparse_block(sparse, slot, buffer, block,
                                     sparse->graph.tensor[tensor].gradient_floats);

    return first == NULL ? NULL : first + skel_sparse_planes_origin(&sparse->back[tensor], c);
}

static operands operands_of(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                            size_t c)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_placement *placement = &sparse->placement;
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t output = step->output;
    size_t first = skel_placement_gradient_part(&sparse->graph, placement, output, 0);
    size_t second = skel_placement_gradient_part(&sparse->graph, placement, output, 1);
    operands o = {.planes = &sparse->planes[input],
                  .channel = sparse->work[number].channel[c],
                  .x = skel_sparse_norm_input(sparse, number, slot, block, c),
                  .dx_row = sparse->back[input].row,
                  .dx = plane_of(sparse, slot, placement->gradient[number][SKEL_STEP_INPUT], input,
                                 block, c)};

    o.incoming = (skel_sparse_incoming){.first = plane_of(sparse, slot, first, output, block, c),
                                        .second = plane_of(sparse, slot, second, output, block, c),
                                        .activation = skel_sparse_elementwise_function(step),
                                        .row = sparse->planes[output].row};
    if (skel_sparse_part_is_zero(sparse, output, 0, c)) {
        o.incoming.first = sparse->zeros;
    }
    if (skel_sparse_part_is_zero(sparse, output, 1, c)) {
        o.incoming.second = NULL;
    }
    if (skel_graph_keeps_output(step)) {
        o.incoming.output = plane_of(sparse, slot, placement->value[output], output, block, c);
    }
    if (step->operand[SKEL_STEP_OTHER] != SKEL_NONE) {
        o.kept = plane_of(sparse, slot, first, output, block, c);
    }
    if (step->pool != NULL) {
        o.pooled = &sparse->planes[output];
        o.kernel = step->pool->window.kernel[0];
        o.choice = skel_sparse_choice(sparse, number, slot, block, c);
    }
    return o;
}

static void channel_sums(const skel_sparse_kernels *kernels, const operands *o, double sum[2])
{
    if (o->pooled != NULL) {
        kernels->norm_pool->backward_sums(o->planes, o->pooled, o->kernel, o->x, o->channel,
                                          o->choice, o->incoming.first, sum);
    } else {
        kernels->norm->backward_sums(o->planes, o->x, o->channel, o->incoming, o->kept, sum);
    }
}

void skel_sparse_norm_backward_sums(skel_sparse *sparse, size_t number, skel_sparse_window window)
{
    size_t input = sparse->graph.step[number].operand[SKEL_STEP_INPUT];
    size_t channels = sparse->planes[input].channels;
    double start = skel_engine_clock(&sparse->base);

#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = window.first; b < window.last; b++) {
        for (size_t c = 0; c < channels; c++) {
            operands o = operands_of(sparse, number, window.slot, b, c);
            double *sum = skel_sparse_partial(sparse, number, window.slot, b, c);

            if (skel_sparse_is_dead(sparse, number, c)) {
                sum[0] = 0;
                sum[1] = 0;
            } else {
                channel_sums(sparse->kernels, &o, sum);
            }
        }
    }
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
}

/* The sums of one slot are also the gradients of shift and scale. */
static void reduce(const skel_sparse *sparse, size_t number, size_t slot, const skel_pass *pass)
{
    const skel_op *op = sparse->graph.step[number].op;
    const skel_sparse_work *work = &sparse->work[number];
    size_t channels = sparse->graph.network->parameter[op->weight].count;
    float *scale = pass->gradient + skel_engine_offset(&sparse->base, op->weight);
    float *shift = pass->gradient + skel_engine_offset(&sparse->base, op->bias);
    double *sums = sparse->statistics + slot * skel_statistics_backward_columns(channels);
    double *products = sums + channels;

    skel_sparse_statistics_reduce(sparse, number, slot, sums, products);
    for (size_t c = 0; c < channels; c++) {
        products[c] *= work->inverse[c];
        shift[c] = (float)sums[c];
        scale[c] = (float)products[c];
    }
}

skel_status skel_sparse_norm_backward_total(skel_sparse *sparse, size_t number, size_t count,
                                            const skel_pass passes[])
{
    size_t channels = sparse->graph.network->parameter[sparse->graph.step[number].op->weight].count;
    double start = skel_engine_clock(&sparse->base);
    skel_status status = SKEL_OK;

    for (size_t slot = 0; slot < count; slot++) {
        reduce(sparse, number, slot, &passes[slot]);
    }
    status = skel_sparse_statistics_sum(sparse, count, skel_statistics_backward_columns(channels));
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
    return status;
}

/* Whether the layer before the step reads the gradient of a channel: not without kept weights,
 * unless the gradients of pruned ones are wanted. */
static bool is_read(const skel_sparse *sparse, size_t feeder, size_t c)
{
    return skel_sparse_gives_all(sparse) || feeder == SKEL_NONE ||
           sparse->work[feeder].silent[c] == 0;
}

static void channel_apply(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                          size_t c)
{
    const skel_sparse_work *work = &sparse->work[number];
    operands o = operands_of(sparse, number, slot, block, c);
    skel_sparse_lane_mask lanes =
        skel_sparse_lane_mask_of(sparse->kernels->lanes, sparse->slot[slot].images, block);
    float offset = (float)(sparse->total[c] / work->elements);
    float factor =
        (float)(sparse->total[o.planes->channels + c] / work->elements * work->inverse[c]);

    SKEL_ASSERT(o.dx != NULL);
    if (skel_sparse_is_dead(sparse, number, c)) {
        for (size_t y = 0; y < o.planes->height; y++) {
            memset(o.dx + y * o.dx_row, 0, o.planes->width * o.planes->lanes * sizeof *o.dx);
        }
        return;
    }
    if (o.pooled != NULL) {
        sparse->kernels->norm_pool->backward_apply(o.planes, o.pooled, o.kernel, o.x, o.channel,
                                                   o.choice, o.incoming.first, offset, factor,
                                                   &lanes, o.dx_row, o.dx);
        return;
    }
    if (o.kept != NULL) {
        o.incoming = (skel_sparse_incoming){.first = o.kept, .row = o.incoming.row};
    }
    sparse->kernels->norm->backward_apply(o.planes, o.x, o.channel, o.incoming, offset, factor,
                                          &lanes, o.dx_row, o.dx);
}

void skel_sparse_norm_backward_apply(skel_sparse *sparse, size_t number, skel_sparse_window window)
{
    size_t channels = sparse->planes[sparse->graph.step[number].operand[SKEL_STEP_INPUT]].channels;
    double start = skel_engine_clock(&sparse->base);

    if (sparse->placement.gradient[number][SKEL_STEP_INPUT] == SKEL_NONE) {
        return;
    }
#pragma omp parallel for collapse(2) schedule(static) num_threads(sparse->base.options.threads)
    for (size_t b = window.first; b < window.last; b++) {
        for (size_t c = 0; c < channels; c++) {
            if (is_read(sparse, sparse->work[number].feeder, c)) {
                channel_apply(sparse, number, window.slot, b, c);
            }
        }
    }
    sparse->base.profile.elementwise += skel_engine_clock(&sparse->base) - start;
}
