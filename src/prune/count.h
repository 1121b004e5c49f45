/** Counting the ones in the bytes of masks. */
#ifndef SKEL_PRUNE_COUNT_H
#define SKEL_PRUNE_COUNT_H

#include <stddef.h>
#include <stdint.h>

/** Number of places where one block of bytes is 1 and another is 0. All bytes are 0 or 1.
 *
 *  Local. `with` and `without` are [count]; `without` may be NULL: all 0.
 */
size_t skel_count_ones(size_t count, const uint8_t with[], const uint8_t without[]);

#endif
