/* Legs: which epochs are trained between prunings, and at which learning rates. */
#include "skel/leg.h"

static bool prunes_trained(const skel_settings *settings)
{
    return settings->method->timing == SKEL_TIMING_TRAINED ||
           settings->method->timing == SKEL_TIMING_REWOUND;
}

size_t skel_leg_count(const skel_settings *settings)
{
    return prunes_trained(settings) ? settings->iterations + 1 : 1;
}

static skel_leg whole_training(const skel_job *job, const skel_settings *settings)
{
    return (skel_leg){
        .epochs = job->train.epochs,
        .rate = {.kind = settings->rate,
                 .base = job->train.learning_rate,
                 .epochs = job->train.epochs,
                 .milestones = job->train.milestones,
                 .milestone = job->train.milestone,
                 .gamma = job->train.gamma,
                 .warmup_epochs = job->train.warmup_epochs},
    };
}

/* Later legs continue the training: their orders of samples are new. */
static skel_leg finetuning(const skel_job *job, size_t number)
{
    size_t epochs = job->prune.finetune_epochs;

    return (skel_leg){
        .number = number,
        .epochs = epochs,
        .shift = job->train.epochs + (number - 1) * epochs,
        .rate = {.kind = SKEL_RATE_CONSTANT, .base = job->prune.finetune_rate, .epochs = epochs},
    };
}

skel_leg skel_leg_after(const skel_job *job, const skel_settings *settings, size_t iterations)
{
    skel_leg leg = whole_training(job, settings);

    if (iterations == 0 || !prunes_trained(settings)) {
        return leg;
    }
    if (settings->method->timing == SKEL_TIMING_TRAINED) {
        return finetuning(job, iterations);
    }
    /* The same orders in every round, so that rounds differ by their masks alone, and the last one
     * is what `method: none` makes of the recorded mask and weights. */
    leg.number = iterations;
    leg.first = settings->rewind_epochs;
    leg.epochs = job->train.epochs - leg.first;
    leg.steps = settings->rewind_steps;
    return leg;
}

size_t skel_leg_epochs_left(const skel_job *job, const skel_settings *settings, size_t iterations,
                            size_t epochs)
{
    skel_leg leg = skel_leg_after(job, settings, iterations);
    size_t later = skel_leg_count(settings) - 1 - leg.number;

    return leg.epochs - epochs + later * skel_leg_after(job, settings, iterations + 1).epochs;
}

size_t skel_leg_steps_spared(const skel_job *job, const skel_settings *settings, size_t iterations)
{
    skel_leg leg = skel_leg_after(job, settings, iterations);
    size_t later = skel_leg_count(settings) - 1 - leg.number;

    return later * skel_leg_after(job, settings, iterations + 1).steps;
}

size_t skel_leg_iterations_due(const skel_job *job, const skel_settings *settings,
                               skel_position position)
{
    skel_leg leg = skel_leg_after(job, settings, position.iterations);

    if (skel_leg_count(settings) == 1 || position.iterations == settings->iterations) {
        return settings->iterations;
    }
    return position.epochs == leg.epochs ? position.iterations + 1 : position.iterations;
}

bool skel_leg_ends_run(const skel_job *job, const skel_settings *settings, skel_position position)
{
    skel_leg leg = skel_leg_after(job, settings, position.iterations);

    return position.iterations == settings->iterations && position.epochs == leg.epochs;
}

bool skel_leg_tests_at(const skel_job *job, const skel_leg *leg, size_t epoch)
{
    return epoch == leg->first + leg->epochs ||
           (job->train.test_every > 0 && epoch % job->train.test_every == 0);
}
