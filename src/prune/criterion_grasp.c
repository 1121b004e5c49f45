/* GraSP, gradient signal preservation: the change of the gradient's norm if weight i goes is, to
 * first order, -theta_i (H g)_i. The weights with the highest -theta_i (H g)_i / (|sum| + eps) are
 * removed, so score_i = theta_i (H g)_i / (|sum| + eps), the sum being over all weights. The
 * published code takes the sum's magnitude, too: a negative sum would turn the order around.
 * Source: Wang, Zhang and Grosse 2020, equation 8 and algorithm 1. */
#include "criteria.h"

#include <math.h>

static const double epsilon = 1e-10; /* the published code's */

static double sum_products(size_t count, const float parameters[], const float product[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (double)parameters[i] * (double)product[i];
    }
    return sum;
}

static void multiply(size_t count, double factor, const float parameters[restrict],
                     const float product[restrict], float scores[restrict])
{
    for (size_t i = 0; i < count; i++) {
        scores[i] = (float)(factor * (double)parameters[i] * (double)product[i]);
    }
}

static void score(const skel_mask *mask, const float parameters[], const float signal[],
                  uint64_t seed, float scores[])
{
    double sum = 0;

    (void)seed;
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        sum += sum_products(mask->segment[s].count, parameters + offset, signal + offset);
    }
    for (size_t s = 0; s < mask->segments; s++) {
        size_t offset = mask->segment[s].offset;

        multiply(mask->segment[s].count, 1 / (fabs(sum) + epsilon), parameters + offset,
                 signal + offset, scores + offset);
    }
}

const skel_criterion skel_criterion_grasp = {
    .name = "grasp",
    .summary = "gradient signal preservation: Hessian-gradient product, in one step",
    .signal = SKEL_SIGNAL_HESSIAN,
    .has_signs = true,
    .score = score,
};
