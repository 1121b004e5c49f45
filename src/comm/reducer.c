/* The buffers of a reducer, and the computation of microbatches into them. */
#include "reducer.h"

#include "skel/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 16 /* floats of one cache line: every microbatch starts on one */ };

void skel_microbatches_of(size_t microbatches, int rank, int size, size_t *first, size_t *count)
{
    size_t share = microbatches / (size_t)size;
    size_t rest = microbatches % (size_t)size;
    size_t place = (size_t)rank;

    *first = place * share + (place < rest ? place : rest);
    *count = share + (place < rest ? 1 : 0);
}

static size_t slots_needed(const skel_reduce_shape *shape, bool lockstep, int size)
{
    size_t ranks = (size_t)size;

    return lockstep ? (shape->microbatches_max + ranks - 1) / ranks : 1;
}

static size_t padded(size_t count)
{
    return (count + LINE - 1) / LINE * LINE;
}

size_t skel_reducer_bytes(const skel_reduce_shape *shape, skel_reduction reduction, bool lockstep,
                          int size)
{
    size_t slots = slots_needed(shape, lockstep, size);
    size_t bytes = sizeof(skel_reducer) + slots * sizeof(float *);

    bytes += slots * padded(shape->count) * sizeof(float);
    bytes += reduction == SKEL_REDUCTION_EXACT ? shape->count * sizeof(int64_t) : 0;
    bytes += shape->segments * (2 * sizeof(uint32_t) + sizeof(double)) + sizeof(uint32_t);
    bytes += shape->microbatches_max * (sizeof(size_t) + sizeof(uint8_t));
    return bytes + shape->microbatches_max * shape->scalars * sizeof(double);
}

static void check_shape(const skel_reduce_shape *shape)
{
    size_t end = 0;

    for (size_t s = 0; s < shape->segments; s++) {
        SKEL_ASSERT(shape->segment[s].offset == end);
        end += shape->segment[s].count;
    }
    SKEL_ASSERT(end == shape->count);
    SKEL_ASSERT(shape->microbatches_max > 0);
}

static skel_status allocate(skel_reducer *reducer)
{
    const skel_reduce_shape *shape = &reducer->shape;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(reducer->slots, padded(shape->count) * sizeof(float), &reducer->block));
    SKEL_TRY(SKEL_ALLOC_RAW(reducer->slots, sizeof(float *), &reducer->values));
    SKEL_TRY(SKEL_ALLOC_RAW(shape->segments + 1, sizeof(uint32_t), &reducer->largest));
    SKEL_TRY(SKEL_ALLOC_RAW(shape->segments, sizeof(uint32_t), &reducer->first));
    SKEL_TRY(SKEL_ALLOC_RAW(shape->segments, sizeof(double), &reducer->seen));
    SKEL_TRY(
        SKEL_ALLOC_RAW(shape->microbatches_max, shape->scalars * sizeof(double), &reducer->rows));
    SKEL_TRY(SKEL_ALLOC_RAW(shape->microbatches_max, sizeof(size_t), &reducer->order));
    SKEL_TRY(SKEL_ALLOC(shape->microbatches_max, sizeof(uint8_t), &reducer->done));
    if (reducer->reduction == SKEL_REDUCTION_EXACT) {
        SKEL_TRY(SKEL_ALLOC_RAW(shape->count, sizeof(int64_t), &reducer->total));
    }
    for (size_t i = 0; i < reducer->slots; i++) {
        reducer->values[i] = reducer->block + i * padded(shape->count);
    }
done:
    return status;
}

skel_status skel_reducer_create(const skel_comm *comm, skel_reduction reduction,
                                const skel_reduce_shape *shape, bool lockstep, skel_reducer **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    check_shape(shape);
    if (status != SKEL_OK) {
        return status;
    }
    **out = (skel_reducer){.comm = comm,
                           .reduction = reduction,
                           .shape = *shape,
                           .values_room = shape->count,
                           .segments_room = shape->segments,
                           .lockstep = lockstep,
                           .slots = slots_needed(shape, lockstep, skel_comm_size(comm))};
    status = allocate(*out);
    if (status != SKEL_OK) {
        skel_reducer_destroy(out);
    }
    return status;
}

bool skel_reducer_reshape(skel_reducer *reducer, size_t count, size_t segments)
{
    SKEL_ASSERT(!reducer->lockstep); /* one slot, whose place does not depend on the count */
    if (count > reducer->values_room || segments > reducer->segments_room) {
        return false;
    }
    reducer->shape.count = count;
    reducer->shape.segments = segments;
    check_shape(&reducer->shape);
    return true;
}

void skel_reducer_destroy(skel_reducer **reducer)
{
    if (*reducer == NULL) {
        return;
    }
    SKEL_FREE(&(*reducer)->block);
    SKEL_FREE(&(*reducer)->values);
    SKEL_FREE(&(*reducer)->total);
    SKEL_FREE(&(*reducer)->largest);
    SKEL_FREE(&(*reducer)->first);
    SKEL_FREE(&(*reducer)->seen);
    SKEL_FREE(&(*reducer)->rows);
    SKEL_FREE(&(*reducer)->order);
    SKEL_FREE(&(*reducer)->done);
    SKEL_FREE(reducer);
}

void skel_reducer_keep(skel_reducer *reducer, const skel_keeper *keeper)
{
    reducer->keeper =
        reducer->reduction == SKEL_REDUCTION_EXACT && !reducer->lockstep ? keeper : NULL;
}

skel_status skel_reducer_reject(const skel_reducer *reducer, size_t segment, size_t microbatch,
                                const float values[])
{
    const skel_reduce_shape *shape = &reducer->shape;
    size_t start = shape->segment[segment].offset;
    size_t i = start;
    char whose[48] = "sum over the microbatches";
    char number[32];

    while (isfinite(values[i])) {
        i++;
    }
    if (microbatch != SKEL_REDUCER_SUM) {
        (void)snprintf(whose, sizeof whose, "microbatch %zu", microbatch);
    }
    (void)snprintf(number, sizeof number, "segment %zu", segment);
    return SKEL_FAIL(SKEL_ERR_NUMBER, "%s: value %zu of %s (flat index %zu) is %g", whose,
                     i - start, shape->names != NULL ? shape->names[segment] : number, i,
                     (double)values[i]);
}

static skel_status check_scalars(const skel_reduce_shape *shape, size_t microbatch,
                                 const double row[])
{
    for (size_t i = 0; i < shape->scalars; i++) {
        char number[32];

        if (isfinite(row[i])) {
            continue;
        }
        (void)snprintf(number, sizeof number, "scalar %zu", i);
        return SKEL_FAIL(SKEL_ERR_NUMBER, "microbatch %zu: %s is %g", microbatch,
                         shape->scalar_names != NULL ? shape->scalar_names[i] : number, row[i]);
    }
    return SKEL_OK;
}

static skel_status compute(skel_reducer *reducer, const skel_summation *call, size_t first,
                           size_t count)
{
    const skel_reduce_shape *shape = &reducer->shape;
    double *rows = reducer->rows + first * shape->scalars;
    skel_status status = call->fn(call->context, first, count, reducer->values, rows);

    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        status = check_scalars(shape, first + i, rows + i * shape->scalars);
    }
    return status;
}

skel_status skel_reducer_compute_first(skel_reducer *reducer, const skel_summation *call)
{
    memset(reducer->rows, 0, call->microbatches * reducer->shape.scalars * sizeof(double));
    if (reducer->lockstep) {
        return compute(reducer, call, call->first, call->count);
    }
    return call->count > 0 ? compute(reducer, call, reducer->order[call->first], 1) : SKEL_OK;
}

skel_status skel_reducer_values(skel_reducer *reducer, const skel_summation *call, size_t i,
                                bool again, const float **out)
{
    *out = reducer->values[reducer->lockstep ? i : 0];
    if (reducer->lockstep || (i == 0 && !again)) {
        return SKEL_OK;
    }
    return compute(reducer, call, reducer->order[call->first + i], 1);
}
