/* Learning-compression: the loss L(w) is minimised under w = theta, theta having as many values
 * that are not 0 as the job asks for, by an augmented Lagrangian. From a trained network on, the
 * network computes with w, and in turn
 *     L step: steps along the gradient of L(w) + mu/2 |w - theta - lambda / mu|^2
 *     C step: theta = the values of w - lambda / mu with the largest magnitudes, 0 elsewhere;
 *             lambda = lambda - mu (w - theta); mu = mu growth
 * theta, which the mask describes, is tested and written. The pruning iteration is the C step
 * before the first L step: theta from w alone, and lambda stays 0. Each later one follows
 * prune.update-every steps, or the last step. mu starts at prune.strength, growth is
 * prune.strength-growth. The paper's L steps have 20 epochs each, 40 of them, at the rate
 * 0.1 times 0.98^n; ours have prune.finetune-epochs in all, at the constant prune.finetune-rate,
 * and momentum goes on from one L step to the next. Source: Carreira-Perpinan and Idelbayev 2018,
 * the l0-constraint form of their section on pruning, and its experiments. */
#include "methods.h"

#include <math.h>
#include <string.h>

enum { TARGET, MULTIPLIER };

/* mu of the L step that goes on, and of the C step behind it. */
static float strength_of(const skel_reparameterised *tensor)
{
    return (float)(tensor->job->strength *
                   pow(tensor->job->strength_growth, (double)tensor->round));
}

/* The nearest theta keeps the units with the largest sums of squares; of single weights the
 * largest. */
static void score(const skel_method_tensor *tensor, float scores[])
{
    for (size_t i = 0; i < tensor->count; i++) {
        scores[i] = tensor->parameters[i] * tensor->parameters[i];
    }
}

static void start(const skel_reparameterised *tensor)
{
    for (size_t i = 0; i < tensor->count; i++) {
        tensor->auxiliary[TARGET][i] = tensor->keep[i] != 0 ? tensor->stored[i] : 0;
        tensor->auxiliary[MULTIPLIER][i] = 0;
    }
}

static void effective(const skel_reparameterised *tensor, float effective[])
{
    const float *from = tensor->step > 0 ? tensor->stored : tensor->auxiliary[TARGET];

    memcpy(effective, from, tensor->count * sizeof *effective);
}

static void backward(const skel_reparameterised *tensor, float gradient[], float slope[])
{
    const float *target = tensor->auxiliary[TARGET];
    const float *multiplier = tensor->auxiliary[MULTIPLIER];
    float strength = strength_of(tensor);

    (void)slope;
    for (size_t i = 0; i < tensor->count; i++) {
        gradient[i] += strength * (tensor->stored[i] - target[i]) - multiplier[i];
    }
}

static void candidates(const skel_reparameterised *tensor, float values[])
{
    float strength = strength_of(tensor);

    for (size_t i = 0; i < tensor->count; i++) {
        values[i] = tensor->stored[i] - tensor->auxiliary[MULTIPLIER][i] / strength;
    }
}

static void chosen(const skel_reparameterised *tensor, const float values[])
{
    float strength = strength_of(tensor);
    float *target = tensor->auxiliary[TARGET];

    for (size_t i = 0; i < tensor->count; i++) {
        target[i] = tensor->keep[i] != 0 ? values[i] : 0;
        tensor->auxiliary[MULTIPLIER][i] -= strength * (tensor->stored[i] - target[i]);
    }
}

static const skel_reparameterisation reparameterisation = {
    .auxiliary = {{"target", SKEL_AUXILIARY_WEIGHT, SKEL_AUXILIARY_OWN},
                  {"multiplier", SKEL_AUXILIARY_WEIGHT, SKEL_AUXILIARY_OWN}},
    .remask = SKEL_REMASK_CHOICE,
    .less = "prune.per-layer-floor or prune.keep-layers keeps weights there",
    .start = start,
    .effective = effective,
    .backward = backward,
    .candidates = candidates,
    .chosen = chosen,
};

const skel_method skel_method_learning_compression = {
    .name = "learning-compression",
    .summary = "train, then training and compression in turn, drawn together by a Lagrangian",
    .signal = SKEL_SIGNAL_NONE,
    .timing = SKEL_TIMING_TRAINED,
    .reparameterisation = &reparameterisation,
    .defaults = {.finetune_epochs = 40,
                 .update_every = 0 /* one epoch */,
                 .strength = 9e-5,
                 .strength_growth = 1.1},
    .score = score,
};
