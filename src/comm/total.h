/** The last step of an exact sum: integers of this rank, the sum over the ranks, floats. */
#ifndef SKEL_COMM_TOTAL_H
#define SKEL_COMM_TOTAL_H

#include "reducer.h"

/** What this rank gives to the sum over the ranks. Plain data. */
typedef struct skel_share {
    bool added;        /**< reducer->total holds integers that this rank has added already */
    const float *last; /**< [shape.count] one microbatch more, which fits its scales; NULL: none */
} skel_share;

/** Sums the shares of all ranks and converts the sum to floats.
 *
 *  Collective. Where ranks share memory, piece after piece is converted there, summed and converted
 *  back, so that integers of a share that has nothing but `last` take no memory of their own, and a
 *  rank reads and writes each float once.
 *  @param sum  [shape.count] out: the same on every rank
 *  Errors: SKEL_ERR_NUMBER if a sum is not finite, the same on every rank.
 */
SKEL_CHECKED skel_status skel_total_sum(skel_reducer *reducer, const skel_summation *call,
                                        const skel_share *share, float sum[]);

#endif
