/* Convolutions and linear layers. Threads share the rows of one block before the next block starts:
 * the block stays in the second cache. */
#include "layer.h"

#include "../compile/norms.h"
#include "../compile/tensors.h"
#include "weights.h"

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
    const skel_sparse_planes *planes = &sparse->planes[step->output];
    skel_sparse_lane_mask lanes =
        skel_sparse_lane_mask_of(sparse->kernels->lanes, sparse->slot[slot].images, block);
    float *out = skel_sparse_value(sparse, slot, step->output, block);

    sparse->kernels->row->apply(
        &work->forward, &work->forward.row[channel],
        skel_sparse_value(sparse, slot, step->operand[SKEL_STEP_INPUT], block),
        work->bias == NULL ? 0.0F : work->bias[channel], &lanes, out);
    if (statistics && work->feeds != SKEL_NONE) {
        sparse->kernels->norm->sums(planes, out + skel_sparse_planes_origin(planes, channel),
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
                skel_sparse_planes_clear_ring(&sparse->planes[input],
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
    const skel_sparse_rows *rows = &sparse->work[number].backward;
    size_t blocks = sparse->slot[slot].blocks;
    size_t in = floats_of(sparse, step->operand[SKEL_STEP_INPUT]);
    size_t out = floats_of(sparse, step->output);

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
#pragma omp for schedule(static)
        for (size_t b = 0; b < blocks; b++) {
            skel_sparse_planes_clear_ring(&sparse->planes[step->output],
                                          skel_sparse_block(sparse, slot, dy, b, out));
        }
        for (size_t b = 0; b < blocks; b++) {
            skel_sparse_lane_mask lanes =
                skel_sparse_lane_mask_of(sparse->kernels->lanes, sparse->slot[slot].images, b);

#pragma omp for schedule(static) nowait
            for (size_t r = 0; r < rows->rows; r++) {
                sparse->kernels->row->apply(rows, &rows->row[r],
                                            skel_sparse_block(sparse, slot, dy, b, out), 0.0F,
                                            &lanes, skel_sparse_block(sparse, slot, dx, b, in));
            }
        }
    }
}

/* Gradient of the kept weights, into `sums`. One thread computes all blocks of a row. */
static void backward_weights(skel_sparse *sparse, size_t number, size_t slot, size_t dy)
{
    size_t blocks = sparse->slot[slot].blocks;

    skel_sparse_weights_start(sparse, number);
#pragma omp parallel num_threads(sparse->base.options.threads)
    for (size_t b = 0; b < blocks; b++) {
#pragma omp for schedule(static) nowait
        for (size_t c = 0; c < sparse->work[number].forward.rows; c++) {
            skel_sparse_weights_row(sparse, number, slot, dy, b, c);
        }
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
