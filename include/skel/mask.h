/** The mask: which weights of the flat parameter vector are kept. */
#ifndef SKEL_MASK_H
#define SKEL_MASK_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/reduce.h"

#include <stdint.h>

/** The mask. Elements that are not prunable are always 1. Plain data, changed by the functions
 *  here; a caller that writes `keep` directly then calls skel_mask_recount(). */
typedef struct skel_mask {
    size_t count;    /**< elements of the flat parameter vector */
    size_t prunable; /**< elements in the segments */
    size_t kept;     /**< prunable elements that are 1 */
    size_t segments;
    const skel_segment *segment; /**< [segments] prunable ranges, ascending; borrowed */
    const char *const *names; /**< [segments] for messages; borrowed; NULL: messages have numbers */
    uint8_t *keep;            /**< [count], 0 or 1 */
} skel_mask;

/** Makes a mask of ones.
 *
 *  Local.
 *  @param count    elements of the flat parameter vector
 *  @param segment  [segments] prunable ranges, ascending, borrowed while the mask lives
 *  @param names    [segments] names of the ranges for messages, borrowed as long; may be NULL
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

/** Gives every rank the root's mask. One bit is sent for each prunable element.
 *
 *  Collective. Afterwards the ranks compare a hash of their masks.
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL if the masks of two ranks differ.
 */
SKEL_CHECKED skel_status skel_mask_share(const skel_comm *comm, skel_mask *mask);

/** Checks that all ranks have the same mask, by a hash.
 *
 *  Collective. Errors: SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL if masks differ; the message has the
 *  lowest rank whose mask is not the root's.
 */
SKEL_CHECKED skel_status skel_mask_check(const skel_comm *comm, const skel_mask *mask);

/** XXH3-128 of the mask's bits over the prunable elements, as text.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_mask_hash(const skel_mask *mask, char out[SKEL_CHECKSUM_TEXT]);

/** Sets all values to exactly 0 where the mask is 0.
 *
 *  Local. `values` is [mask->count].
 */
void skel_mask_apply(const skel_mask *mask, float values[]);

/** Shuffles the mask within each segment: the number of kept weights stays, their places change.
 *
 *  Local. The result depends on (mask, seed) alone, so ranks with equal masks get equal results.
 *  Source: Frankle et al. 2021, the ablation of layerwise shuffling.
 */
void skel_mask_shuffle(skel_mask *mask, uint64_t seed);

/** Keeps `kept` prunable weights anywhere, each choice of them with the same probability.
 *
 *  Local. The result depends on (sizes of the segments, kept, seed) alone.
 *  @param kept  at most mask->prunable
 */
void skel_mask_scatter(skel_mask *mask, size_t kept, uint64_t seed);

/** Computes `kept` again after a direct change of `keep`.
 *
 *  Local.
 */
void skel_mask_recount(skel_mask *mask);

#endif
