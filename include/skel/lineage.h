/** What became of weights over the iterations of pruning: which came back, and went again. */
#ifndef SKEL_LINEAGE_H
#define SKEL_LINEAGE_H

#include "skel/mask.h"

/** Starts the history of a mask's weights.
 *
 *  Local.
 *  @param lineage  [mask->count] out: for each weight whether it is kept, and whether it was ever
 *                  resurrected
 */
void skel_lineage_start(const skel_mask *mask, uint8_t lineage[]);

/** Adds the next mask to the history.
 *
 *  Local.
 *  @param lineage  [mask->count] in and out
 *  @return weights that are pruned now, were kept before, and had been resurrected at some time
 */
size_t skel_lineage_add(const skel_mask *mask, uint8_t lineage[]);

#endif
