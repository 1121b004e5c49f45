/* Learning rates as functions of epoch and step. */
#include "skel/rate.h"

#include <math.h>

static double after_milestones(const skel_rate *rate, size_t epoch)
{
    double value = rate->base;

    for (size_t i = 0; i < rate->milestones; i++) {
        if (epoch >= rate->milestone[i]) {
            value *= rate->gamma;
        }
    }
    return value;
}

double skel_rate_at(const skel_rate *rate, size_t epoch, size_t step, size_t steps)
{
    double position = 0; /* epochs since the warm-up */

    if (epoch < rate->warmup_epochs) {
        return rate->base * (double)(epoch * steps + step + 1) /
               (double)(rate->warmup_epochs * steps);
    }
    position = (double)(epoch - rate->warmup_epochs) + (double)step / (double)steps;
    switch (rate->kind) {
    case SKEL_RATE_STEP:
        return after_milestones(rate, epoch);
    case SKEL_RATE_COSINE:
        return rate->base * 0.5 *
               (1 +
                cos(3.141592653589793 * position / (double)(rate->epochs - rate->warmup_epochs)));
    case SKEL_RATE_CONSTANT:
        break;
    }
    return rate->base;
}
