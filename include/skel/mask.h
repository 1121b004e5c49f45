/** A mask over the flat parameter vector: which weights are kept. */
#ifndef SKEL_MASK_H
#define SKEL_MASK_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/reduce.h"

#include <stdint.h>

/** The mask. Non-prunable elements are always 1. Plain data, changed by the functions here. */
typedef struct skel_mask {
    size_t count;    /**< elements of the flat parameter vector */
    size_t prunable; /**< elements in the segments */
    size_t kept;     /**< prunable elements that are 1 */
    size_t segments;
    const skel_segment *segment; /**< [segments] prunable ranges, ascending; borrowed */
    const char *const *names;    /**< [segments] for messages; borrowed; NULL: numbers are used */
    uint8_t *keep;               /**< [count], 0 or 1 */
} skel_mask;

/** Makes a mask of ones.
 *
 *  Local.
 *  @param count    elements of the flat parameter vector
 *  @param segment  [segments] prunable ranges, ascending, borrowed while the mask lives
 *  @param names    [segments] the ranges' names for messages, borrowed likewise; may be NULL
 *  @param out      *owned*: skel_mask_destroy() it
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_mask_create(size_t count, size_t segments,
                                          const skel_segment segment[], const char *const names[],
                                          skel_mask **out);

/** Frees the mask; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_mask_destroy(skel_mask **mask);

/** Gives every rank the root's mask, sent as one bit per prunable element.
 *
 *  Collective. Afterwards a hash of the mask is compared over the ranks.
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL if the ranks' masks differ.
 */
SKEL_CHECKED skel_status skel_mask_share(const skel_comm *comm, skel_mask *mask);

/** Compares a hash of the mask over the ranks.
 *
 *  Collective. Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL if the ranks' masks differ, naming the
 *  lowest rank whose mask is not the root's.
 */
SKEL_CHECKED skel_status skel_mask_check(const skel_comm *comm, const skel_mask *mask);

/** XXH3-128 of the mask's bits over the prunable elements, as text.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_mask_hash(const skel_mask *mask, char out[SKEL_CHECKSUM_TEXT]);

/** Sets elements where the mask is 0 to exactly 0.
 *
 *  Local. `values` is [mask->count].
 */
void skel_mask_apply(const skel_mask *mask, float values[]);

/** Puts each segment's elements into a random order: as many are kept, but others.
 *
 *  Local. Depends on (mask, seed) alone: the same on every rank that has the same mask.
 *  Source: Frankle et al. 2021, section 4.1 (layerwise shuffling).
 */
void skel_mask_shuffle(skel_mask *mask, uint64_t seed);

/** Recounts `kept` after `keep` was written directly.
 *
 *  Local.
 */
void skel_mask_recount(skel_mask *mask);

#endif
