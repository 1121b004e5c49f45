/* Parts of exact sums. Integers are summed, so the part of all ranks is the same whichever rank has
 * summed which microbatch. */
#include "partial.h"

#include "fixed_bits.h"

#include "skel/memory.h"

#include <string.h>

bool skel_partial_fits(const skel_reducer *reducer, size_t microbatches)
{
    const skel_partial *from = reducer->keeper != NULL ? reducer->keeper->from : NULL;
    const skel_reduce_shape *shape = &reducer->shape;

    return from != NULL && from->microbatches == microbatches && from->count == shape->count &&
           from->segments == shape->segments && from->scalars == shape->scalars;
}

void skel_partial_scales(skel_reducer *reducer)
{
    for (size_t s = 0; s < reducer->shape.segments; s++) {
        reducer->largest[s] = bits_of(reducer->keeper->from->largest[s]);
    }
}

void skel_partial_load(skel_reducer *reducer)
{
    const skel_partial *from = reducer->keeper->from;
    size_t scalars = reducer->shape.scalars;

    if (!skel_comm_is_root(reducer->comm)) {
        return;
    }
    memcpy(reducer->total, from->total, from->count * sizeof *from->total);
    for (size_t m = 0; m < from->microbatches; m++) {
        if (from->done[m]) {
            memcpy(reducer->rows + m * scalars, from->rows + m * scalars,
                   scalars * sizeof *from->rows);
        }
    }
}

/* Marks what all ranks have done: the first summed[rank] microbatches of each. */
static void mark_done(skel_reducer *reducer, const skel_summation *call, const double summed[])
{
    for (int rank = 0; rank < skel_comm_size(reducer->comm); rank++) {
        size_t first = 0;
        size_t count = 0;

        skel_microbatches_of(call->left, rank, skel_comm_size(reducer->comm), &first, &count);
        for (size_t done = 0; done < (size_t)summed[rank] && done < count; done++) {
            reducer->done[reducer->order[first + done]] = 1;
        }
    }
}

skel_status skel_partial_save(skel_reducer *reducer, const skel_summation *call, size_t summed)
{
    size_t size = (size_t)skel_comm_size(reducer->comm);
    double *of_rank = NULL;
    const skel_reduce_shape *shape = &reducer->shape;
    skel_partial partial = {.microbatches = call->microbatches,
                            .count = shape->count,
                            .segments = shape->segments,
                            .scalars = shape->scalars,
                            .done = reducer->done,
                            .total = reducer->total,
                            .rows = reducer->rows};
    size_t rows = call->microbatches * shape->scalars;
    skel_status status = SKEL_ALLOC(shape->segments + 1, sizeof(float), &partial.largest);

    if (status == SKEL_OK) {
        status = SKEL_ALLOC(size, sizeof *of_rank, &of_rank);
    }
    SKEL_TRY(skel_comm_agree(reducer->comm, status));
    SKEL_ASSERT(of_rank != NULL);
    of_rank[skel_comm_rank(reducer->comm)] = (double)summed;
    skel_comm_sum_f64(reducer->comm, size, of_rank);
    for (size_t s = 0; s < shape->segments; s++) {
        partial.largest[s] = float_of(reducer->largest[s]);
    }
    skel_comm_sum_i64(reducer->comm, shape->count, reducer->total);
    skel_comm_sum_f64(reducer->comm, rows, reducer->rows);
    mark_done(reducer, call, of_rank);
    status = reducer->keeper->save(reducer->keeper->context, &partial);
    if (!skel_comm_is_root(reducer->comm)) {
        memset(reducer->total, 0, shape->count * sizeof *reducer->total);
        memset(reducer->rows, 0, rows * sizeof *reducer->rows);
    }
done:
    SKEL_FREE(&of_rank);
    SKEL_FREE(&partial.largest);
    return status;
}
