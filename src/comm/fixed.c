/* The scales of the exact reduction; the loops are in fixed_kernels.c. */
#include "fixed.h"

#include "fixed_bits.h"
#include "fixed_kernels.h"

#include <math.h>

enum {
    PRECISION = 40,      /* least number of bits of the largest magnitude times the scale */
    ZERO_EXPONENT = 44,  /* for a segment of zeros, whose magnitude gives no scale */
    SUM_BITS = 62,       /* sums stay at or below 2^62 */
    FLOAT_EXPONENT = 127 /* of the largest finite float */
};

const skel_fixed_kernels *skel_fixed_kernels_of(skel_isa isa)
{
    static const skel_fixed_kernels *const tables[SKEL_ISAS] = SKEL_ISA_TABLES(skel_fixed_kernels);

    return tables[isa];
}

uint32_t skel_fixed_largest(size_t count, const float values[])
{
    return skel_fixed_kernels_of(skel_isa_best())->largest(count, values);
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

uint32_t skel_fixed_add(skel_fixed fixed, size_t count, const float values[], int64_t sums[])
{
    return skel_fixed_kernels_of(skel_isa_best())
        ->add(ldexp(1.0, fixed.exponent), fixed.limit, count, values, sums);
}

uint32_t skel_fixed_restore(skel_fixed fixed, size_t count, const int64_t sums[], float values[])
{
    return skel_fixed_kernels_of(skel_isa_best())
        ->restore(ldexp(1.0, -fixed.exponent), count, sums, values);
}

uint32_t skel_fixed_pass(skel_fixed fixed, size_t count, const float values[], float rounded[])
{
    return skel_fixed_kernels_of(skel_isa_best())
        ->pass(ldexp(1.0, fixed.exponent), ldexp(1.0, -fixed.exponent), count, values, rounded);
}
