/* The history of each weight in two bits. */
#include "skel/lineage.h"

#include <string.h>

enum { KEPT = 1, RESURRECTED = 2 };

void skel_lineage_start(const skel_mask *mask, uint8_t lineage[])
{
    memcpy(lineage, mask->keep, mask->count); /* 1 is KEPT */
}

static size_t add_segment(size_t count, const uint8_t keep[restrict], uint8_t lineage[restrict])
{
    size_t repruned = 0;

    for (size_t i = 0; i < count; i++) {
        bool kept = keep[i] != 0;
        bool was_kept = (lineage[i] & KEPT) != 0;
        bool resurrected = (lineage[i] & RESURRECTED) != 0;

        repruned += was_kept && !kept && resurrected;
        resurrected = resurrected || (kept && !was_kept);
        lineage[i] = (uint8_t)((kept ? KEPT : 0) | (resurrected ? RESURRECTED : 0));
    }
    return repruned;
}

size_t skel_lineage_add(const skel_mask *mask, uint8_t lineage[])
{
    size_t repruned = 0;

    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        repruned += add_segment(mask->segment[s].count, mask->keep + offset, lineage + offset);
    }
    return repruned;
}
