/* The trial of a skeleton: training it and testing it. */
#include "checkpoint.h"

#include "skel/log.h"

#include <math.h>
#include <string.h>

static skel_training training_of(const skel_experiment *run, skel_progress *progress)
{
    const skel_job *job = run->job;

    return (skel_training){
        .comm = run->comm,
        .network = run->network,
        .worker = run->worker,
        .mask = run->mask,
        .sgd = {job->train.momentum, job->train.weight_decay, job->train.nesterov},
        .rate = {.kind = run->settings.rate,
                 .base = job->train.learning_rate,
                 .epochs = job->train.epochs,
                 .milestones = job->train.milestones,
                 .milestone = job->train.milestone,
                 .gamma = job->train.gamma,
                 .warmup_epochs = job->train.warmup_epochs},
        .view = &run->augmented,
        .samples = &run->dataset->train,
        .train = &run->train,
        .batch_size = job->train.batch_size,
        .seed = job->seed,
        .progress = progress,
    };
}

/* Scores some samples; NaN figures where there are none. */
static skel_status evaluate(skel_experiment *run, const char *phase, const skel_samples *samples,
                            const skel_indices *which, skel_score *score)
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

    *score = (skel_score){.loss = (double)NAN, .accuracy = (double)NAN};
    if (which->count == 0) {
        return SKEL_OK;
    }
    skel_experiment_progress(run, phase, which->count, &progress);
    status = skel_worker_evaluate(run->worker, run->parameters, run->mask->keep, run->buffers,
                                  &batches, score);
    (void)skel_progress_finish(&progress);
    return status;
}

static bool test_is_due(const skel_job *job, size_t epoch)
{
    return epoch == job->train.epochs ||
           (job->train.test_every > 0 && epoch % job->train.test_every == 0);
}

static void say_epoch(const skel_experiment *run, size_t epoch, const skel_epoch_report *report,
                      const skel_score *validation, const skel_score *test)
{
    char tail[96] = "";

    if (!isnan(test->accuracy)) {
        (void)snprintf(tail, sizeof tail, "  test %.2f %%", 100 * test->accuracy);
    } else if (!isnan(validation->accuracy)) {
        (void)snprintf(tail, sizeof tail, "  validation %.2f %%", 100 * validation->accuracy);
    }
    SKEL_DEBUG("  epoch %zu/%zu  loss %.4f  train %.2f %%%s  %.1f s", epoch,
               (size_t)run->job->train.epochs, report->score.loss, 100 * report->score.accuracy,
               tail, report->seconds);
}

static skel_status train_and_test(skel_experiment *run, const skel_training *training, size_t epoch,
                                  const skel_state *state)
{
    skel_epoch_report report;
    skel_score validation = {0};
    skel_score test = {.loss = (double)NAN, .accuracy = (double)NAN};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_train_epoch(training, epoch, state, &report));
    SKEL_TRY(evaluate(run, "validate", &run->dataset->train, &run->validation, &validation));
    if (test_is_due(run->job, epoch + 1)) {
        SKEL_TRY(evaluate(run, "test", &run->dataset->test, &run->test, &test));
    }
    SKEL_TRY(skel_comm_agree(
        run->comm,
        skel_metrics_add(run->train_metrics,
                         (double[]){(double)(epoch + 1), report.score.loss, report.score.accuracy,
                                    validation.loss, validation.accuracy, test.loss, test.accuracy,
                                    report.learning_rate, report.seconds})));
    say_epoch(run, epoch + 1, &report, &validation, &test);
    run->outcome.test_accuracy = test.accuracy;
    run->outcome.test_loss = test.loss;
done:
    return status;
}

skel_status skel_experiment_train(skel_experiment *run, skel_position position)
{
    skel_worker_options options = skel_settings_train_worker(run->job, &run->settings);
    skel_state state = {run->parameters, run->velocity, run->buffers};
    double started = skel_seconds() - run->outcome.seconds_train;
    skel_training training;
    skel_progress progress;
    skel_status status = SKEL_OK;

    if (position.epochs == 0) {
        memcpy(run->parameters, run->redrawn != NULL ? run->redrawn : run->initial,
               run->network->parameter_count * sizeof *run->parameters);
        skel_mask_apply(run->mask, run->parameters);
    }
    if (run->job->train.epochs == 0) {
        return SKEL_OK;
    }
    options.keep = run->mask->keep;
    options.density = 1 - run->outcome.sparsity;
    skel_experiment_progress(
        run, "train", (run->job->train.epochs - position.epochs) * run->train.count, &progress);
    SKEL_TRY(skel_worker_create(run->comm, run->network, &options, &run->worker));
    run->train_engine = skel_worker_engine(run->worker);
    training = training_of(run, &progress);
    while (position.epochs < run->job->train.epochs) {
        SKEL_TRY(train_and_test(run, &training, position.epochs, &state));
        position.epochs++;
        run->outcome.seconds_train = skel_comm_roots(run->comm, skel_seconds() - started);
        SKEL_TRY(skel_checkpoint_when_due(run, position));
    }
    run->outcome.tested = true;
done:
    skel_worker_destroy(&run->worker);
    (void)skel_progress_finish(&progress);
    return status;
}
