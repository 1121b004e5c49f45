/* Magnitudes are compared as integers: compilers vectorise this, but not comparisons of floats,
 * whose exceptions have an order.
 *
 * No instruction set before AVX-512 converts vectors between double and 64-bit integers, and the
 * first x86-64 cannot round. Sums and differences can: a number of magnitude up to 2^51, added to
 * 1.5 * 2^52, is rounded to an integer, which stands in the last bits of the sum. Larger numbers
 * are taken in two halves: high * 2^32 + low, which loses nothing, since high is an integer and a
 * float's 24 bits are all of the number. */
#include "fixed_kernels.h"

#include "fixed_bits.h"

static const uint32_t magnitude_bits = 0x7fffffff;
static const double shifter = 0x1.8p52; /* moves a double's integer to its last bits */
static const double half = 0x1p32;
static const double half_inverse = 0x1p-32;

/* A number of at most 24 significant bits and of magnitude up to 2^62, rounded to an integer (ties
 * to even), as two's complement. */
static uint64_t round_to_integer(double number)
{
    double high = number * half_inverse + shifter;
    double low = number - (high - shifter) * half + shifter;
    uint64_t origin = bits_of_double(shifter);

    return ((bits_of_double(high) - origin) << 32) + (bits_of_double(low) - origin);
}

/* The double nearest to an integer in two's complement: the halves are exact, and their sum is
 * rounded once. Each half becomes the last bits of a double of known size. */
static double double_from_integer(uint64_t integer)
{
    uint64_t high = (integer >> 32) ^ 0x4530000080000000U;        /* 2^84 + 2^63 + high * 2^32 */
    uint64_t low = (integer & 0xffffffffU) | 0x4330000000000000U; /* 2^52 + low */

    return double_of(high) - (0x1p84 + 0x1p63) + (double_of(low) - 0x1p52);
}

static uint32_t largest(size_t count, const float values[])
{
    uint32_t most = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = bits_of(values[i]) & magnitude_bits;

        most = magnitude > most ? magnitude : most;
    }
    return most;
}

static uint32_t add(double scale, uint32_t limit, size_t count, const float values[restrict],
                    int64_t sums[restrict])
{
    uint32_t most = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of(values[i]);
        uint32_t magnitude = bits & magnitude_bits;
        float fits = float_of(bits & -(uint32_t)(magnitude <= limit));

        most = magnitude > most ? magnitude : most;
        sums[i] = (int64_t)((uint64_t)sums[i] + round_to_integer((double)fits * scale));
    }
    return most;
}

static uint32_t restore(double inverse, size_t count, const int64_t sums[restrict],
                        float values[restrict])
{
    uint32_t most = 0;

    for (size_t i = 0; i < count; i++) {
        float value = (float)(double_from_integer((uint64_t)sums[i]) * inverse);
        uint32_t magnitude = bits_of(value) & magnitude_bits;

        most = magnitude > most ? magnitude : most;
        values[i] = value;
    }
    return most;
}

static uint32_t pass(double scale, double inverse, size_t count, const float values[restrict],
                     float rounded[restrict])
{
    uint32_t most = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t integer = round_to_integer((double)values[i] * scale);
        float value = (float)(double_from_integer(integer) * inverse);
        uint32_t magnitude = bits_of(value) & magnitude_bits;

        most = magnitude > most ? magnitude : most;
        rounded[i] = value;
    }
    return most;
}

const skel_fixed_kernels SKEL_ISA_NAME(skel_fixed_kernels) = {
    .largest = largest,
    .add = add,
    .restore = restore,
    .pass = pass,
};
