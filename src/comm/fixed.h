/** Fixed point: values of a segment as 64-bit multiples of one power of two. */
#ifndef SKEL_COMM_FIXED_H
#define SKEL_COMM_FIXED_H

#include <stddef.h>
#include <stdint.h>

enum { SKEL_FIXED_INFINITE = 0x7f800000 }; /**< magnitudes from here on are not finite */

/** A segment's step and range. Plain data. */
typedef struct skel_fixed {
    int exponent;   /**< the step is 2^-exponent */
    uint32_t limit; /**< magnitude that every value may have without the sum overflowing */
} skel_fixed;

/** Largest magnitude of some values, as a float's bits without the sign.
 *
 *  Local. At least SKEL_FIXED_INFINITE if any value is not finite.
 */
uint32_t skel_fixed_largest(size_t count, const float values[]);

/** Step for values of a largest magnitude, of which `microbatches` are going to be added.
 *
 *  Local.
 *  @param largest  of one microbatch (or more), finite, as skel_fixed_largest() gives it
 */
skel_fixed skel_fixed_choose(uint32_t largest, size_t microbatches);

/** Adds values to sums, each rounded to the nearest multiple of the step, ties to even.
 *
 *  Local. Values beyond the limit add 0.
 *  @return the largest magnitude of the values, as skel_fixed_largest()
 */
uint32_t skel_fixed_add(skel_fixed fixed, size_t count, const float values[], int64_t sums[]);

/** Sums as floats, by way of double.
 *
 *  Local.
 *  @return the largest magnitude of the floats, as skel_fixed_largest()
 */
uint32_t skel_fixed_restore(skel_fixed fixed, size_t count, const int64_t sums[], float values[]);

#endif
