/* Sums in fixed point. */
#include "skel/exact.h"

#include <math.h>

double skel_exact_scale(double most, size_t parts)
{
    int exponent = 0;

    if (most == 0) {
        return 1;
    }
    (void)frexp(most * (double)parts * (1 + 1e-9), &exponent);
    return ldexp(1, 62 - exponent);
}

void skel_exact_add(size_t count, const double part[restrict], double scale, int64_t sum[restrict])
{
    for (size_t i = 0; i < count; i++) {
        sum[i] += (int64_t)rint(part[i] * scale);
    }
}
