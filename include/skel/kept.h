/** Counts and lists of the kept elements of a mask, at little cost where nothing is kept. */
#ifndef SKEL_KEPT_H
#define SKEL_KEPT_H

#include <stddef.h>
#include <stdint.h>

/** Counts the kept elements.
 *
 *  Local.
 *  @param keep  [count] 0 or 1; NULL: all are kept
 */
size_t skel_kept_count(size_t count, const uint8_t keep[]);

/** Counts the elements that one mask keeps and another does not.
 *
 *  Local. `with` and `without` are [count], 0 or 1.
 */
size_t skel_kept_gained(size_t count, const uint8_t with[], const uint8_t without[]);

/** Lists the indices of the kept elements, ascending.
 *
 *  Local. Eight elements that are not kept cost one comparison.
 *  @param keep   [count] 0 or 1; NULL: all are kept
 *  @param first  added to each index; first + count is at most 2^32
 *  @param index  [skel_kept_count() + 1] out; the last place is written, never read
 *  @return       the number of indices
 */
size_t skel_kept_list(size_t count, const uint8_t keep[], size_t first, uint32_t index[]);

#endif
