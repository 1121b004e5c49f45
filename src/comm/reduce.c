/* The course of a reduction: choice of the scales, sums of each rank, agreement, sum of the ranks.
 */
#include "border.h"
#include "fixed.h"
#include "partial.h"
#include "reducer.h"
#include "total.h"

#include "skel/progress.h"
#include "skel/stop.h"

#include <math.h>
#include <string.h>

/* The root's first microbatch gives the scales; those of a part that is done are known. */
static bool gives_scales(const skel_reducer *reducer, const skel_summation *call)
{
    return skel_comm_is_root(reducer->comm) && !call->resumed;
}

/* The magnitudes of this rank's first microbatch: of the root's for the scales, and of one that is
 * its rank's only one now, while the root looks at its own. */
static skel_status measure(skel_reducer *reducer, const skel_summation *call)
{
    const skel_reduce_shape *shape = &reducer->shape;
    bool wanted = gives_scales(reducer, call) || call->count == 1;

    for (size_t s = 0; s < shape->segments && wanted; s++) {
        reducer->first[s] = skel_fixed_largest(shape->segment[s].count,
                                               reducer->values[0] + shape->segment[s].offset);
        if (reducer->first[s] >= SKEL_FIXED_INFINITE) {
            return skel_reducer_reject(reducer, s, reducer->order[call->first], reducer->values[0]);
        }
    }
    if (gives_scales(reducer, call)) {
        memcpy(reducer->largest, reducer->first, shape->segments * sizeof *reducer->largest);
    }
    return SKEL_OK;
}

/* Notes a magnitude of a microbatch's segment. */
static skel_status note(skel_reducer *reducer, const skel_summation *call, size_t microbatch,
                        size_t s, uint32_t largest, const float values[], bool *overflowed)
{
    skel_fixed fixed = skel_fixed_choose(reducer->largest[s], call->microbatches);

    if (largest >= SKEL_FIXED_INFINITE) {
        return skel_reducer_reject(reducer, s, microbatch, values);
    }
    reducer->seen[s] = fmax(reducer->seen[s], (double)largest);
    *overflowed = *overflowed || largest > fixed.limit;
    return SKEL_OK;
}

/* One time through this rank's microbatches. */
typedef struct course {
    skel_reducer *reducer;
    const skel_summation *call;
    bool again;      /* not the first time */
    bool overflowed; /* out: a value was beyond its scale */
    bool asked;      /* this rank wants to stop, and all will leave at the next border */
    size_t summed;   /* microbatches that this rank has added */
    /* Adds the values of a microbatch to the sum. */
    skel_status (*add)(struct course *visit, size_t microbatch, const float values[]);
    float *sum;       /* of floats; NULL for an exact sum */
    skel_share share; /* out: of an exact sum */
} course;

/* Adds all but this rank's last microbatch, which is only looked at: skel_total_sum() adds it. */
static skel_status add_exactly(course *visit, size_t microbatch, const float values[])
{
    skel_reducer *reducer = visit->reducer;
    const skel_summation *call = visit->call;
    const skel_reduce_shape *shape = &reducer->shape;
    bool last = visit->summed + 1 == call->count;
    bool known = call->count == 1 && !visit->again; /* by measure() */
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < shape->segments && status == SKEL_OK; s++) {
        size_t offset = shape->segment[s].offset;
        size_t count = shape->segment[s].count;
        uint32_t largest = reducer->first[s];

        if (!last) {
            skel_fixed fixed = skel_fixed_choose(reducer->largest[s], call->microbatches);

            largest = skel_fixed_add(fixed, count, values + offset, reducer->total + offset);
        } else if (!known) {
            largest = skel_fixed_largest(count, values + offset);
        }
        status = note(reducer, call, microbatch, s, largest, values, &visit->overflowed);
    }
    visit->share.last = last ? values : NULL;
    return status;
}

/* In lock step there are no borders. */
static void open_borders(const course *visit, skel_border *out)
{
    const skel_reducer *reducer = visit->reducer;
    size_t least = visit->call->left / (size_t)skel_comm_size(reducer->comm);

    skel_border_open(reducer->comm, reducer->largest[reducer->shape.segments],
                     reducer->lockstep ? 0 : least, out);
}

/* Saves the part that is done, unless a rank has failed or overflowed since the border before:
 * these flags are still on their way. Collective; agreed on. */
static skel_status save_part(const course *visit, skel_status status)
{
    skel_reducer *reducer = visit->reducer;
    double overflowed = visit->overflowed ? 1 : 0;

    SKEL_TRY(skel_comm_agree(reducer->comm, status));
    skel_comm_max_f64(reducer->comm, 1, &overflowed);
    if (overflowed == 0) {
        status = skel_partial_save(reducer, visit->call, visit->summed);
    }
done:
    return status;
}

/* Tells the other ranks how this one stands before its microbatch `i`, and does what any rank
 * wants: *leave, the same on every rank, says to go to the end of the sum. */
static skel_status cross(course *visit, skel_border *border, size_t i, skel_status status,
                         bool *leave)
{
    skel_reducer *reducer = visit->reducer;
    const skel_keeper *keeper = visit->again ? NULL : reducer->keeper;
    bool mine[SKEL_BORDER_FLAGS] = {
        [SKEL_BORDER_FAILED] = status != SKEL_OK,
        [SKEL_BORDER_SAVE] =
            keeper != NULL && skel_comm_is_root(reducer->comm) && keeper->due(keeper->context),
        [SKEL_BORDER_STOP] = status == SKEL_OK && skel_stop_check() != SKEL_OK,
    };
    const int *all = skel_border_pass(border, mine);
    bool stop = all[SKEL_BORDER_STOP] != 0;

    *leave = stop || all[SKEL_BORDER_FAILED] != 0;
    if (keeper != NULL && !all[SKEL_BORDER_FAILED] && (stop || all[SKEL_BORDER_SAVE])) {
        status = save_part(visit, status);
        *leave = *leave || status != SKEL_OK;
    }
    visit->asked = mine[SKEL_BORDER_STOP] && skel_border_follows(border, i);
    if (status == SKEL_OK && stop) {
        status = skel_stop_check(); /* the rank that was asked knows the reason */
    }
    return status;
}

/* Adds this rank's microbatches. It goes on after an overflow, to record all magnitudes, and after
 * a failure as far as the next borders, where the other ranks wait. A rank that wants to stop
 * computes nothing more before the border where all leave. */
static skel_status add_each(course *visit)
{
    const skel_summation *call = visit->call;
    const float *values = NULL;
    skel_border border;
    bool leave = false;
    skel_status status = SKEL_OK;

    open_borders(visit, &border);
    for (size_t i = 0; i < call->count; i++) {
        if (skel_border_is_at(&border, i)) {
            status = cross(visit, &border, i, status, &leave);
            if (leave) {
                break;
            }
        }
        if (visit->asked) {
            continue;
        }
        if (status == SKEL_OK) {
            status = skel_reducer_values(visit->reducer, call, i, visit->again, &values);
        }
        if (status == SKEL_OK) {
            status = visit->add(visit, visit->reducer->order[call->first + i], values);
            visit->summed++;
        }
    }
    skel_border_close(&border);
    return status;
}

/* The first time through, a part of the sum may come from the keeper. */
static skel_status add_all(skel_reducer *reducer, const skel_summation *call, bool again,
                           bool *overflowed, skel_share *share)
{
    course visit = {.reducer = reducer,
                    .call = call,
                    .again = again,
                    .add = add_exactly,
                    .share = {.added = call->count > 1 || call->resumed}};
    skel_status status = SKEL_OK;

    if (visit.share.added) {
        memset(reducer->total, 0, reducer->shape.count * sizeof *reducer->total);
    }
    memset(reducer->seen, 0, reducer->shape.segments * sizeof *reducer->seen);
    if (again && !reducer->lockstep) { /* all are computed once more */
        memset(reducer->rows, 0, call->microbatches * reducer->shape.scalars * sizeof(double));
    }
    if (call->resumed) {
        skel_partial_load(reducer);
    }
    status = add_each(&visit);
    *overflowed = visit.overflowed;
    *share = visit.share;
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

/* Computes the first microbatches. The root's time for one decides how many lie between two
 * borders: some milliseconds, or one microbatch. */
static skel_status compute_first(skel_reducer *reducer, const skel_summation *call)
{
    const double apart = 0.005; /* seconds */
    double started = skel_seconds();
    skel_status status = skel_reducer_compute_first(reducer, call);
    double strides = ceil(apart / (skel_seconds() - started + 1e-9));

    reducer->largest[reducer->shape.segments] = strides < 1 ? 1 : (uint32_t)strides;
    return status;
}

/* *restart is true if the values have overflowed the scales of a part that the keeper has kept:
 * then all microbatches are needed again. */
static skel_status sum_exactly(skel_reducer *reducer, const skel_summation *call, float sum[],
                               bool *restart)
{
    const skel_comm *comm = reducer->comm;
    skel_status status = compute_first(reducer, call);
    skel_share share = {0};
    double any = 0;

    *restart = false;
    if (status == SKEL_OK) {
        status = measure(reducer, call);
    }
    if (call->resumed) {
        skel_partial_scales(reducer);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, (reducer->shape.segments + 1) * sizeof(uint32_t), reducer->largest);
    for (int pass = 0; pass == 0 || any > 0; pass++) {
        bool overflowed = false;

        if (pass > 0) {
            widen(reducer);
        }
        status = add_all(reducer, call, pass > 0, &overflowed, &share);
        if (status == SKEL_OK && overflowed && pass > 0) {
            status = SKEL_FAIL(SKEL_ERR_INTERNAL,
                               "a microbatch had other values when it was computed again");
        }
        SKEL_TRY(skel_comm_agree(comm, status));
        any = overflowed ? 1 : 0;
        skel_comm_max_f64(comm, 1, &any);
        if (any > 0 && call->resumed) {
            *restart = true;
            goto done;
        }
    }
    status = skel_total_sum(reducer, call, &share, sum);
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

static skel_status add_float(course *visit, size_t microbatch, const float values[])
{
    skel_status status = check_values(visit->reducer, microbatch, values);

    if (status == SKEL_OK) {
        add_values(visit->reducer->shape.count, values, visit->sum);
    }
    return status;
}

static skel_status sum_floats(skel_reducer *reducer, const skel_summation *call, float sum[])
{
    course visit = {.reducer = reducer, .call = call, .add = add_float, .sum = sum};
    skel_status status = SKEL_OK;

    memset(sum, 0, reducer->shape.count * sizeof *sum);
    SKEL_TRY(skel_comm_agree(reducer->comm, compute_first(reducer, call)));
    skel_comm_broadcast(reducer->comm, sizeof(uint32_t),
                        reducer->largest + reducer->shape.segments);
    SKEL_TRY(skel_comm_agree(reducer->comm, add_each(&visit)));
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

/* Divides the microbatches that are not done among the ranks. */
static void divide(skel_reducer *reducer, skel_summation *call)
{
    const skel_partial *from = call->resumed ? reducer->keeper->from : NULL;

    call->left = 0;
    for (size_t m = 0; m < call->microbatches; m++) {
        reducer->done[m] = from != NULL && from->done[m];
        if (!reducer->done[m]) {
            reducer->order[call->left++] = m;
        }
    }
    skel_microbatches_of(call->left, skel_comm_rank(reducer->comm), skel_comm_size(reducer->comm),
                         &call->first, &call->count);
}

skel_status skel_reduce(skel_reducer *reducer, size_t microbatches, skel_microbatch_fn fn,
                        void *context, float sum[], double scalars[])
{
    skel_summation call = {.fn = fn, .context = context, .microbatches = microbatches};
    bool restart = false;
    skel_status status = SKEL_OK;

    if (microbatches == 0) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "nothing to sum: there are no microbatches");
    }
    SKEL_ASSERT(microbatches <= reducer->shape.microbatches_max);
    do {
        call.resumed = !restart && skel_partial_fits(reducer, microbatches);
        divide(reducer, &call);
        status = reducer->reduction == SKEL_REDUCTION_EXACT
                     ? sum_exactly(reducer, &call, sum, &restart)
                     : sum_floats(reducer, &call, sum);
    } while (status == SKEL_OK && restart);
    if (status == SKEL_OK) {
        sum_scalars(reducer, microbatches, scalars);
    }
    return status;
}
