/* The history of each weight in two bits. */
#include "skel/lineage.h"

#include "sums_kernels.h"

#include <string.h>

void skel_lineage_start(const skel_mask *mask, uint8_t lineage[])
{
    memcpy(lineage, mask->keep, mask->count); /* 1 is SKEL_LINEAGE_KEPT */
}

size_t skel_lineage_add(const skel_mask *mask, uint8_t lineage[])
{
    const skel_prune_sums *sums = skel_prune_sums_of(skel_isa_best());
    size_t repruned = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        repruned += sums->history(mask->segment[s].count, mask->keep + offset, lineage + offset);
    }
    return repruned;
}
