/** The buffers of a reducer, and the computation of microbatches into them. */
#ifndef SKEL_COMM_REDUCER_H
#define SKEL_COMM_REDUCER_H

#include "skel/reduce.h"

struct skel_reducer {
    const skel_comm *comm;
    skel_reduction reduction;
    skel_reduce_shape shape;
    size_t values_room;   /* values that there is memory for */
    size_t segments_room; /* segments, likewise */
    bool lockstep;
    size_t slots;      /* microbatches whose values are held at once */
    float *block;      /* [slots][count, rounded up] */
    float **values;    /* [slots] into `block` */
    int64_t *total;    /* [count]; NULL for float */
    uint32_t *largest; /* [segments + 1] magnitudes that give the scales; behind them the number of
                          microbatches between two borders */
    uint32_t *first; /* [segments] magnitudes of this rank's first microbatch, if they are wanted */
    double *seen;    /* [segments] largest magnitudes of this rank's microbatches, as bits */
    double *rows;    /* [microbatches_max][scalars] */
    size_t *order;   /* [microbatches_max] those that are to be summed; the ranks divide them */
    uint8_t *done;   /* [microbatches_max] 1 for those that an earlier call has summed */
    const skel_keeper *keeper; /* NULL: nobody; borrowed */
};

/** One call of skel_reduce(), and this rank's microbatches in it. Plain data. */
typedef struct skel_summation {
    skel_microbatch_fn fn;
    void *context;
    size_t microbatches; /* of the whole sum */
    size_t left;         /* of them: to be summed in this call */
    size_t first;        /* of this rank, in the reducer's order */
    size_t count;
    bool resumed; /* the others of the whole sum come from the keeper */
} skel_summation;

/** Computes the microbatches that the choice of the scales needs: this rank's first one, or in
 *  lock step all of its microbatches.
 *
 *  Local, or as collective as `call->fn`. Errors: fn's; SKEL_ERR_NUMBER for a scalar.
 */
SKEL_CHECKED skel_status skel_reducer_compute_first(skel_reducer *reducer,
                                                    const skel_summation *call);

/** Returns the values of one of this rank's microbatches. Computes them unless they are held.
 *
 *  Local.
 *  @param i      from 0 to call->count - 1, in this order
 *  @param again  whether this is a second time through all of them
 *  @param out    [shape.count] borrowed until the next call
 *  Errors: fn's; SKEL_ERR_NUMBER for a scalar.
 */
SKEL_CHECKED skel_status skel_reducer_values(skel_reducer *reducer, const skel_summation *call,
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
