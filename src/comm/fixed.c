/* The loops of the exact reduction. Magnitudes are compared as integers: compilers vectorise this,
 * but not comparisons of floats, whose exceptions have an order. */
#include "fixed.h"

#include <math.h>
#include <string.h>

enum {
    PRECISION = 40,      /* least number of bits of the largest magnitude times the scale */
    ZERO_EXPONENT = 44,  /* for a segment of zeros, whose magnitude gives no scale */
    SUM_BITS = 62,       /* sums stay at or below 2^62 */
    FLOAT_EXPONENT = 127 /* of the largest finite float */
};

static const uint32_t magnitude_bits = 0x7fffffff;

static uint32_t bits_of(float value)
{
    uint32_t bits = 0;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float value = 0;

    memcpy(&value, &bits, sizeof value);
    return value;
}

uint32_t skel_fixed_largest(size_t count, const float values[])
{
    uint32_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = bits_of(values[i]) & magnitude_bits;

        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

/* Additional bits of a sum of `count` numbers: ceil(log2(count)). */
static int carry_bits(size_t count)
{
    int bits = 0;

    while (bits < SUM_BITS && (count - 1) >> bits != 0) {
        bits++;
    }
    return bits;
}

skel_fixed skel_fixed_choose(uint32_t largest, size_t microbatches)
{
    int range = SUM_BITS - carry_bits(microbatches);
    int precision = PRECISION < range ? PRECISION : range - 1;
    skel_fixed fixed = {.exponent = ZERO_EXPONENT};
    int limit = 0;

    if (largest != 0) {
        fixed.exponent = precision - ilogbf(float_of(largest));
    }
    limit = range - fixed.exponent;
    fixed.limit =
        limit <= FLOAT_EXPONENT ? bits_of(ldexpf(1.0F, limit)) : (uint32_t)SKEL_FIXED_INFINITE - 1;
    return fixed;
}

/* nearbyint, not rint: gcc 12 turns a converted rint into lrint, which it does not vectorise. */
uint32_t skel_fixed_add(skel_fixed fixed, size_t count, const float values[restrict],
                        int64_t sums[restrict])
{
    double scale = ldexp(1.0, fixed.exponent);
    uint32_t limit = fixed.limit;
    uint32_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits = bits_of(values[i]);
        uint32_t magnitude = bits & magnitude_bits;
        float fits = float_of(bits & -(uint32_t)(magnitude <= limit));

        largest = magnitude > largest ? magnitude : largest;
        sums[i] += (int64_t)nearbyint((double)fits * scale);
    }
    return largest;
}

uint32_t skel_fixed_restore(skel_fixed fixed, size_t count, const int64_t sums[restrict],
                            float values[restrict])
{
    double inverse = ldexp(1.0, -fixed.exponent);
    uint32_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        float value = (float)((double)sums[i] * inverse);
        uint32_t magnitude = bits_of(value) & magnitude_bits;

        largest = magnitude > largest ? magnitude : largest;
        values[i] = value;
    }
    return largest;
}
