/* Convolutions and linear layers: rows shared out to threads, block after block, so that a block
 * stays in the second cache while all of its rows are computed. */
#include "../compile/sparse.h"

#include <omp.h>
#include <string.h>

static size_t floats_of(const skel_sparse *sparse, size_t tensor)
{
    return sparse->graph.tensor[tensor].floats;
}

/* One channel of one block, and its sums for the batch norm behind it. */
static void channel_forward(const skel_sparse *sparse, size_t number, size_t slot, size_t block,
                            size_t channel, bool statistics)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_work *work = &sparse->work[number];
    const skel_planes *planes = &sparse->planes[step->output];
    skel_lane_mask lanes = skel_lane_mask_of(sparse->slot[slot].images, block);
    float *out = skel_sparse_value(sparse, slot, step->output, block);

    skel_rows_apply(&work->forward, &work->forward.row[channel],
                    skel_sparse_value(sparse, slot, step->operand[SKEL_STEP_INPUT], block),
                    work->bias == NULL ? 0.0F : work->bias[channel], &lanes, out);
    if (statistics && work->feeds != SKEL_NONE) {
        skel_channel_sums(planes, out + skel_planes_origin(planes, channel),
                          skel_sparse_partial(sparse, work->feeds, slot, block, channel));
    }
}

void skel_sparse_layer_forward(skel_sparse *sparse, size_t number, size_t slot, bool statistics)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_work *work = &sparse->work[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t blocks = sparse->slot[slot].blocks;

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
        if (work->padding > 0) {
#pragma omp for schedule(static)
            for (size_t b = 0; b < blocks; b++) {
                skel_planes_clear_ring(&sparse->planes[input],
                                       skel_sparse_value(sparse, slot, input, b));
            }
        }
        for (size_t b = 0; b < blocks; b++) {
#pragma omp for schedule(static) nowait
            for (size_t c = 0; c < work->forward.rows; c++) {
                channel_forward(sparse, number, slot, b, c, statistics);
            }
        }
    }
}

/* Gradient of the input. */
static void backward_data(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                          size_t dx)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_rows *rows = &sparse->work[number].backward;
    size_t blocks = sparse->slot[slot].blocks;
    size_t in = floats_of(sparse, step->operand[SKEL_STEP_INPUT]);
    size_t out = floats_of(sparse, step->output);

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
#pragma omp for schedule(static)
        for (size_t b = 0; b < blocks; b++) {
            skel_planes_clear_ring(&sparse->planes[step->output],
                                   skel_sparse_block(sparse, slot, dy, b, out));
        }
        for (size_t b = 0; b < blocks; b++) {
            skel_lane_mask lanes = skel_lane_mask_of(sparse->slot[slot].images, b);

#pragma omp for schedule(static) nowait
            for (size_t r = 0; r < rows->rows; r++) {
                skel_rows_apply(rows, &rows->row[r], skel_sparse_block(sparse, slot, dy, b, out),
                                0.0F, &lanes, skel_sparse_block(sparse, slot, dx, b, in));
            }
        }
    }
}

void skel_sparse_row_weights(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                             size_t block, size_t row)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_rows *rows = &sparse->work[number].forward;
    size_t thread = (size_t)omp_get_thread_num();

    skel_rows_products(rows, &rows->row[row],
                       skel_sparse_value(sparse, slot, step->operand[SKEL_STEP_INPUT], block),
                       skel_sparse_block(sparse, slot, dy, block, floats_of(sparse, step->output)),
                       sparse->scratch + thread * sparse->row_count * SKEL_LANES,
                       sparse->sums + rows->row[row].first);
}

void skel_sparse_weights_start(skel_sparse *sparse, size_t number)
{
    memset(sparse->sums, 0, sparse->work[number].forward.entries * sizeof *sparse->sums);
}

/* Gradient of the kept weights, in `sums`. A row is one thread's for all blocks. */
static void backward_weights(skel_sparse *sparse, size_t number, size_t slot, size_t dy)
{
    size_t blocks = sparse->slot[slot].blocks;

    skel_sparse_weights_start(sparse, number);
#pragma omp parallel num_threads(sparse->base.options.threads)
    for (size_t b = 0; b < blocks; b++) {
#pragma omp for schedule(static) nowait
        for (size_t c = 0; c < sparse->work[number].forward.rows; c++) {
            skel_sparse_row_weights(sparse, number, slot, dy, b, c);
        }
    }
}

static void bias_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                          float gradient[])
{
    size_t tensor = sparse->graph.step[number].output;
    const skel_planes *planes = &sparse->planes[tensor];

    for (size_t c = 0; c < planes->channels; c++) {
        double sum = 0;

        for (size_t b = 0; b < sparse->slot[slot].blocks; b++) {
            sum += skel_channel_sum(
                planes, skel_sparse_block(sparse, slot, dy, b, floats_of(sparse, tensor)) +
                            skel_planes_origin(planes, c));
        }
        gradient[c] = (float)sum;
    }
}

void skel_sparse_weights_finish(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                                float gradient[])
{
    const skel_op *op = sparse->graph.step[number].op;
    const skel_parameter *parameter = sparse->graph.network->parameter;
    const skel_rows *rows = &sparse->work[number].forward;
    float *weights = gradient + parameter[op->weight].offset;

    memset(weights, 0, parameter[op->weight].count * sizeof *weights);
    for (size_t n = 0; n < rows->entries; n++) {
        weights[rows->source[n]] = (float)sparse->sums[n];
    }
    if (op->bias != SKEL_NONE) {
        bias_backward(sparse, number, slot, dy, gradient + parameter[op->bias].offset);
    }
}

void skel_sparse_layer_backward(skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                                float gradient[])
{
    skel_engine_profile *profile = &sparse->base.profile;
    bool linear = sparse->graph.step[number].kind == SKEL_STEP_LINEAR;
    size_t dx = sparse->buffers.gradient[number][SKEL_STEP_INPUT];
    double start = skel_engine_clock(&sparse->base);
    double middle = 0;

    if (sparse->work[number].feeds == SKEL_NONE) {
        backward_weights(sparse, number, slot, dy);
        skel_sparse_weights_finish(sparse, number, slot, dy, gradient);
    }
    middle = skel_engine_clock(&sparse->base);
    *(linear ? &profile->linear : &profile->convolution_backward_weights) += middle - start;
    if (dx != SKEL_NONE) {
        backward_data(sparse, number, slot, dy, dx);
        *(linear ? &profile->linear : &profile->convolution_backward_data) +=
            skel_engine_clock(&sparse->base) - middle;
    }
}
