/* The course of a reduction: choice of the scales, sums of each rank, agreement, sum of the ranks.
 */
#include "fixed.h"
#include "reducer.h"

#include <math.h>
#include <string.h>

void skel_microbatches_of(size_t microbatches, int rank, int size, size_t *first, size_t *count)
{
    size_t share = microbatches / (size_t)size;
    size_t rest = microbatches % (size_t)size;
    size_t place = (size_t)rank;

    *first = place * share + (place < rest ? place : rest);
    *count = share + (place < rest ? 1 : 0);
}

/* Root: the magnitudes of microbatch 0. */
static skel_status measure(skel_reducer *reducer)
{
    const skel_reduce_shape *shape = &reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        reducer->largest[s] = skel_fixed_largest(shape->segment[s].count,
                                                 reducer->values[0] + shape->segment[s].offset);
        if (reducer->largest[s] >= SKEL_FIXED_INFINITE) {
            return skel_reducer_reject(reducer, s, 0, reducer->values[0]);
        }
    }
    return SKEL_OK;
}

static skel_status add_microbatch(skel_reducer *reducer, const skel_summation *call,
                                  size_t microbatch, const float values[], bool *overflowed)
{
    const skel_reduce_shape *shape = &reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        size_t offset = shape->segment[s].offset;
        skel_fixed fixed = skel_fixed_choose(reducer->largest[s], call->microbatches);
        uint32_t largest = skel_fixed_add(fixed, shape->segment[s].count, values + offset,
                                          reducer->total + offset);

        if (largest >= SKEL_FIXED_INFINITE) {
            return skel_reducer_reject(reducer, s, microbatch, values);
        }
        reducer->seen[s] = fmax(reducer->seen[s], (double)largest);
        *overflowed = *overflowed || largest > fixed.limit;
    }
    return SKEL_OK;
}

/* Adds this rank's microbatches. It goes on after an overflow, to record all magnitudes. */
static skel_status add_all(skel_reducer *reducer, const skel_summation *call, bool again,
                           bool *overflowed)
{
    const float *values = NULL;
    skel_status status = SKEL_OK;

    *overflowed = false;
    memset(reducer->total, 0, reducer->shape.count * sizeof *reducer->total);
    memset(reducer->seen, 0, reducer->shape.segments * sizeof *reducer->seen);
    for (size_t i = 0; i < call->count && status == SKEL_OK; i++) {
        status = skel_reducer_values(reducer, call, i, again, &values);
        if (status == SKEL_OK) {
            status = add_microbatch(reducer, call, call->first + i, values, overflowed);
        }
    }
    return status;
}

/* Chooses the scales by the magnitudes of all microbatches. Collective. */
static void widen(skel_reducer *reducer)
{
    skel_comm_max_f64(reducer->comm, reducer->shape.segments, reducer->seen);
    for (size_t s = 0; s < reducer->shape.segments; s++) {
        reducer->largest[s] = (uint32_t)reducer->seen[s];
    }
}

static skel_status restore(const skel_reducer *reducer, const skel_summation *call, float sum[])
{
    const skel_reduce_shape *shape = &reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        size_t offset = shape->segment[s].offset;
        skel_fixed fixed = skel_fixed_choose(reducer->largest[s], call->microbatches);

        if (skel_fixed_restore(fixed, shape->segment[s].count, reducer->total + offset,
                               sum + offset) >= SKEL_FIXED_INFINITE) {
            return skel_reducer_reject(reducer, s, SKEL_REDUCER_SUM, sum);
        }
    }
    return SKEL_OK;
}

static skel_status sum_exactly(skel_reducer *reducer, const skel_summation *call, float sum[])
{
    const skel_comm *comm = reducer->comm;
    skel_status status = skel_reducer_compute_first(reducer, call);
    double any = 0;

    if (status == SKEL_OK && skel_comm_is_root(comm)) {
        status = measure(reducer);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, reducer->shape.segments * sizeof(uint32_t), reducer->largest);
    for (int pass = 0; pass == 0 || any > 0; pass++) {
        bool overflowed = false;

        if (pass > 0) {
            widen(reducer);
        }
        status = add_all(reducer, call, pass > 0, &overflowed);
        if (status == SKEL_OK && overflowed && pass > 0) {
            status = SKEL_FAIL(SKEL_ERR_INTERNAL,
                               "a microbatch had other values when it was computed again");
        }
        SKEL_TRY(skel_comm_agree(comm, status));
        any = overflowed ? 1 : 0;
        skel_comm_max_f64(comm, 1, &any);
    }
    skel_comm_sum_i64(comm, reducer->shape.count, reducer->total);
    status = restore(reducer, call, sum); /* the same on every rank */
done:
    return status;
}

/* Rejects values that are not finite. */
static skel_status check_values(const skel_reducer *reducer, size_t microbatch,
                                const float values[])
{
    const skel_reduce_shape *shape = &reducer->shape;

    for (size_t s = 0; s < shape->segments; s++) {
        if (skel_fixed_largest(shape->segment[s].count, values + shape->segment[s].offset) >=
            SKEL_FIXED_INFINITE) {
            return skel_reducer_reject(reducer, s, microbatch, values);
        }
    }
    return SKEL_OK;
}

static void add_values(size_t count, const float values[restrict], float sum[restrict])
{
    for (size_t i = 0; i < count; i++) {
        sum[i] += values[i];
    }
}

static skel_status add_floats(skel_reducer *reducer, const skel_summation *call, float sum[])
{
    skel_status status = skel_reducer_compute_first(reducer, call);
    const float *values = NULL;

    memset(sum, 0, reducer->shape.count * sizeof *sum);
    for (size_t i = 0; i < call->count && status == SKEL_OK; i++) {
        SKEL_TRY(skel_reducer_values(reducer, call, i, false, &values));
        SKEL_TRY(check_values(reducer, call->first + i, values));
        add_values(reducer->shape.count, values, sum);
    }
done:
    return status;
}

static skel_status sum_floats(skel_reducer *reducer, const skel_summation *call, float sum[])
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(reducer->comm, add_floats(reducer, call, sum)));
    skel_comm_sum_f32(reducer->comm, reducer->shape.count, sum);
    status = skel_comm_agree(reducer->comm, check_values(reducer, SKEL_REDUCER_SUM, sum));
done:
    return status;
}

/* Every row is 0 on all ranks but one, so that the sum over ranks is exact. */
static void sum_scalars(skel_reducer *reducer, size_t microbatches, double scalars[])
{
    size_t count = reducer->shape.scalars;

    skel_comm_sum_f64(reducer->comm, microbatches * count, reducer->rows);
    for (size_t i = 0; i < count; i++) {
        scalars[i] = 0;
        for (size_t m = 0; m < microbatches; m++) {
            scalars[i] += reducer->rows[m * count + i];
        }
    }
}

skel_status skel_reduce(skel_reducer *reducer, size_t microbatches, skel_microbatch_fn fn,
                        void *context, float sum[], double scalars[])
{
    skel_summation call = {.fn = fn, .context = context, .microbatches = microbatches};
    skel_status status = SKEL_OK;

    if (microbatches == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "nothing to sum: there are no microbatches");
    }
    SKEL_ASSERT(microbatches <= reducer->shape.microbatches_max);
    skel_microbatches_of(microbatches, skel_comm_rank(reducer->comm), skel_comm_size(reducer->comm),
                         &call.first, &call.count);
    status = reducer->reduction == SKEL_REDUCTION_EXACT ? sum_exactly(reducer, &call, sum)
                                                        : sum_floats(reducer, &call, sum);
    if (status == SKEL_OK) {
        sum_scalars(reducer, microbatches, scalars);
    }
    return status;
}
