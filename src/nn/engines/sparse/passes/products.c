/* Gradients of all weights of a layer or of its dense rows: the threads share the outputs. */
#include "products.h"

#include "../compile/bands.h"
#include "../compile/reach.h"
#include "../compile/tap.h"
#include "../compile/tensors.h"

#include <omp.h>

/* Lists the elements of the kernel at all channels of the input that are not 0, group by group. */
static size_t list_all_columns(const skel_sparse *sparse, size_t number)
{
    const uint8_t *still = skel_sparse_reach_still(sparse, number);
    const skel_sparse_planes *in =
        &sparse->planes[sparse->graph.step[number].operand[SKEL_STEP_INPUT]];
    const skel_sparse_work *work = &sparse->work[number];
    size_t inputs = in->channels / work->groups; /* of a group */
    size_t elements = skel_sparse_elements(work);
    size_t width = work->window.kernel[1];
    uint32_t n = 0;

    for (size_t c = 0; c < in->channels; c++) {
        if (c % inputs == 0) {
            sparse->group[c / inputs] = n;
        }
        if (still != NULL && still[c] != 0) {
            continue;
        }
        for (size_t e = 0; e < elements; e++) {
            size_t at = skel_sparse_tap_offset(in, &work->window, c, e / width, e % width);

            sparse->column[n++] = (skel_sparse_column){
                .offset = (uint32_t)at, .index = (uint32_t)(c % inputs * elements + e)};
        }
    }
    sparse->group[work->groups] = n;
    return n;
}

/* Lists the columns of the dense rows' matrix, with their places in it. */
static size_t list_dense_columns(const skel_sparse *sparse, const skel_sparse_bands *bands)
{
    size_t height = sparse->kernels->band->rows;

    for (size_t k = 0; k < bands->columns; k++) {
        sparse->column[k] =
            (skel_sparse_column){.offset = bands->offset[k], .index = (uint32_t)(k * height)};
    }
    sparse->group[0] = 0;
    sparse->group[1] = (uint32_t)bands->columns;
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

/* Lists the channels of the dense rows, and where their sums begin in the matrix. */
static size_t list_dense_outputs(const skel_sparse *sparse, const skel_sparse_rows *rows,
                                 uint32_t row[])
{
    const skel_sparse_grid *grid = &rows->grid[0];

    for (uint32_t r = 0; r < grid->bands.rows; r++) {
        sparse->output[r] = (uint32_t)rows->row[skel_sparse_bands_first(grid) + r].channel;
        row[r] = (uint32_t)skel_sparse_bands_row(sparse, &grid->bands, r);
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
    size_t elements = skel_sparse_elements(work);
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
                                     .weights = all ? in->channels / work->groups * elements : 1,
                                     .columns = columns,
                                     .column = sparse->column};
}

/* Addresses of a window's first block, and of the sums. */
typedef struct operands {
    const float *in;
    const float *out;
    double *sums;
} operands;

/* The outputs [first, last) of the list, those of one group after the other. */
static void add_outputs(const skel_sparse *sparse, size_t number, skel_sparse_convolution of,
                        const operands *o, const uint32_t row[], size_t first, size_t last)
{
    const skel_sparse_work *work = &sparse->work[number];
    size_t outputs = work->forward.rows / work->groups; /* of a group */
    size_t end = first;

    for (; first < last; first = end) {
        size_t group = sparse->output[first] / outputs;

        while (end < last && sparse->output[end] / outputs == group) {
            end++;
        }
        of.column = sparse->column + sparse->group[group];
        of.columns = sparse->group[group + 1] - sparse->group[group];
        sparse->kernels->weight->products(&of, o->in, o->out, end - first, sparse->output + first,
                                          row + first, o->sums);
    }
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
    operands o = {
        .in = skel_sparse_again(sparse, window.slot, step->operand[SKEL_STEP_INPUT], window.first),
        .out = skel_sparse_block(sparse, window.slot, dy, window.first,
                                 skel_sparse_planes_floats(planes)) +
               skel_sparse_planes_origin(planes, 0),
        .sums = all ? sparse->sums : sparse->band_sum};

#pragma omp parallel num_threads(sparse->base.options.threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        size_t threads = (size_t)omp_get_num_threads();

        add_outputs(sparse, number, convolution, &o, row, outputs * thread / threads,
                    outputs * (thread + 1) / threads);
    }
}
