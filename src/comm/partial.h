/** Parts of exact sums: saved between two microbatches, and taken up again. */
#ifndef SKEL_COMM_PARTIAL_H
#define SKEL_COMM_PARTIAL_H

#include "reducer.h"

/** Whether the keeper has a part of a sum of so many microbatches, of the reducer's shape.
 *
 *  Local, the same on every rank.
 */
bool skel_partial_fits(const skel_reducer *reducer, size_t microbatches);

/** Takes the scales from the keeper's part.
 *
 *  Local.
 */
void skel_partial_scales(skel_reducer *reducer);

/** Takes sum and scalars from the keeper's part, on the root; the other ranks' are 0.
 *
 *  Local.
 */
void skel_partial_load(skel_reducer *reducer);

/** Hands the part that is done to the keeper: the sums of all ranks, which are the root's from now
 *  on.
 *
 *  Collective.
 *  @param summed  microbatches that this rank has summed in this call
 *  Errors: SKEL_ERR_MEMORY; the keeper's; agreed on.
 */
SKEL_CHECKED skel_status skel_partial_save(skel_reducer *reducer, const skel_summation *call,
                                           size_t summed);

#endif
