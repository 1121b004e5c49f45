/* Proportional shares in whole numbers: a common factor for all tensors, then largest remainders.
 */
#include "share.h"

#include <math.h>

static double share_at(const skel_share_bounds *bounds, size_t i, double factor)
{
    return fmin(fmax(factor * bounds->size[i], (double)bounds->least[i]), (double)bounds->most[i]);
}

static double sum_at(const skel_share_bounds *bounds, double factor)
{
    double sum = 0;

    for (size_t i = 0; i < bounds->tensors; i++) {
        sum += share_at(bounds, i, factor);
    }
    return sum;
}

/* The largest factor whose shares add up to at most `kept`. The sum grows with the factor, so the
 * interval is halved until the factor is exact to the last bit. */
static double find_factor(size_t kept, const skel_share_bounds *bounds)
{
    double low = 0;
    double high = 1;

    while (sum_at(bounds, high) < (double)kept) {
        high *= 2;
    }
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;

        if (sum_at(bounds, middle) <= (double)kept) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The tensor that lost most by rounding, of those that may still have more. */
static size_t most_wronged(const skel_share_bounds *bounds, double factor, const size_t share[])
{
    size_t found = bounds->tensors;
    double largest = 0;

    for (size_t i = 0; i < bounds->tensors; i++) {
        double lost = factor * bounds->size[i] - (double)share[i];

        if (share[i] < bounds->most[i] && (found == bounds->tensors || lost > largest)) {
            found = i;
            largest = lost;
        }
    }
    SKEL_ASSERT(found < bounds->tensors);
    return found;
}

void skel_share_out(size_t kept, const skel_share_bounds *bounds, size_t share[])
{
    double factor = 0;
    size_t given = 0;
    size_t least = 0;
    size_t most = 0;

    for (size_t i = 0; i < bounds->tensors; i++) {
        least += bounds->least[i];
        most += bounds->most[i];
    }
    SKEL_ASSERT(least <= kept && kept <= most);
    factor = find_factor(kept, bounds);
    for (size_t i = 0; i < bounds->tensors; i++) {
        share[i] = (size_t)floor(share_at(bounds, i, factor) + 1e-6); /* 10 %, not 9.999999 % */
        given += share[i];
    }
    SKEL_ASSERT(given <= kept);
    for (; given < kept; given++) {
        share[most_wronged(bounds, factor, share)]++;
    }
}
