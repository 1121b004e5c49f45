/** Bits of floating-point numbers as integers, and back. */
#ifndef SKEL_COMM_FIXED_BITS_H
#define SKEL_COMM_FIXED_BITS_H

#include <stdint.h>
#include <string.h>

/** The bits of a float.
 *
 *  Local.
 */
static inline uint32_t bits_of(float value)
{
    uint32_t bits = 0;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/** The float that has these bits.
 *
 *  Local.
 */
static inline float float_of(uint32_t bits)
{
    float value = 0;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/** The bits of a double.
 *
 *  Local.
 */
static inline uint64_t bits_of_double(double value)
{
    uint64_t bits = 0;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/** The double that has these bits.
 *
 *  Local.
 */
static inline double double_of(uint64_t bits)
{
    double value = 0;

    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
