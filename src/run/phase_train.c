/* The trial of a skeleton: training it and testing it. */
#include "checkpoint.h"
#include "evolution.h"
#include "skel/leg.h"

#include "skel/log.h"

#include <math.h>
#include <string.h>

enum { ROUND = 48 }; /* bytes of "round 2/6, " */

static skel_training training_of(skel_experiment *run, const skel_leg *leg, const char *round)
{
    const skel_job *job = run->job;

    return (skel_training){
        .comm = run->comm,
        .network = run->network,
        .worker = run->worker,
        .mask = run->mask,
        .sgd = {job->train.momentum, job->train.weight_decay, job->train.nesterov},
        .rate = leg->rate,
        .view = &run->augmented,
        .samples = &run->dataset->train,
        .train = &run->train,
        .batch_size = job->train.batch_size,
        .seed = job->seed,
        .shift = leg->shift,
        .progress = &run->progress,
        .round = round,
    };
}

/* Evaluates the network on some samples; NaN where there are none. */
static skel_status evaluate(skel_experiment *run, const char *phase, const skel_samples *samples,
                            const skel_indices *which, skel_result *result)
{
    skel_progress progress;
    skel_batches batches = {
        .view = &run->plain,
        .samples = samples,
        .count = which->count,
        .index = which->index,
        .progress = &progress,
    };
    skel_status status = SKEL_OK;

    *result = (skel_result){.loss = (double)NAN, .accuracy = (double)NAN};
    if (which->count == 0) {
        return SKEL_OK;
    }
    skel_experiment_progress(run, phase, which->count, &progress);
    status = skel_worker_evaluate(run->worker, run->parameters, run->buffers, &batches, result);
    (void)skel_progress_finish(&progress);
    return status;
}

static void say_epoch(const skel_training *training, size_t epoch, const skel_epoch_report *report,
                      const skel_result *validation, const skel_result *test)
{
    char tail[96] = "";

    if (!isnan(test->accuracy)) {
        (void)snprintf(tail, sizeof tail, "  test %.2f %%", 100 * test->accuracy);
    } else if (!isnan(validation->accuracy)) {
        (void)snprintf(tail, sizeof tail, "  validation %.2f %%", 100 * validation->accuracy);
    }
    SKEL_DEBUG("  %sepoch %zu/%zu  loss %.4f  train %.2f %%%s  %.1f s", training->round, epoch,
               training->rate.epochs, report->result.loss, 100 * report->result.accuracy, tail,
               report->seconds);
}

/* One epoch, numbered from 0 as the leg's schedule has it. */
static skel_status train_and_test(skel_experiment *run, const skel_training *training,
                                  const skel_leg *leg, size_t epoch)
{
    const skel_state state = {run->parameters, run->velocity, run->buffers};
    skel_epoch_report report;
    skel_result validation = {0};
    skel_result test = {.loss = (double)NAN, .accuracy = (double)NAN};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_train_epoch(training, epoch, &state, &report));
    SKEL_TRY(evaluate(run, "validate", &run->dataset->train, &run->validation, &validation));
    if (skel_leg_tests_at(run->job, leg, epoch + 1)) {
        SKEL_TRY(evaluate(run, "test", &run->dataset->test, &run->test, &test));
    }
    SKEL_TRY(skel_comm_agree(
        run->comm,
        skel_metrics_add(run->train_metrics,
                         (double[]){(double)leg->number, (double)(epoch + 1), report.result.loss,
                                    report.result.accuracy, validation.loss, validation.accuracy,
                                    test.loss, test.accuracy, report.learning_rate,
                                    report.seconds})));
    say_epoch(training, epoch + 1, &report, &validation, &test);
    run->outcome.test_accuracy = test.accuracy;
    run->outcome.test_loss = test.loss;
done:
    return status;
}

/* The line that shows the training is one for all legs. */
static void show_progress(skel_experiment *run, skel_position position, const skel_leg *leg,
                          char round[ROUND])
{
    size_t legs = skel_leg_count(&run->settings);
    size_t epochs =
        skel_leg_epochs_left(run->job, &run->settings, position.iterations, position.epochs);

    round[0] = '\0';
    if (legs > 1) {
        (void)snprintf(round, ROUND, "round %zu/%zu, ", leg->number, legs - 1);
    }
    if (run->progress.total == 0) {
        skel_experiment_progress(run, "train", epochs * run->train.count, &run->progress);
    }
}

/* With gradients of the kept weights alone, unless training wants those of all. */
static skel_status make_worker(skel_experiment *run)
{
    skel_worker_options options = skel_settings_train_worker(run->job, &run->settings);

    options.keep = run->mask->keep;
    if (options.engine.kept_only) {
        options.engine.density = (double)run->mask->kept / (double)run->mask->prunable;
    }
    return skel_worker_create(run->comm, run->network, &options, &run->worker);
}

skel_status skel_experiment_train(skel_experiment *run, skel_position *position)
{
    skel_leg leg = skel_leg_after(run->job, &run->settings, position->iterations);
    double started = skel_seconds() - run->outcome.seconds_train;
    char round[ROUND];
    skel_training training;
    skel_evolution evolution = {0};
    skel_status status = SKEL_OK;

    if (leg.epochs == 0) {
        return SKEL_OK;
    }
    show_progress(run, *position, &leg, round);
    SKEL_TRY(make_worker(run));
    run->train_engine = skel_worker_engine(run->worker);
    training = training_of(run, &leg, round);
    if (run->settings.criterion->timing == SKEL_TIMING_MOVING) {
        SKEL_TRY(skel_evolution_open(run, &training, &evolution));
    }
    while (position->epochs < leg.epochs) {
        SKEL_TRY(train_and_test(run, &training, &leg, leg.first + position->epochs));
        position->epochs++;
        skel_experiment_remember(run, *position);
        run->outcome.seconds_train = skel_comm_roots(run->comm, skel_seconds() - started);
        SKEL_TRY(skel_checkpoint_when_due(run, *position));
    }
    run->outcome.tested = true;
done:
    skel_evolution_close(&evolution);
    skel_worker_destroy(&run->worker);
    (void)skel_progress_finish(&run->progress);
    return status != SKEL_OK && skel_leg_count(&run->settings) > 1
               ? skel_error_prefix("round %zu", leg.number)
               : status;
}
