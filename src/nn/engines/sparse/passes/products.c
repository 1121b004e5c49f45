/* Gradients of all weights of a layer: the threads share the channels of the output. */
#include "products.h"

#include "../compile/tensors.h"

#include <omp.h>

/* Lists the elements of the kernel at all channels of the input that are not 0. */
static size_t list_columns(const skel_sparse *sparse, size_t number)
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

/* Lists the channels of the output that have a gradient. */
static size_t list_outputs(const skel_sparse *sparse, size_t number)
{
    size_t channels = sparse->planes[sparse->graph.step[number].output].channels;
    size_t n = 0;

    for (uint32_t c = 0; c < channels; c++) {
        if (sparse->work[number].idle[c] == 0) {
            sparse->output[n++] = c;
        }
    }
    return n;
}

static skel_sparse_convolution describe(const skel_sparse *sparse, size_t number,
                                        skel_sparse_window window)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_work *work = &sparse->work[number];
    const skel_sparse_planes *in = &sparse->planes[step->operand[SKEL_STEP_INPUT]];
    const skel_sparse_planes *out = &sparse->back[step->output];
    size_t elements = work->kernel_height * work->kernel_width;

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
                                     .weights = in->channels * elements,
                                     .columns = list_columns(sparse, number),
                                     .column = sparse->column};
}

void skel_sparse_products_add(skel_sparse *sparse, size_t number, skel_sparse_window window,
                              size_t dy)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_planes *planes = &sparse->back[step->output];
    skel_sparse_convolution convolution = describe(sparse, number, window);
    size_t outputs = list_outputs(sparse, number);
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
                                          sparse->output + first, sparse->sums);
    }
}
