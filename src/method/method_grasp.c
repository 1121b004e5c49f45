/* GraSP, gradient signal preservation: without weight i the gradient's norm changes, to first
 * order, by -theta_i (H g)_i. Removed are the weights with the highest -theta_i (H g)_i / (|sum| +
 * eps). So score_i = theta_i (H g)_i / (|sum| + eps), where the sum goes over all prunable weights.
 * The published code divides by the sum's magnitude, too: a negative sum would reverse the order.
 * Ten images of each class by default, as in the published code.
 * Source: Wang, Zhang and Grosse 2020, equation 8 and algorithm 1. */
#include "methods.h"

#include <math.h>

static const double epsilon = 1e-10; /* the published code's */

static double total(const skel_method_tensor *tensor)
{
    double sum = 0;

    for (size_t i = 0; i < tensor->count; i++) {
        sum += (double)tensor->parameters[i] * (double)tensor->signal[i];
    }
    return sum;
}

static void score(const skel_method_tensor *tensor, float scores[])
{
    double factor = 1 / (fabs(tensor->total) + epsilon);

    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = (float)(factor * (double)tensor->parameters[i] * (double)tensor->signal[i]);
    }
}

const skel_method skel_method_grasp = {
    .name = "grasp",
    .summary = "gradient signal preservation: Hessian-gradient product, in one iteration",
    .signal = SKEL_SIGNAL_HESSIAN,
    .has_signs = true,
    .defaults = {.balanced = true, .per_class = 10, .temperature = 200},
    .total = total,
    .score = score,
};
