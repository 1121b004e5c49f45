/* Adam's arithmetic, in double: auxiliary values are few. */
#include "skel/adam.h"

#include <math.h>

void skel_adam_step(double rate, size_t step, size_t count, const float gradient[], float first[],
                    float second[], float values[])
{
    const double share_first = 0.9;
    const double share_second = 0.999;
    const double least = 1e-8;
    double first_weight = 1 - pow(share_first, (double)step);
    double second_weight = 1 - pow(share_second, (double)step);

    for (size_t i = 0; i < count; i++) {
        double slope = (double)gradient[i];
        double m = share_first * (double)first[i] + (1 - share_first) * slope;
        double v = share_second * (double)second[i] + (1 - share_second) * slope * slope;

        first[i] = (float)m;
        second[i] = (float)v;
        values[i] = (float)((double)values[i] -
                            rate * (m / first_weight) / (sqrt(v / second_weight) + least));
    }
}
