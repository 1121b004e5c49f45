/** A reducer's inside: its buffers, and microbatches that are computed into them. */
#ifndef SKEL_COMM_REDUCER_H
#define SKEL_COMM_REDUCER_H

#include "skel/reduce.h"

struct skel_reducer {
    const skel_comm *comm;
    skel_reduction reduction;
    skel_reduce_shape shape;
    bool lockstep;
    size_t slots;      /* microbatches whose values are held at once */
    float *block;      /* [slots][count, rounded up] */
    float **values;    /* [slots] into `block` */
    int64_t *total;    /* [count]; NULL for float */
    uint32_t *largest; /* [segments] magnitudes that the steps are chosen by */
    double *seen;      /* [segments] largest magnitudes of this rank's microbatches, as bits */
    double *rows;      /* [microbatches_max][scalars] */
};

/** One sum: what the caller asked for, and this rank's part in it. Plain data. */
typedef struct skel_sum_task {
    skel_microbatch_fn fn;
    void *context;
    size_t microbatches;
    size_t first;
    size_t count;
} skel_sum_task;

/** Computes what must be there before the steps are known: this rank's first microbatch, or in
 *  lock step all of them.
 *
 *  Local, or as collective as `task->fn`. Errors: fn's; SKEL_ERR_NUMBER for a scalar.
 */
SKEL_CHECKED skel_status skel_reducer_start(skel_reducer *reducer, const skel_sum_task *task);

/** Values of one of this rank's microbatches, computed now unless they are there already.
 *
 *  Local.
 *  @param i      from 0 to task->count - 1, in this order
 *  @param again  whether this is a second time through all of them
 *  @param out    [shape.count] borrowed until the next call
 *  Errors: fn's; SKEL_ERR_NUMBER for a scalar.
 */
SKEL_CHECKED skel_status skel_reducer_fetch(skel_reducer *reducer, const skel_sum_task *task,
                                            size_t i, bool again, const float **out);

/** Names the first value of a segment that is not finite; there must be one.
 *
 *  Local.
 *  @param microbatch  the values' microbatch, or SKEL_REDUCER_SUM
 *  Errors: SKEL_ERR_NUMBER, always.
 */
SKEL_CHECKED skel_status skel_reducer_reject(const skel_reducer *reducer, size_t segment,
                                             size_t microbatch, const float values[]);

#define SKEL_REDUCER_SUM ((size_t)-1) /**< values that are the sum over the microbatches */

#endif
