/** The selection's loops over all scores, for every instruction set, and the keys that they
 *  compare. */
#ifndef SKEL_PRUNE_TOPK_KERNELS_H
#define SKEL_PRUNE_TOPK_KERNELS_H

#include "skel/isa.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    SKEL_TOPK_BLOCK = 2048, /**< scores at a time: their keys and flags stay in the nearest cache */
    SKEL_TOPK_GROUP = 8,    /**< scores whose flags are tested together */
};

static const uint32_t SKEL_TOPK_SIGN = 0x80000000;     /**< a float's sign, and the key of 0 */
static const uint32_t SKEL_TOPK_INFINITE = 0x7f800000; /**< magnitudes from here are not finite */

/** Keys first, ..., first + more; each belongs to the bin (key >> shift) of 16 bits. Plain data. */
typedef struct skel_topk_range {
    uint32_t first;
    uint32_t more;
    unsigned shift;
} skel_topk_range;

/** Counts of one pass over all scores. Plain data. */
typedef struct skel_topk_tally {
    size_t above;     /**< scores with keys beyond the range */
    size_t positive;  /**< scores above 0 */
    uint32_t largest; /**< magnitude, as a float's bits */
} skel_topk_tally;

/** Bins of the scores of one block. Plain data. */
typedef struct skel_topk_block {
    uint16_t bin[SKEL_TOPK_BLOCK];
    uint8_t inside[SKEL_TOPK_BLOCK]; /**< whether the key is in the range */
} skel_topk_block;

/** Loops of one instruction set. Static, immutable. */
typedef struct skel_topk_kernels {
    /** Fills a block from [count] scores, with flags of 0 up to a whole group, and adds to the
     *  tally. */
    void (*take_apart)(skel_topk_range in, size_t count, const float scores[],
                       skel_topk_block *block, skel_topk_tally *seen);
    /** Writes whether each score's key is at least the threshold; returns how many are equal. */
    size_t (*write)(uint32_t threshold, size_t count, const float scores[], uint8_t keep[]);
} skel_topk_kernels;

extern const skel_topk_kernels skel_topk_kernels_baseline;
extern const skel_topk_kernels skel_topk_kernels_avx2;
extern const skel_topk_kernels skel_topk_kernels_avx512;

/** The loops of an instruction set.
 *
 *  Local. Static storage. The processor must have the instruction set.
 */
const skel_topk_kernels *skel_topk_kernels_of(skel_isa isa);

/** A float's bits.
 *
 *  Local.
 */
static inline uint32_t skel_topk_bits(float score)
{
    uint32_t bits = 0;

    memcpy(&bits, &score, sizeof bits);
    return bits;
}

/** A float's bits without the sign.
 *
 *  Local.
 */
static inline uint32_t skel_topk_magnitude(uint32_t bits)
{
    return bits & ~SKEL_TOPK_SIGN;
}

/** A number that is ordered as the finite scores are; the same for 0 and -0.
 *
 *  Local.
 */
static inline uint32_t skel_topk_key(uint32_t bits)
{
    uint32_t negative = -(bits >> 31); /* all ones, or 0 */

    return ((skel_topk_magnitude(bits) ^ negative) - negative) ^ SKEL_TOPK_SIGN;
}

#endif
