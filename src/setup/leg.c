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

/* Later legs continue the training: their orders of samples are new. With a number of steps all but
 * the last one are the beginning of an epoch. */
static skel_leg finetuning(const skel_job *job, const skel_settings *settings, size_t number)
{
    bool short_leg = job->prune.finetune_steps > 0 && number < settings->iterations;
    size_t before = job->prune.finetune_steps > 0 ? 1 : job->prune.finetune_epochs;
    size_t epochs = short_leg ? 1 : job->prune.finetune_epochs;

    return (skel_leg){
        .number = number,
        .epochs = epochs,
        .most = short_leg ? job->prune.finetune_steps : 0,
        .shift = job->train.epochs + (number - 1) * before,
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
        return finetuning(job, settings, iterations);
    }
    /* The same orders in every round, so that rounds differ by their masks alone, and the last one
     * is what `method: none` makes of the recorded mask and weights. */
    leg.number = iterations;
    leg.first = settings->rewind_epochs;
    leg.epochs = job->train.epochs - leg.first;
    leg.steps = settings->rewind_steps;
    return leg;
}

/* Of a number of legs that follow a number of iterations: all are alike, but for the last one of
 * all, which may have other epochs. */
static size_t epochs_of(const skel_job *job, const skel_settings *settings, size_t iterations,
                        size_t legs)
{
    return legs == 0 ? 0
                     : (legs - 1) * skel_leg_after(job, settings, iterations).epochs +
                           skel_leg_after(job, settings, skel_leg_count(settings) - 1).epochs;
}

size_t skel_leg_epochs_left(const skel_job *job, const skel_settings *settings, size_t iterations,
                            size_t epochs)
{
    skel_leg leg = skel_leg_after(job, settings, iterations);
    size_t later = skel_leg_count(settings) - 1 - leg.number;

    return leg.epochs - epochs + epochs_of(job, settings, iterations + 1, later);
}

skel_leg skel_leg_behind(skel_leg leg, size_t epochs)
{
    leg.first += epochs;
    leg.epochs -= epochs;
    leg.steps = epochs > 0 ? 0 : leg.steps;
    return leg;
}

bool skel_leg_position(const skel_job *job, const skel_settings *settings, size_t iterations,
                       size_t epochs, skel_position *out)
{
    size_t before = 0; /* this leg */

    if (iterations > settings->iterations) {
        return false;
    }
    before = skel_leg_epochs_left(job, settings, 0, 0) -
             skel_leg_epochs_left(job, settings, iterations, 0);
    if (epochs < before || epochs - before > skel_leg_after(job, settings, iterations).epochs) {
        return false;
    }
    *out = (skel_position){.iterations = iterations, .epochs = epochs - before};
    return true;
}

/* Steps that an epoch of a leg leaves out behind its last one. */
static size_t cut_off(const skel_job *job, const skel_settings *settings, const skel_leg *leg)
{
    size_t images = settings->train_samples - settings->validation_samples;
    size_t steps = (images + job->train.batch_size - 1) / job->train.batch_size;

    return leg->most > 0 && leg->most < steps ? steps - leg->most : 0;
}

size_t skel_leg_steps_spared(const skel_job *job, const skel_settings *settings,
                             skel_position position)
{
    skel_leg leg = skel_leg_after(job, settings, position.iterations);
    size_t later = skel_leg_count(settings) - 1 - leg.number;
    size_t spared = (leg.epochs - position.epochs) * cut_off(job, settings, &leg);

    for (size_t k = 1; k <= later; k++) {
        skel_leg next = skel_leg_after(job, settings, position.iterations + k);

        spared += next.steps + next.epochs * cut_off(job, settings, &next);
    }
    return spared;
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

double skel_leg_images(const skel_job *job, const skel_leg *leg, size_t train)
{
    size_t most = leg->most * job->train.batch_size;
    size_t epoch = leg->most > 0 && most < train ? most : train;

    return (double)(epoch * leg->epochs) - (double)(leg->steps * job->train.batch_size);
}

bool skel_leg_tests_at(const skel_job *job, const skel_leg *leg, size_t epoch)
{
    return epoch == leg->first + leg->epochs ||
           (job->train.test_every > 0 && epoch % job->train.test_every == 0);
}
