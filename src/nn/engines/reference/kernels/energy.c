/* Energies of hidden units, and their slopes. */
#include "kernels.h"

#include <math.h>

double skel_reference_energy_mean(unsigned order, size_t count, const double o[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        double x = o[i] * o[i];

        sum += order == 0 ? x : order == 1 ? log1p(x) : x / (1 + x);
    }
    return sum / (double)count;
}

void skel_reference_energy_backward(unsigned order, size_t count, double factor, const double o[],
                                    double dy[])
{
    for (size_t i = 0; i < count; i++) {
        dy[i] += factor * 2 * o[i] * pow(1 + o[i] * o[i], -(double)order);
    }
}
