/* Gradients of the weights of a layer. */
#include "weights.h"

#include "../compile/bands.h"
#include "../compile/reach.h"
#include "../compile/tensors.h"
#include "products.h"
#include "share.h"
#include "winograd.h"

#include <string.h>

/* The rows of a range, of those that are computed together with its first one, whose entries
 * together are at most a group, but at least one row. */
static size_t group_end(const skel_sparse_range *range)
{
    const skel_sparse_rows *rows = range->rows;
    size_t first = range->first;
    size_t last = skel_sparse_share_near(range);
    size_t end = first + 1;

    while (end < last && rows->row[end].first + rows->row[end].count - rows->row[first].first <=
                             SKEL_SPARSE_GROUP) {
        end++;
    }
    return end;
}

/* One thread's rows, group by group: the sums in float of a group stay in the second cache. */
static void range_backward(const skel_sparse *sparse, size_t number, skel_sparse_window window,
                           size_t dy, skel_sparse_range range)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t floats = sparse->graph.tensor[step->output].gradient_floats;
    float *scratch = skel_sparse_scratch(sparse);
    size_t end = range.last;

    for (; range.first < end; range.first = range.last) {
        size_t pending = 0;

        range.last = end;
        range.last = group_end(&range);
        for (size_t b = window.first; b < window.last; b++) {
            sparse->kernels->row->products(range, skel_sparse_again(sparse, window.slot, input, b),
                                           skel_sparse_block(sparse, window.slot, dy, b, floats),
                                           scratch, &pending, sparse->sums);
        }
        sparse->kernels->row->settle(range, scratch, sparse->sums);
    }
}

static void bias_backward(const skel_sparse *sparse, size_t number, skel_sparse_window window,
                          size_t dy)
{
    size_t tensor = sparse->graph.step[number].output;
    const skel_sparse_planes *planes = &sparse->back[tensor];

    for (size_t c = 0; c < planes->channels; c++) {
        for (size_t b = window.first; b < window.last; b++) {
            sparse->work[number].bias_sum[c] += sparse->kernels->norm->sum(
                planes, skel_sparse_block(sparse, window.slot, dy, b,
                                          sparse->graph.tensor[tensor].gradient_floats) +
                            skel_sparse_planes_origin(planes, c));
        }
    }
}

static const skel_parameter *weight_of(const skel_sparse *sparse, size_t number)
{
    return &sparse->graph.network->parameter[sparse->graph.step[number].op->weight];
}

/* Sums that a layer's gradients of weights need. */
static size_t sums_of(const skel_sparse *sparse, size_t number)
{
    const skel_sparse_work *work = &sparse->work[number];

    if (!skel_sparse_gives_all(sparse)) {
        return work->forward.entries;
    }
    return work->all.rows > 0 ? skel_sparse_bands_floats(sparse, &work->all)
                              : weight_of(sparse, number)->count;
}

void skel_sparse_weights_open(skel_sparse *sparse, size_t number)
{
    const skel_sparse_work *work = &sparse->work[number];

    memset(sparse->sums, 0, sums_of(sparse, number) * sizeof *sparse->sums);
    if (!skel_sparse_gives_all(sparse)) {
        const skel_sparse_bands *bands = &work->forward.grid[0].bands;

        memset(sparse->band_sum, 0,
               skel_sparse_bands_floats(sparse, bands) * sizeof *sparse->band_sum);
    }
    if (work->bias_sum != NULL) {
        memset(work->bias_sum, 0, work->forward.rows * sizeof *work->bias_sum);
    }
}

/* One thread's rows of one window: an image is a lane, so its sums are there before they are added
 * over the lanes. Dense rows are computed like the others: no matrix keeps the lanes apart. */
static void range_samples(const skel_sparse *sparse, size_t number, skel_sparse_window window,
                          size_t dy, skel_sparse_range range)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_singles *samples = sparse->samples;
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t floats = sparse->graph.tensor[step->output].gradient_floats;
    size_t lanes = sparse->kernels->lanes;
    float *first = samples->rows + skel_engine_offset(&sparse->base, step->op->weight);
    size_t end = range.last;

    for (; range.first < end; range.first = range.last) {
        range.last = end;
        range.last = group_end(&range);
        for (size_t b = window.first; b < window.last; b++) {
            size_t left = samples->batch->count - b * lanes;
            skel_sparse_image_rows rows = {.images = left < lanes ? left : lanes,
                                           .stride = samples->stride,
                                           .first = first + b * lanes * samples->stride};

            sparse->kernels->row->image_products(
                range, skel_sparse_again(sparse, window.slot, input, b),
                skel_sparse_block(sparse, window.slot, dy, b, floats), skel_sparse_scratch(sparse),
                &rows);
        }
    }
}

void skel_sparse_weights_sample(const skel_sparse *sparse, size_t number, skel_sparse_window window,
                                size_t dy)
{
    const skel_sparse_rows *rows = &sparse->work[number].forward;
    skel_sparse_grid all = rows->grid[0];

    all.bands.rows = 0;
#pragma omp parallel num_threads(sparse->base.options.threads)
    range_samples(sparse, number, window, dy, skel_sparse_share(sparse, rows, &all, true));
}

void skel_sparse_weights_add(skel_sparse *sparse, size_t number, skel_sparse_window window,
                             size_t dy)
{
    const skel_sparse_rows *rows = &sparse->work[number].forward;
    bool all = skel_sparse_gives_all(sparse);
    skel_sparse_grid few = rows->grid[0];
    bool tiled = all ? sparse->work[number].all.rows > 0 : few.bands.taps > 1;

    if (tiled) {
        skel_sparse_winograd_add(sparse, number, window, dy);
    } else if (all || few.bands.rows > 0) {
        skel_sparse_products_add(sparse, number, window, dy);
    }
    if (!all) {
        few.rows -= few.bands.rows;
        few.bands.rows = 0;
#pragma omp parallel num_threads(sparse->base.options.threads)
        range_backward(sparse, number, window, dy, skel_sparse_share(sparse, rows, &few, true));
    }
    if (sparse->work[number].bias_sum != NULL) {
        bias_backward(sparse, number, window, dy);
    }
}

/* Gradients of the kept weights: of rows of few weights, and of dense ones. */
static void close_kept(const skel_sparse *sparse, const skel_sparse_rows *rows, float weights[])
{
    const skel_sparse_grid *grid = &rows->grid[0];
    size_t height = sparse->kernels->band->rows;
    size_t dense = skel_sparse_bands_first(grid);

    for (size_t r = 0; r < rows->rows; r++) {
        const skel_sparse_row *row = &rows->row[r];
        size_t begin = r < dense ? 0 : skel_sparse_bands_row(sparse, &grid->bands, r - dense);

        for (size_t n = row->first; n < row->first + row->count; n++) {
            weights[rows->source[n]] =
                (float)(r < dense ? sparse->sums[n]
                                  : sparse->band_sum[begin + rows->place[n] * height]);
        }
    }
}

/* Gradients of one live channel of the output: 0 at channels of the input that are 0. */
static void close_row(const skel_sparse *sparse, size_t number, const double sums[],
                      float weights[])
{
    const skel_sparse_bands *bands = &sparse->work[number].all;
    const uint8_t *still = skel_sparse_reach_still(sparse, number);
    size_t height = sparse->kernels->band->rows;
    size_t taps = bands->taps;
    size_t matrix = skel_sparse_bands_floats(sparse, bands) / taps;
    size_t inputs = weight_of(sparse, number)->count / sparse->work[number].forward.rows / taps;

    for (size_t c = 0; c < inputs; c++) {
        bool live = still == NULL || still[c] == 0;

        for (size_t t = 0; t < taps; t++) {
            weights[c * taps + t] = live ? (float)sums[t * matrix] : 0;
        }
        sums += live ? height : 0;
    }
}

/* Gradients of all weights of a layer that Winograd's algorithm computed. */
static void close_tiled(const skel_sparse *sparse, size_t number, float weights[])
{
    const skel_sparse_work *work = &sparse->work[number];
    size_t outputs = work->forward.rows;
    size_t each = weight_of(sparse, number)->count / outputs;
    size_t row = 0;

    for (size_t c = 0; c < outputs; c++) {
        if (work->idle[c] != 0) {
            memset(weights + c * each, 0, each * sizeof *weights);
        } else {
            close_row(sparse, number,
                      sparse->sums + skel_sparse_bands_row(sparse, &work->all, row++),
                      weights + c * each);
        }
    }
}

void skel_sparse_weights_close(const skel_sparse *sparse, size_t number, float gradient[])
{
    const skel_op *op = sparse->graph.step[number].op;
    const skel_sparse_work *work = &sparse->work[number];
    float *weights = gradient + skel_engine_offset(&sparse->base, op->weight);

    if (work->all.rows > 0) {
        close_tiled(sparse, number, weights);
    } else if (skel_sparse_gives_all(sparse)) {
        for (size_t i = 0; i < weight_of(sparse, number)->count; i++) {
            weights[i] = (float)sparse->sums[i];
        }
    } else {
        close_kept(sparse, &work->forward, weights);
    }
    if (work->bias_sum != NULL) {
        float *bias = gradient + skel_engine_offset(&sparse->base, op->bias);

        for (size_t c = 0; c < work->forward.rows; c++) {
            bias[c] = (float)work->bias_sum[c];
        }
    }
}
