/** Loops over all weights that count and sum, for every instruction set. The other ranks wait for
 *  them. */
#ifndef SKEL_PRUNE_SUMS_KERNELS_H
#define SKEL_PRUNE_SUMS_KERNELS_H

#include "skel/isa.h"

#include <stddef.h>
#include <stdint.h>

/** Sums of squares over the kept elements, and over all. Plain data. */
typedef struct skel_prune_squares {
    double kept;
    double all;
} skel_prune_squares;

enum {
    SKEL_LINEAGE_KEPT = 1,        /**< bit of a weight that is kept now */
    SKEL_LINEAGE_RESURRECTED = 2, /**< bit of a weight that was pruned and came back */
};

/** Loops of one instruction set. `keep` is 0 or 1. Static, immutable. */
typedef struct skel_prune_sums {
    /** Sum over the kept elements of |a b|. The order of the additions is the same for every
     *  instruction set. */
    double (*products)(size_t count, const uint8_t keep[], const float a[], const float b[]);
    /** Sums of squares. */
    skel_prune_squares (*squares)(size_t count, const uint8_t keep[], const float values[]);
    /** Moves the bits of a history on to the next mask; returns how many elements are pruned
     *  although they had been resurrected. */
    size_t (*history)(size_t count, const uint8_t keep[], uint8_t lineage[]);
} skel_prune_sums;

extern const skel_prune_sums skel_prune_sums_baseline;
extern const skel_prune_sums skel_prune_sums_avx2;
extern const skel_prune_sums skel_prune_sums_avx512;

/** The loops of an instruction set.
 *
 *  Local. Static storage. The processor must have the instruction set.
 */
const skel_prune_sums *skel_prune_sums_of(skel_isa isa);

#endif
