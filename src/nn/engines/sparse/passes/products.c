/* Gradients of all weights of a layer or of its dense rows: the threads share the outputs. */
#include "products.h"

#include "../compile/bands.h"
#include "../compile/tensors.h"

#include <omp.h>

/* Lists the elements of the kernel at all channels of the input that are not 0. */
static size_t list_all_columns(const skel_sparse *sparse, size_t number)
{
    size_t input = sparse->graph.step[number].operand[SKEL_STEP_INPUT];
    size_t producer = sparse->graph.tensor[input].producer;
    const skel_sparse_planes *in = &sparse->planes[input];
    const skel_sparse_work *work = &sparse->work[number];
    size_t elements = work->kernel_height * work->kernel_width;
    size_t n = 0;

    for (size_t c = 0; c < in->channels; c++) {
        if (producer != SKEL_NONE && sparse->work[producer].still[c] != 0) {
            continue;
        }
        for (size_t e = 0; e < elements; e++) {
            size_t at = skel_sparse_planes_origin(in, c) + e / work->kernel_width * in->row +
                        e % work->kernel_width * in->lanes - work->padding * (in->row + in->lanes);

            sparse->column[n++] =
                (skel_sparse_column){.offset = (uint32_t)at, .index = (uint32_t)(c * elements + e)};
        }
    }
    return n;
}

/* Lists the columns of the dense rows' matrix. */
static size_t list_dense_columns(const skel_sparse *sparse, const skel_sparse_bands *bands)
{
    for (size_t k = 0; k < bands->columns; k++) {
        sparse->column[k] = (skel_sparse_column){.offset = bands->offset[k], .index = (uint32_t)k};
    }
    return bands->columns;
}

/* Lists the channels of the output that have a gradient, and their rows of the sums. */
static size_t list_all_outputs(const skel_sparse *sparse, size_t number, uint32_t row[])
{
    size_t channels = sparse->planes[sparse->graph.step[number].output].channels;
    size_t n = 0;

    for (uint32_t c = 0; c < channels; c++) {
        if (sparse->work[number].idle[c] == 0) {
            sparse->output[n] = c;
            row[n++] = c;
        }
    }
    return n;
}

/* Lists the channels of the dense rows, and their rows of the sums. */
static size_t list_dense_outputs(const skel_sparse *sparse, const skel_sparse_rows *rows,
                                 uint32_t row[])
{
    const skel_sparse_grid *grid = &rows->grid[0];

    for (uint32_t r = 0; r < grid->bands.rows; r++) {
        sparse->output[r] = (uint32_t)rows->row[skel_sparse_bands_first(grid) + r].channel;
        row[r] = r;
    }
    return grid->bands.rows;
}

static skel_sparse_convolution describe(const skel_sparse *sparse, size_t number,
                                        skel_sparse_window window)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_work *work = &sparse->work[number];
    const skel_sparse_planes *in = &sparse->planes[step->operand[SKEL_STEP_INPUT]];
    const skel_sparse_planes *out = &sparse->back[step->output];
    size_t elements = work->kernel_height * work->kernel_width;
    bool all = skel_sparse_gives_all(sparse);
    size_t columns = all ? list_all_columns(sparse, number)
                         : list_dense_columns(sparse, &work->forward.grid[0].bands);

    return (skel_sparse_convolution){.height = out->height,
                                     .width = out->width,
                                     .blocks = window.last - window.first,
                                     .in_block = skel_sparse_planes_floats(in),
                                     .in_row = work->forward.in_row,
                                     .in_column = work->forward.in_column,
                                     .out_block = skel_sparse_planes_floats(out),
                                     .out_plane = out->plane,
                                     .out_row = out->row,
                                     .elements = elements,
                                     .weights = all ? in->channels * elements : columns,
                                     .columns = columns,
                                     .column = sparse->column};
}

void skel_sparse_products_add(skel_sparse *sparse, size_t number, skel_sparse_window window,
                              size_t dy)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_planes *planes = &sparse->back[step->output];
    skel_sparse_convolution convolution = describe(sparse, number, window);
    bool all = skel_sparse_gives_all(sparse);
    uint32_t *row = sparse->output + planes->channels;
    size_t outputs = all ? list_all_outputs(sparse, number, row)
                         : list_dense_outputs(sparse, &sparse->work[number].forward, row);
    const float *in =
        skel_sparse_again(sparse, window.slot, step->operand[SKEL_STEP_INPUT], window.first);
    const float *out = skel_sparse_block(sparse, window.slot, dy, window.first,
                                         skel_sparse_planes_floats(planes)) +
                       skel_sparse_planes_origin(planes, 0);

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        size_t threads = (size_t)omp_get_num_threads();
        size_t first = outputs * thread / threads;
        size_t last = outputs * (thread + 1) / threads;

        sparse->kernels->weight->products(&convolution, in, out, last - first,
                                          sparse->output + first, row + first,
                                          all ? sparse->sums : sparse->band_sum);
    }
}
