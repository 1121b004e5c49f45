/** The loops of fixed point, for every instruction set, with the same bits on each. */
#ifndef SKEL_COMM_FIXED_KERNELS_H
#define SKEL_COMM_FIXED_KERNELS_H

#include "skel/isa.h"

#include <stddef.h>
#include <stdint.h>

/** Loops of one instruction set. Static, immutable. */
typedef struct skel_fixed_kernels {
    /** See skel_fixed_largest(). */
    uint32_t (*largest)(size_t count, const float values[]);
    /** Adds values times `scale`, rounded to the nearest integer (ties to even), to sums; returns
     *  the largest magnitude. Values of magnitudes above `limit` add 0; the limit times the scale
     *  is at most 2^62. */
    uint32_t (*add)(double scale, uint32_t limit, size_t count, const float values[],
                    int64_t sums[]);
    /** Converts sums to double, multiplies by `inverse`, and rounds to float; returns the largest
     *  magnitude. */
    uint32_t (*restore)(double inverse, size_t count, const int64_t sums[], float values[]);
    /** add() to sums of 0 and restore() in one, for values that fit, without memory for the sums.
     */
    uint32_t (*pass)(double scale, double inverse, size_t count, const float values[],
                     float rounded[]);
} skel_fixed_kernels;

extern const skel_fixed_kernels skel_fixed_kernels_baseline;
extern const skel_fixed_kernels skel_fixed_kernels_avx2;
extern const skel_fixed_kernels skel_fixed_kernels_avx512;

/** The loops of an instruction set.
 *
 *  Local. Static storage. The processor must have the instruction set.
 */
const skel_fixed_kernels *skel_fixed_kernels_of(skel_isa isa);

#endif
