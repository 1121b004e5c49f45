/* Iterative GraSP as in the code of the FORCE paper: score_i = g_i^2 at the pruned network, the
 * part of the gradient's squared norm that weight i has; a pruned weight stays pruned. Source: de
 * Jorge et al. 2021, published code ("GraSP-It"). */
#include "methods.h"

static void score(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = tensor->signal[i] * tensor->signal[i];
    }
}

const skel_method skel_method_grasp_it = {
    .name = "grasp-it",
    .summary = "iterative GraSP of the FORCE code: squared gradient at the pruned network",
    .signal = SKEL_SIGNAL_GRADIENT,
    .iterative = true,
    .permanent = true,
    .defaults.iterations = 60,
    .score = score,
};
