/** Fixed point: values of a segment as 64-bit multiples of one power of two. */
#ifndef SKEL_COMM_FIXED_H
#define SKEL_COMM_FIXED_H

#include <stddef.h>
#include <stdint.h>

enum { SKEL_FIXED_INFINITE = 0x7f800000 }; /**< magnitudes from here on are not finite */

/** The scale and the range of a segment. Plain data. */
typedef struct skel_fixed {
    int exponent;   /**< the scale is 2^exponent */
    uint32_t limit; /**< largest magnitude, as bits, of which the sum cannot overflow */
} skel_fixed;

/** Largest magnitude of some values, as a float's bits without the sign.
 *
 *  Local. At least SKEL_FIXED_INFINITE if any value is not finite.
 */
uint32_t skel_fixed_largest(size_t count, const float values[]);

/** Chooses the scale for sums of `microbatches` values.
 *
 *  Local.
 *  @param largest  magnitude of one microbatch or more, finite, as skel_fixed_largest() returns it
 */
skel_fixed skel_fixed_choose(uint32_t largest, size_t microbatches);

/** Adds values, times the scale and rounded to the nearest integer (ties to even), to sums.
 *
 *  Local. Values beyond the limit add 0.
 *  @return the largest magnitude of the values, as skel_fixed_largest()
 */
uint32_t skel_fixed_add(skel_fixed fixed, size_t count, const float values[], int64_t sums[]);

/** Converts sums to floats: to double, divided by the scale, rounded to float.
 *
 *  Local.
 *  @return the largest magnitude of the floats, as skel_fixed_largest()
 */
uint32_t skel_fixed_restore(skel_fixed fixed, size_t count, const int64_t sums[], float values[]);

/** Converts values to fixed point and back: the sum of a single microbatch, as skel_fixed_add() to
 *  zeros and skel_fixed_restore() give it.
 *
 *  Local. No value is beyond the limit.
 *  @return the largest magnitude of the floats, as skel_fixed_largest()
 */
uint32_t skel_fixed_pass(skel_fixed fixed, size_t count, const float values[], float rounded[]);

#endif
