/* STR, soft threshold reparameterisation: the network computes with sign(w) relu(|w| - g(s)),
 * g(s) = 1 / (1 + exp(-s)), with one s for each layer that is trained as the weights are. A weight
 * within the threshold has gradient 0, so weight decay alone moves it; it returns if its layer's s
 * falls. The gradient by s is -g'(s) times the sum of sign(w) times the gradients of the weights
 * outside. Weight decay on s (prune.auxiliary-decay) raises thresholds and drives the sparsity,
 * which is an outcome: prune.sparsity is compared with it. Source: Kusupati et al. 2020, section 3;
 * starting values and decays: their appendix on hyperparameters. */
#include "methods.h"

#include <math.h>

static double threshold_of(const skel_reparameterised *tensor)
{
    return 1 / (1 + exp(-(double)tensor->auxiliary[0][0]));
}

static void start(const skel_reparameterised *tensor)
{
    tensor->auxiliary[0][0] = (float)tensor->job->auxiliary_start;
}

static void shrink(size_t count, float threshold, const float stored[restrict],
                   float effective[restrict])
{
    for (size_t i = 0; i < count; i++) {
        float rest = fabsf(stored[i]) - threshold;

        effective[i] = rest > 0 ? copysignf(rest, stored[i]) : 0;
    }
}

static void effective(const skel_reparameterised *tensor, float effective[])
{
    shrink(tensor->count, (float)threshold_of(tensor), tensor->stored, effective);
}

static void backward(const skel_reparameterised *tensor, float gradient[], float slope[])
{
    double threshold = threshold_of(tensor);
    double sum = 0;

    for (size_t i = 0; i < tensor->count; i++) {
        bool outside = fabsf(tensor->stored[i]) > (float)threshold;

        gradient[i] = outside ? gradient[i] : 0;
        sum += (double)(tensor->stored[i] < 0 ? -gradient[i] : gradient[i]);
    }
    slope[0] = (float)(-sum * threshold * (1 - threshold));
}

static const skel_reparameterisation reparameterisation = {
    .auxiliary = {{"threshold", SKEL_AUXILIARY_TENSOR, SKEL_AUXILIARY_SGD}},
    .remask = SKEL_REMASK_ZEROS,
    .more = "a larger prune.auxiliary-decay or prune.auxiliary-start removes more",
    .less = "a smaller prune.auxiliary-decay or prune.auxiliary-start removes less",
    .start = start,
    .effective = effective,
    .backward = backward,
};

const skel_method skel_method_str = {
    .name = "str",
    .summary = "soft thresholds that are learned, one for each layer; sparsity is an outcome",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_DURING,
    .reparameterisation = &reparameterisation,
    .defaults = {.auxiliary_start = -100},
    .score = skel_score_magnitude,
};
