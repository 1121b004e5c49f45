/** Counting the ones of masks' bytes. */
#ifndef SKEL_PRUNE_COUNT_H
#define SKEL_PRUNE_COUNT_H

#include <stddef.h>
#include <stdint.h>

/** Bytes that are 1 in one block and 0 in another, all being 0 or 1.
 *
 *  Local. `with` and `without` are [count]; `without` may be NULL: all 0.
 */
size_t skel_count_ones(size_t count, const uint8_t with[], const uint8_t without[]);

#endif
