/** The history of weights over the iterations of pruning: which came back and were pruned again. */
#ifndef SKEL_LINEAGE_H
#define SKEL_LINEAGE_H

#include "skel/mask.h"

/** Starts the history with a first mask.
 *
 *  Local.
 *  @param lineage  [mask->count] out: two bits for each weight: it is kept now; it was pruned and
 *                  came back ("resurrected") at some time
 */
void skel_lineage_start(const skel_mask *mask, uint8_t lineage[]);

/** Adds the next mask to the history.
 *
 *  Local.
 *  @param lineage  [mask->count] in and out
 *  @return number of weights that the next mask prunes although they had been resurrected
 */
size_t skel_lineage_add(const skel_mask *mask, uint8_t lineage[]);

#endif
