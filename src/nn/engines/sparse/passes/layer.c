/* Convolutions and linear layers: each thread computes its share of the rows of every block. */
#include "layer.h"

#include "../compile/bands.h"
#include "../compile/norms.h"
#include "../compile/tensors.h"
#include "share.h"
#include "weights.h"
#include "winograd.h"

#include <string.h>

static size_t floats_of(const skel_sparse *sparse, size_t tensor)
{
    return sparse->graph.tensor[tensor].gradient_floats;
}

/* Computes a thread's rows of a block: those of few weights, and dense ones. All threads call it
 * together. */
static void rows_apply(skel_sparse *sparse, skel_sparse_range range, const float *in,
                       const float bias[], const skel_sparse_lane_mask *lanes, float *out,
                       double sums[])
{
    size_t dense = skel_sparse_bands_first(range.grid);
    skel_sparse_range first = range;
    skel_sparse_range second = range;

    first.last = range.last < dense ? range.last : dense;
    second.first = range.first > dense ? range.first : dense;
    for (size_t last = first.last; first.first < last; first.first = first.last) {
        first.last = last;
        first.last = skel_sparse_share_near(&first);
        sparse->kernels->row->apply(first, in, bias, lanes, out, skel_sparse_scratch(sparse), sums);
    }
    if (range.grid->bands.taps > 1) {
        skel_sparse_winograd_apply(sparse, second, in, bias, lanes, out, sums);
    } else if (second.first < second.last) {
        sparse->kernels->band->apply(second, in, bias, lanes, out, skel_sparse_scratch(sparse),
                                     sums, skel_sparse_panel(sparse));
    }
}

/* Bytes of a tensor from which on it has left the second cache before it is read again. */
enum { STREAMED_BYTES = 1 << 20 };

/* Whether a layer's output goes past the caches: a batch norm alone reads it, once it has the sums
 * of all images. */
static bool streams(const skel_sparse *sparse, size_t number, size_t slot)
{
    size_t output = sparse->graph.step[number].output;

    return sparse->placement.window[sparse->placement.value[output]] == 0 &&
           sparse->slot[slot].blocks * sparse->graph.tensor[output].floats * sizeof(float) >=
               STREAMED_BYTES;
}

void skel_sparse_layer_forward(skel_sparse *sparse, size_t number, skel_sparse_window window,
                               bool statistics)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_work *work = &sparse->work[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    bool sums = statistics && work->feeds != SKEL_NONE;

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
        skel_sparse_range range =
            skel_sparse_share(sparse, &work->forward, &work->forward.grid[0], work->spares_output);

        range.streams = sums && streams(sparse, number, window.slot);
        if (sums) {
#pragma omp for schedule(static)
            for (size_t b = window.first; b < window.last; b++) {
                memset(skel_sparse_partial(sparse, work->feeds, window.slot, b, 0), 0,
                       2 * work->forward.rows * sizeof(double));
            }
        }
        if (work->reads_ring) {
#pragma omp for schedule(static)
            for (size_t b = window.first; b < window.last; b++) {
                skel_sparse_planes_clear_ring(&sparse->planes[input],
                                              skel_sparse_value(sparse, window.slot, input, b));
            }
        }
        for (size_t b = window.first; b < window.last; b++) {
            skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(
                sparse->kernels->lanes, sparse->slot[window.slot].images, b);

            rows_apply(sparse, range, skel_sparse_value(sparse, window.slot, input, b), work->bias,
                       &lanes, skel_sparse_value(sparse, window.slot, step->output, b),
                       sums ? skel_sparse_partial(sparse, work->feeds, window.slot, b, 0) : NULL);
        }
    }
}

/* Gradient of the input. */
static void data_backward(skel_sparse *sparse, size_t number, skel_sparse_window window, size_t dy,
                          size_t dx)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_rows *rows = &sparse->work[number].backward;
    size_t in = floats_of(sparse, step->operand[SKEL_STEP_INPUT]);
    size_t out = floats_of(sparse, step->output);

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
#pragma omp for schedule(static)
        for (size_t b = window.first; b < window.last; b++) {
            skel_sparse_planes_clear_ring(&sparse->back[step->output],
                                          skel_sparse_block(sparse, window.slot, dy, b, out));
        }
        for (size_t b = window.first; b < window.last; b++) {
            skel_sparse_lane_mask lanes = skel_sparse_lane_mask_of(
                sparse->kernels->lanes, sparse->slot[window.slot].images, b);

            for (size_t g = 0; g < rows->grids; g++) {
                rows_apply(sparse,
                           skel_sparse_share(sparse, rows, &rows->grid[g],
                                             sparse->work[number].spares_input),
                           skel_sparse_block(sparse, window.slot, dy, b, out), NULL, &lanes,
                           skel_sparse_block(sparse, window.slot, dx, b, in), NULL);
            }
        }
    }
}

void skel_sparse_layer_backward(skel_sparse *sparse, size_t number, skel_sparse_window window,
                                size_t dy)
{
    skel_engine_profile *profile = &sparse->base.profile;
    bool linear = sparse->graph.step[number].kind == SKEL_STEP_LINEAR;
    size_t dx = sparse->placement.gradient[number][SKEL_STEP_INPUT];
    double start = skel_engine_clock(&sparse->base);
    double middle = 0;
    double end = 0;

    if (sparse->samples != NULL) {
        skel_sparse_weights_sample(sparse, number, window, dy);
    } else {
        skel_sparse_weights_add(sparse, number, window, dy);
    }
    middle = skel_engine_clock(&sparse->base);
    sparse->work[number].profile.backward_weights += middle - start;
    *(linear ? &profile->linear : &profile->convolution_backward_weights) += middle - start;
    if (dx != SKEL_NONE) {
        data_backward(sparse, number, window, dy, dx);
        end = skel_engine_clock(&sparse->base);
        sparse->work[number].profile.backward_data += end - middle;
        *(linear ? &profile->linear : &profile->convolution_backward_data) += end - middle;
    }
}
