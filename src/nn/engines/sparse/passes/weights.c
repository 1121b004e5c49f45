/* Gradients of the kept weights of a layer. */
#include "weights.h"

#include "../compile/tensors.h"

#include <omp.h>
#include <string.h>

void skel_sparse_weights_row(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                             size_t block, size_t row)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    const skel_sparse_rows *rows = &sparse->work[number].forward;
    size_t thread = (size_t)omp_get_thread_num();

    sparse->kernels->row->products(
        rows, &rows->row[row],
        skel_sparse_value(sparse, slot, step->operand[SKEL_STEP_INPUT], block),
        skel_sparse_block(sparse, slot, dy, block, sparse->graph.tensor[step->output].floats),
        sparse->scratch + thread * sparse->row_count * sparse->kernels->lanes,
        sparse->sums + rows->row[row].first);
}

void skel_sparse_weights_start(skel_sparse *sparse, size_t number)
{
    memset(sparse->sums, 0, sparse->work[number].forward.entries * sizeof *sparse->sums);
}

static void bias_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                          float gradient[])
{
    size_t tensor = sparse->graph.step[number].output;
    const skel_sparse_planes *planes = &sparse->planes[tensor];

    for (size_t c = 0; c < planes->channels; c++) {
        double sum = 0;

        for (size_t b = 0; b < sparse->slot[slot].blocks; b++) {
            sum += sparse->kernels->norm->sum(
                planes,
                skel_sparse_block(sparse, slot, dy, b, sparse->graph.tensor[tensor].floats) +
                    skel_sparse_planes_origin(planes, c));
        }
        gradient[c] = (float)sum;
    }
}

void skel_sparse_weights_finish(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                                float gradient[])
{
    const skel_op *op = sparse->graph.step[number].op;
    const skel_parameter *parameter = sparse->graph.network->parameter;
    const skel_sparse_rows *rows = &sparse->work[number].forward;
    float *weights = gradient + parameter[op->weight].offset;

    memset(weights, 0, parameter[op->weight].count * sizeof *weights);
    for (size_t n = 0; n < rows->entries; n++) {
        weights[rows->source[n]] = (float)sparse->sums[n];
    }
    if (op->bias != SKEL_NONE) {
        bias_backward(sparse, number, slot, dy, gradient + parameter[op->bias].offset);
    }
}
