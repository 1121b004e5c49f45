/* Sums over the blocks of a slot, and over the slots of all ranks. */
#include "statistics.h"

#include "../compile/norms.h"

#include <string.h>

void skel_sparse_statistics_reduce(const skel_sparse *sparse, size_t step, size_t slot,
                                   double first[], double second[])
{
    size_t input = sparse->graph.step[step].operand[SKEL_STEP_INPUT];
    size_t channels = sparse->planes[input].channels;

    for (size_t c = 0; c < channels; c++) {
        first[c] = 0;
        second[c] = 0;
        for (size_t b = 0; b < sparse->slot[slot].blocks; b++) {
            const double *partial = skel_sparse_partial(sparse, step, slot, b, c);

            first[c] += partial[0];
            second[c] += partial[1];
        }
    }
}

skel_status skel_sparse_statistics_sum(skel_sparse *sparse, size_t count, size_t columns)
{
    const skel_engine_options *options = &sparse->base.options;

    if (options->statistics_sum == NULL) {
        SKEL_ASSERT(count == 1);
        memcpy(sparse->total, sparse->statistics, columns * sizeof(double));
        return SKEL_OK;
    }
    return options->statistics_sum(options->statistics_context, count, columns, sparse->statistics,
                                   sparse->total);
}
