/* NTK-SAP: score_i = |sum over draws of d/dm_i sum_n |f(x_n; m theta) - f(x_n; m (theta + eps
 * D))|^2|. The change of the outputs under noise stands for the nuclear norm of the neural tangent
 * kernel. In each draw the weights theta are drawn anew, images x and noise D are standard normal,
 * and batch norm has the statistics of these images at theta, as constants. The signal is the sum
 * of the derivatives by the mask m. Neither labels nor data are needed, nor the job's initial
 * weights. A pruned weight stays pruned. Deviations: with several microbatches batch norm's
 * constants are the mean of their statistics. 5 draws in each of 20 iterations, eps 0.01. Source:
 * Wang et al. 2023, section 4 and algorithm 1; their code. */
#include "methods.h"

#include <math.h>

static void score(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = fabsf(tensor->signal[i]);
    }
}

const skel_method skel_method_ntk_sap = {
    .name = "ntk-sap",
    .summary = "sensitivity of the tangent kernel to a weight's presence, without data",
    .signal = SKEL_SIGNAL_DISTURBANCE,
    .iterative = true,
    .permanent = true,
    .defaults = {.iterations = 20, .draws = 5, .weight_noise = 0.01},
    .score = score,
};
