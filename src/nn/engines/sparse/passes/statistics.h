/** Sums of batch norm statistics over blocks, slots and ranks. */
#ifndef SKEL_SPARSE_STATISTICS_H
#define SKEL_SPARSE_STATISTICS_H

#include "../compile/sparse.h"

/** Adds the sums of one slot's blocks, always in the same order.
 *
 *  Local.
 *  @param first   [channels] out: the first of each pair of sums
 *  @param second  [channels] out: the second
 */
void skel_sparse_statistics_reduce(const skel_sparse *sparse, size_t step, size_t slot,
                                   double first[], double second[]);

/** Adds the statistics of all slots, and of all ranks if they share statistics, into `total`.
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 *  @param count    slots in use
 *  @param columns  statistics of one slot
 */
SKEL_CHECKED skel_status skel_sparse_statistics_sum(skel_sparse *sparse, size_t count,
                                                    size_t columns);

#endif
