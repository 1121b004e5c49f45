/* Gradients of the weights of a layer. */
#include "weights.h"

#include "../compile/tensors.h"
#include "products.h"
#include "share.h"

#include <string.h>

/* The rows behind `first` whose entries together are at most a group, but at least one row. */
static size_t group_end(const skel_sparse_rows *rows, size_t first, size_t last)
{
    size_t end = first + 1;

    while (end < last && rows->row[end].first + rows->row[end].count - rows->row[first].first <=
                             SKEL_SPARSE_GROUP) {
        end++;
    }
    return end;
}

/* One thread's rows, group by group: the sums in float of a group stay in the second cache. */
static void range_backward(const skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                           skel_sparse_range range)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    size_t input = step->operand[SKEL_STEP_INPUT];
    size_t floats = sparse->graph.tensor[step->output].floats;
    float *scratch = skel_sparse_scratch(sparse);
    size_t end = range.last;

    for (; range.first < end; range.first = range.last) {
        size_t pending = 0;

        range.last = group_end(range.rows, range.first, end);
        for (size_t b = 0; b < sparse->slot[slot].blocks; b++) {
            sparse->kernels->row->products(range, skel_sparse_value(sparse, slot, input, b),
                                           skel_sparse_block(sparse, slot, dy, b, floats), scratch,
                                           &pending, sparse->sums);
        }
        sparse->kernels->row->settle(range, scratch, sparse->sums);
    }
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

/* Writes the kept weights' sums to the caller's vector, flat or packed. */
static void give_kept(const skel_sparse *sparse, size_t number, float weights[])
{
    const skel_sparse_rows *rows = &sparse->work[number].forward;

    for (size_t n = 0; n < rows->entries; n++) {
        weights[rows->source[n]] = (float)sparse->sums[n];
    }
}

static void kept_backward(skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                          float gradient[])
{
    const skel_sparse_rows *rows = &sparse->work[number].forward;

    memset(sparse->sums, 0, rows->entries * sizeof *sparse->sums);
#pragma omp parallel num_threads(sparse->base.options.threads)
    range_backward(sparse, number, slot, dy, skel_sparse_share(rows, &rows->grid[0], true));
    give_kept(sparse, number, gradient);
}

void skel_sparse_weights_backward(skel_sparse *sparse, size_t number, size_t slot, size_t dy,
                                  float gradient[])
{
    const skel_op *op = sparse->graph.step[number].op;
    float *weights = gradient + skel_engine_offset(&sparse->base, op->weight);

    if (skel_sparse_gives_all(sparse)) {
        skel_sparse_products_backward(sparse, number, slot, dy, weights);
    } else {
        kept_backward(sparse, number, slot, dy, weights);
    }
    if (op->bias != SKEL_NONE) {
        bias_backward(sparse, number, slot, dy,
                      gradient + skel_engine_offset(&sparse->base, op->bias));
    }
}
