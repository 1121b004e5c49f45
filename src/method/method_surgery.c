/* Dynamic network surgery: from a trained network on, the network computes with w m, its gradient
 * g(w m) moves all of w, and each layer's mask follows two thresholds: a kept weight goes if
 * |w| <= 0.9 t, a removed one returns if |w| > 1.1 t. A layer's mask is refreshed after a step with
 * the probability 1 / (1 + gamma step), until prune.update-until of the steps.
 * In the paper t = max(mean |w| + c std |w|, 0) of the trained layer, with a c for each layer that
 * its authors give. Here the first mask is searched for: the score is the c at which a weight would
 * go, (|w| / 0.9 - mean) / std, and as many weights with the largest scores are kept as the job
 * asks for, so with prune.scope global one c serves all layers. t is the largest removed |w| over
 * 0.9. What follows is the training's outcome. Biases are not pruned, unlike in the authors' code,
 * whose mean and deviation of |w|, factors 0.9 and 1.1 and probabilities these are. A block of
 * prune.unit goes and returns by the mean |w| of its weights.
 * Source: Guo, Yao and Chen 2016, sections 3.2 and 3.3, and their code. */
#include "methods.h"

#include "skel/random.h"

#include <math.h>

static const double below = 0.9;
static const double above = 1.1;

static void score(const skel_method_tensor *tensor, float scores[])
{
    double sum = 0;
    double squares = 0;
    double mean = 0;
    double deviation = 0;

    for (size_t i = 0; i < tensor->count; i++) {
        double weight = (double)tensor->parameters[i];

        sum += fabs(weight);
        squares += weight * weight;
    }
    mean = sum / (double)tensor->count;
    deviation = sqrt(fmax(squares / (double)tensor->count - mean * mean, 1e-300));
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = (float)((fabs((double)tensor->parameters[i]) / below - mean) / deviation);
    }
}

/* The largest weight that the first mask removes. */
static void start(const skel_reparameterised *tensor)
{
    float largest = 0;

    for (size_t i = 0; i < tensor->count; i++) {
        if (tensor->keep[i] == 0) {
            largest = fmaxf(largest, fabsf(tensor->stored[i]));
        }
    }
    tensor->auxiliary[0][0] = largest;
}

static bool is_due(const skel_reparameterised *tensor)
{
    skel_stream stream = skel_stream_open(tensor->job->seed, SKEL_PURPOSE_REFRESH,
                                          (uint32_t)tensor->step, (uint32_t)tensor->number);

    return skel_stream_uniform(&stream) <
           1 / (1 + tensor->job->refresh_decay * (double)tensor->step);
}

static void refresh(const skel_reparameterised *tensor, uint8_t keep[])
{
    float lower = tensor->auxiliary[0][0];
    float upper = (float)((double)lower * above / below);

    if (!is_due(tensor)) {
        return;
    }
    for (size_t i = 0; i < tensor->count; i++) {
        float size = fabsf(tensor->stored[i]);

        keep[i] = size > upper || (size > lower && keep[i] != 0);
    }
}

static const skel_reparameterisation reparameterisation = {
    .auxiliary = {{"threshold", SKEL_AUXILIARY_TENSOR, SKEL_AUXILIARY_OWN}},
    .remask = SKEL_REMASK_RULE,
    .more = "a larger prune.sparsity, or prune.refresh-decay, removes more",
    .less = "a smaller prune.sparsity, or prune.keep-layers, removes less",
    .start = start,
    .refresh = refresh,
};

const skel_method skel_method_surgery = {
    .name = "surgery",
    .summary = "dynamic network surgery: train, prune, retrain with weights that can return",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_TRAINED,
    .has_signs = true,
    .reparameterisation = &reparameterisation,
    .defaults = {.finetune_epochs = 10, .update_until = 0.75, .refresh_decay = 1e-4},
    .score = score,
};
