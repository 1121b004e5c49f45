/* The training phase: one leg of training, with its tests. */
#include "checkpoint.h"
#include "evolution.h"
#include "phases.h"
#include "reparameter.h"
#include "rewind.h"

#include "skel/chronicle.h"
#include "skel/log.h"
#include "skel/watchdog.h"
#include "skel/work.h"

#include <math.h>

enum { ROUND = 48 }; /* bytes of "round 2/6, " */

/* What one call of the phase works with. */
typedef struct leg_of {
    const skel_inputs *in;
    skel_checkpoint_state *state;
    skel_scratch *scratch;
    skel_leg leg;
    skel_worker *worker;
    skel_training training;
    skel_reparameter reparameter; /* used if the leg is reparameterised */
    bool reparameterised;
    double started; /* of the training, earlier legs and invocations included */
    bool late;      /* a checkpoint is due between two batches */
    char round[ROUND];
} leg_of;

static void count_seconds(leg_of *phase)
{
    phase->state->outcome.seconds_train =
        skel_comm_roots(phase->in->comm, skel_seconds() - phase->started);
}

/* `due` of a skel_training. */
static bool is_due(void *context)
{
    leg_of *phase = context;

    phase->late = skel_checkpoint_is_time(phase->in, phase->state);
    return phase->late || skel_rewind_is_here(phase->in, phase->state);
}

/* `save` of a skel_training. */
static skel_status save(void *context)
{
    leg_of *phase = context;

    skel_rewind_save(phase->in, phase->state);
    if (!phase->late) {
        return SKEL_OK;
    }
    count_seconds(phase);
    return skel_checkpoint_save(phase->in, phase->state);
}

static skel_training training_of(leg_of *phase)
{
    const skel_inputs *in = phase->in;
    const skel_job *job = in->job;

    return (skel_training){
        .comm = in->comm,
        .network = in->network,
        .worker = phase->worker,
        .mask = phase->state->mask,
        .sgd = {job->train.momentum, job->train.weight_decay, job->train.nesterov},
        .l1 = job->train.l1,
        .rate = phase->leg.rate,
        .view = &in->augmented,
        .samples = &in->dataset->train,
        .train = &in->train,
        .batch_size = job->train.batch_size,
        .seed = job->seed,
        .shift = phase->leg.shift,
        .steps = phase->leg.most,
        .progress = &phase->scratch->progress,
        .round = phase->round,
        .context = phase,
        .due = is_due,
        .save = save,
    };
}

/* Evaluates the network on some samples after an epoch, numbered from 1; the result is NaN where
 * there are none. */
static skel_status evaluate(const leg_of *phase, const char *name, size_t epoch,
                            const skel_samples *samples, const skel_indices *which,
                            skel_result *result, double *speed)
{
    skel_progress progress;
    skel_batches batches = {
        .view = &phase->in->plain,
        .samples = samples,
        .count = which->count,
        .index = which->index,
        .progress = &progress,
    };
    double seconds = 0;
    skel_status status = SKEL_OK;

    *result = (skel_result){.loss = (double)NAN, .accuracy = (double)NAN};
    if (which->count == 0) {
        return SKEL_OK;
    }
    skel_watchdog_phase("%s after epoch %zu of %zu of %s", name, epoch, phase->leg.rate.epochs,
                        phase->in->assignment->path);
    skel_inputs_progress(phase->in, name, which->count, &progress);
    status = skel_worker_evaluate(phase->worker,
                                  phase->reparameterised ? phase->state->effective
                                                         : phase->state->weights.parameters,
                                  phase->state->weights.buffers, &batches, result);
    seconds = skel_progress_finish(&progress);
    *speed = seconds > 0 ? (double)which->count / seconds : 0;
    if (status == SKEL_ERR_NUMBER) {
        status = SKEL_FAIL(SKEL_ERR_NUMBER,
                           "%s after epoch %zu of %zu: the loss is not finite, the training has "
                           "diverged; try a lower train.learning-rate or more "
                           "train.warmup-epochs",
                           name, epoch, phase->leg.rate.epochs);
    }
    return status;
}

static void log_epoch(const leg_of *phase, size_t epoch, const skel_epoch_report *report,
                      const skel_result *validation, const skel_result *test)
{
    char tail[96] = "";

    if (!isnan(test->accuracy)) {
        (void)snprintf(tail, sizeof tail, "  test %.2f %%", 100 * test->accuracy);
    } else if (!isnan(validation->accuracy)) {
        (void)snprintf(tail, sizeof tail, "  validation %.2f %%", 100 * validation->accuracy);
    }
    SKEL_DEBUG("  %sepoch %zu/%zu  loss %.4f  train %.2f %%%s  %.1f s", phase->round, epoch,
               phase->leg.rate.epochs, report->result.loss, 100 * report->result.accuracy, tail,
               report->seconds);
}

/* One epoch, numbered from 0 by the leg's schedule. */
static skel_status train_and_test(leg_of *phase, size_t epoch)
{
    const skel_inputs *in = phase->in;
    skel_outcome *outcome = &phase->state->outcome;
    skel_epoch_report report;
    skel_result validation = {0};
    double speed = 0;
    skel_result test = {.loss = (double)NAN, .accuracy = (double)NAN};
    skel_status status = SKEL_OK;

    skel_watchdog_phase("training %sepoch %zu of %zu of %s", phase->round, epoch + 1,
                        phase->leg.rate.epochs, in->assignment->path);
    SKEL_TRY(skel_trainer_epoch(&phase->training, epoch, &phase->state->weights,
                                &phase->state->part, &report));
    if (phase->reparameterised) {
        SKEL_TRY(skel_reparameter_settle(&phase->reparameter));
    }
    SKEL_TRY(
        evaluate(phase, "validate", epoch + 1, in->held_out, &in->validation, &validation, &speed));
    if (skel_leg_tests_at(in->job, &phase->leg, epoch + 1)) {
        SKEL_TRY(evaluate(phase, "test", epoch + 1, &in->dataset->test, &in->test, &test, &speed));
    }
    status = skel_metrics_add(phase->state->tables.train,
                              (double[SKEL_TRAIN_COLUMNS]){
                                  [SKEL_TRAIN_ROUND] = (double)phase->leg.number,
                                  [SKEL_TRAIN_EPOCH] = (double)(epoch + 1),
                                  [SKEL_TRAIN_LOSS] = report.result.loss,
                                  [SKEL_TRAIN_ACCURACY] = report.result.accuracy,
                                  [SKEL_TRAIN_VALIDATION_LOSS] = validation.loss,
                                  [SKEL_TRAIN_VALIDATION_ACCURACY] = validation.accuracy,
                                  [SKEL_TRAIN_TEST_LOSS] = test.loss,
                                  [SKEL_TRAIN_TEST_ACCURACY] = test.accuracy,
                                  [SKEL_TRAIN_LEARNING_RATE] = report.learning_rate,
                                  [SKEL_TRAIN_SECONDS] = report.seconds,
                              });
    if (status == SKEL_OK && phase->reparameterised) {
        status = skel_reparameter_note(&phase->reparameter, epoch + 1);
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    log_epoch(phase, epoch + 1, &report, &validation, &test);
    outcome->test_accuracy = test.accuracy;
    outcome->test_loss = test.loss;
    outcome->test_speed = isnan(test.accuracy) ? 0 : skel_comm_roots(in->comm, speed);
done:
    return status;
}

/* The live line of the training is one for all legs. */
static void show_progress(leg_of *phase)
{
    const skel_inputs *in = phase->in;
    skel_position position = phase->state->position;
    size_t legs = skel_leg_count(&in->settings);
    size_t epochs =
        skel_leg_epochs_left(in->job, &in->settings, position.iterations, position.epochs);
    size_t spared = 0;

    phase->round[0] = '\0';
    if (legs > 1) {
        (void)snprintf(phase->round, ROUND, "round %zu/%zu, ", phase->leg.number, legs - 1);
    }
    if (phase->scratch->progress.total == 0) {
        spared =
            skel_leg_steps_spared(in->job, &in->settings, position) * in->job->train.batch_size;
        skel_inputs_progress(in, "train",
                             epochs * in->train.count - phase->state->part.images - spared,
                             &phase->scratch->progress);
    }
}

static skel_status make_worker(leg_of *phase)
{
    const skel_inputs *in = phase->in;
    const skel_mask *mask = phase->state->mask;
    skel_worker_options options = skel_settings_train_worker(in->job, &in->settings);
    skel_status status = SKEL_OK;

    options.keep = phase->reparameterised ? NULL : mask->keep;
    if (options.engine.kept_only) {
        options.engine.density = (double)mask->kept / (double)mask->prunable;
        options.engine.work = skel_work_of(in->network, mask->keep);
    }
    SKEL_TRY(skel_worker_create(in->comm, in->network, &options, &phase->worker));
    phase->state->train_engine = skel_worker_engine(phase->worker);
done:
    return status;
}

/* A leg without epochs: the network is tested alone, after the last iteration. */
static skel_status test_alone(leg_of *phase)
{
    const skel_inputs *in = phase->in;
    skel_outcome *outcome = &phase->state->outcome;
    double speed = 0;
    skel_result test;
    skel_status status = SKEL_OK;

    if (phase->leg.number == 0 || phase->leg.number < in->settings.iterations) {
        return SKEL_OK;
    }
    SKEL_TRY(make_worker(phase));
    SKEL_TRY(evaluate(phase, "test", 0, &in->dataset->test, &in->test, &test, &speed));
    count_seconds(phase);
    outcome->test_accuracy = test.accuracy;
    outcome->test_loss = test.loss;
    outcome->test_speed = skel_comm_roots(in->comm, speed);
    outcome->tested = true;
done:
    skel_worker_destroy(&phase->worker);
    return status;
}

static skel_status open_reparameter(leg_of *phase)
{
    skel_status status = SKEL_OK;

    if (phase->reparameterised) {
        SKEL_TRY(skel_comm_agree(
            phase->in->comm,
            skel_reparameter_open(phase->in, phase->state, &phase->leg, &phase->reparameter)));
        phase->training.transform = &phase->reparameter.transform;
    }
done:
    return status;
}

/* The weights of the file, also where a resume has found all epochs done. */
static skel_status close_reparameter(leg_of *phase)
{
    skel_status status = SKEL_OK;

    if (phase->reparameterised) {
        SKEL_TRY(skel_reparameter_settle(&phase->reparameter));
        skel_reparameter_warn(&phase->reparameter);
    }
done:
    return status;
}

skel_status skel_phase_train(const skel_inputs *in, skel_checkpoint_state *state,
                             skel_scratch *scratch)
{
    leg_of phase = {.in = in,
                    .state = state,
                    .scratch = scratch,
                    .started = skel_seconds() - state->outcome.seconds_train};
    skel_evolution evolution = {0};
    skel_position *position = &state->position;
    skel_status status = SKEL_OK;

    phase.leg = skel_leg_after(in->job, &in->settings, position->iterations);
    phase.reparameterised = skel_reparameter_is_on(&in->settings, &phase.leg);
    if (phase.leg.epochs == 0) {
        return test_alone(&phase);
    }
    show_progress(&phase);
    SKEL_TRY(make_worker(&phase));
    phase.training = training_of(&phase);
    if (in->settings.method->timing == SKEL_TIMING_MOVING) {
        SKEL_TRY(skel_evolution_open(in, state, &phase.training, &evolution));
    }
    SKEL_TRY(open_reparameter(&phase));
    while (position->epochs < phase.leg.epochs) {
        SKEL_TRY(train_and_test(&phase, phase.leg.first + position->epochs));
        position->epochs++;
        state->part = (skel_epoch_part){0};
        skel_rewind_save(in, state);
        count_seconds(&phase);
        skel_chronicle_write(in->assignment->chronicle, "epoch", *position, state->tables.train);
        SKEL_TRY(skel_checkpoint_when_due(in, state));
    }
    state->outcome.tested = true;
    if (evolution.in != NULL) {
        skel_evolution_warn(&evolution);
    }
    status = close_reparameter(&phase);
done:
    if (status == SKEL_ERR_STOPPED) { /* on every rank */
        count_seconds(&phase);
    }
    skel_reparameter_close(&phase.reparameter);
    skel_evolution_close(&evolution);
    skel_worker_destroy(&phase.worker);
    (void)skel_progress_finish(&scratch->progress);
    return status != SKEL_OK && skel_leg_count(&in->settings) > 1
               ? skel_error_prefix("round %zu", phase.leg.number)
               : status;
}
