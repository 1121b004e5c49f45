/* The pruning phase: the iterations that take the mask from all weights to the skeleton. */
#include "checkpoint.h"
#include "energies.h"
#include "operation.h"
#include "partial_sum.h"
#include "phases.h"
#include "signal.h"
#include "trace.h"

#include "skel/chronicle.h"
#include "skel/lineage.h"
#include "skel/log.h"
#include "skel/traits.h"
#include "skel/unit_table.h"
#include "skel/watchdog.h"
#include "skel/work.h"

#include <string.h>

/* The arguments, workers and progress of one call of the phase. */
typedef struct pruning {
    const skel_inputs *in;
    skel_checkpoint_state *state;
    skel_scratch *scratch;
    skel_signal_tools tools;  /* compute the signal */
    skel_operation operation; /* of the iteration that goes on */
    skel_trace trace;
    skel_prune_buffers buffers; /* of all iterations */
    skel_progress progress;
    double before; /* seconds of earlier calls */
} pruning;

/* `due` of a skel_keeper. */
static bool is_due(void *context)
{
    const pruning *phase = context;

    return skel_checkpoint_is_late(phase->in, phase->state);
}

/* `save` of a skel_keeper: a checkpoint inside the iteration. */
static skel_status save(void *context, const skel_partial *partial)
{
    pruning *phase = context;
    skel_checkpoint_state *state = phase->state;
    double seconds = skel_seconds() - phase->progress.started;
    skel_status status = SKEL_OK;

    state->outcome.seconds_prune = phase->before + skel_comm_roots(phase->in->comm, seconds);
    state->now = partial;
    status = skel_checkpoint_save(phase->in, state);
    state->now = NULL;
    state->partial_is_saved = status == SKEL_OK;
    return status;
}

/* Weights, or units, that the schedule keeps after an iteration. */
static size_t kept_after(const pruning *phase, size_t iteration)
{
    const skel_settings *settings = &phase->in->settings;

    if (phase->in->units != NULL) {
        return skel_unit_table_kept(phase->in->job, settings, phase->in->units, iteration);
    }
    return skel_schedule_kept(settings->schedule, phase->state->mask->prunable,
                              1 - phase->in->job->prune.sparsity, iteration, settings->iterations);
}

/* Computes the signal; what is summed in one go goes on from its part. The Hessian product does
 * not: it is a second sum that needs the first one's result. */
static skel_status compute_signal(pruning *phase, const skel_state *theta, size_t iteration,
                                  skel_signal_found *found)
{
    const skel_keeper keeper = {
        .context = phase, .due = is_due, .save = save, .from = &phase->state->partial};
    skel_signal signal = phase->in->settings.method->signal;
    bool keeps = signal == SKEL_SIGNAL_GRADIENT || signal == SKEL_SIGNAL_CURVATURE;
    skel_status status = SKEL_OK;

    if (skel_method_operates(phase->in->settings.method)) {
        /* by layers, which has no units, the number of weights that go is needed beforehand */
        size_t removals =
            phase->in->units == NULL ? phase->state->mask->kept - kept_after(phase, iteration) : 0;

        *found = (skel_signal_found){.signal = phase->scratch->gradient};
        status = skel_operation_begin(phase->in, theta, phase->state->mask, iteration, removals,
                                      &phase->progress, phase->scratch, &phase->operation);
        found->result.loss = phase->operation.loss;
        found->engine = phase->operation.engine;
        return status;
    }
    if (keeps) {
        skel_worker_keep(phase->tools.worker, &keeper);
    }
    status = skel_signal_compute(phase->in, &phase->tools, theta, phase->state->mask->keep,
                                 iteration, &phase->progress, phase->scratch, found);
    if (keeps) {
        skel_worker_keep(phase->tools.worker, NULL);
    }
    return status;
}

/* Warns of weights without a positive score that the last mask keeps. Earlier masks may have some:
 * the column positive_scores of /metrics/prune has them all. */
static void warn_of_ties(const pruning *phase, size_t iteration, const skel_prune_report *report)
{
    const skel_settings *settings = &phase->in->settings;

    bool chooses = report->kept < phase->state->mask->prunable;
    bool last = iteration == settings->iterations;

    if (phase->in->assignment->timed || !chooses || !last) { /* timed images are random */
        return;
    }
    if (phase->in->units == NULL && report->chosen < report->kept) {
        SKEL_WARN("only %zu of the %zu kept weights have a score above 0 in the last pruning "
                  "iteration; the others are kept because of their lower index",
                  report->chosen, report->kept);
    }
}

/* theta of the scores: the initial weights, or the trained ones if a trained network is pruned. */
static skel_state theta_of(const pruning *phase)
{
    skel_state theta = phase->state->weights;

    if (skel_leg_count(&phase->in->settings) == 1) {
        theta.parameters = phase->in->initial;
    }
    return theta;
}

static skel_prune_request request_of(pruning *phase, size_t iteration, const float parameters[],
                                     const skel_signal_found *found)
{
    const skel_inputs *in = phase->in;
    const skel_settings *settings = &in->settings;

    return (skel_prune_request){
        .method = settings->method,
        .scope = settings->scope,
        .kept = kept_after(phase, iteration),
        .units = in->units,
        .rules = skel_inputs_rules(in),
        .invert = settings->sanity == SKEL_SANITY_INVERT,
        .seed = in->job->seed,
        .parameters = parameters,
        .signal = found->signal,
        .gradient = found->gradient,
        .buffers = &phase->buffers,
    };
}

/* Whether a worker can compute what another one with these options would: one for gradients of kept
 * weights alone serves a single mask, any other one all masks that are for its engine. */
static bool serves(const skel_worker *worker, const skel_worker_options *options)
{
    return worker != NULL && !options->engine.kept_only &&
           strcmp(skel_worker_engine(worker),
                  skel_engine_resolve(options->kind, &options->engine)) == 0;
}

/* Makes the worker of the next iteration, unless the last one's serves. */
static skel_status ready_worker(pruning *phase)
{
    const skel_inputs *in = phase->in;
    const skel_mask *mask = phase->state->mask;
    skel_worker_options options = skel_settings_prune_worker(
        in->job, &in->settings, (double)mask->kept / (double)mask->prunable,
        skel_work_of(in->network, mask->keep));
    skel_status status = SKEL_OK;

    options.keep = mask->keep;
    if (!skel_method_uses_worker(in->settings.method) || serves(phase->tools.worker, &options)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_worker_replace(in->comm, in->network, &options, &phase->tools.worker));
    phase->state->prune_engine = skel_worker_engine(phase->tools.worker);
done:
    return status;
}

/* One step towards the skeleton: gradient, saliency, the best k_t of all weights, the new mask. */
static skel_status skeletonize_once(pruning *phase, size_t iteration)
{
    const skel_inputs *in = phase->in;
    skel_mask *mask = phase->state->mask;
    skel_state theta = theta_of(phase);
    double started = skel_seconds();
    double seconds = 0;
    skel_signal_found found;
    skel_prune_request request;
    skel_prune_report report;
    skel_foresight after;
    skel_status status = SKEL_OK;

    SKEL_TRY(ready_worker(phase));
    SKEL_TRY(compute_signal(phase, &theta, iteration, &found));
    if (found.engine != NULL) {
        phase->state->prune_engine = found.engine;
    }
    request = request_of(phase, iteration, theta.parameters, &found);
    skel_trace_remember(&phase->trace, mask);
    SKEL_TRY(skel_prune_mask(in->comm, &request, mask, &report));
    warn_of_ties(phase, iteration, &report);
    if (iteration == in->settings.iterations) {
        skel_inputs_warn_of_single(in, &report);
    }
    skel_energies_warn(in->job, &in->settings, iteration, &report);
    if (skel_operation_is_on(&phase->operation)) {
        SKEL_TRY(skel_operation_finish(&phase->operation, mask, phase->state->weights.parameters));
    }
    seconds = skel_comm_roots(in->comm, skel_seconds() - started);
    status = skel_trace_mask(&phase->trace, in, phase->tools.worker, mask, theta.parameters,
                             iteration, phase->scratch, &after);
    if (status == SKEL_ERR_STOPPED) { /* on every rank */
        skel_trace_undo(&phase->trace, mask);
        skel_operation_undo(&phase->operation, mask->count, phase->state->weights.parameters);
    }
    SKEL_TRY(status);
    status = skel_metrics_add(
        phase->state->tables.prune,
        (double[SKEL_PRUNE_COLUMNS]){
            [SKEL_PRUNE_ITERATION] = (double)iteration,
            [SKEL_PRUNE_KEPT] = (double)report.kept,
            [SKEL_PRUNE_THRESHOLD] = report.threshold,
            [SKEL_PRUNE_OBJECTIVE] = report.objective,
            [SKEL_PRUNE_RESURRECTED] = (double)report.resurrected,
            [SKEL_PRUNE_PRUNED] = (double)report.pruned,
            [SKEL_PRUNE_POSITIVE_SCORES] = (double)report.positive,
            [SKEL_PRUNE_LOSS] = found.result.loss,
            [SKEL_PRUNE_SECONDS] = seconds,
            [SKEL_PRUNE_REPRUNED] = (double)skel_lineage_add(mask, phase->state->lineage),
            [SKEL_PRUNE_OBJECTIVE_AFTER] = after.objective,
            [SKEL_PRUNE_GRADIENT_NORM_AFTER] = after.gradient_norm,
        });
    SKEL_TRY(skel_comm_agree(in->comm, status));
done:
    skel_operation_end(&phase->operation);
    return status;
}

/* Images of one iteration's signal, as progress and plans count them. */
static size_t images_of(const skel_inputs *in)
{
    return skel_method_operates(in->settings.method)
               ? in->job->prune.fisher_samples
               : in->settings.prune_batches * in->settings.prune_batch_size;
}

skel_status skel_phase_prune(const skel_inputs *in, skel_checkpoint_state *state,
                             skel_scratch *scratch)
{
    size_t images = images_of(in);
    size_t due = skel_leg_iterations_due(in->job, &in->settings, state->position);
    double before = state->outcome.seconds_prune;
    pruning phase = {.in = in, .state = state, .scratch = scratch, .before = before};
    skel_status status = SKEL_OK;

    if (state->position.iterations == due) {
        return SKEL_OK;
    }
    skel_inputs_progress(in, "prune", images * (due - state->position.iterations), &phase.progress);
    SKEL_TRY(skel_trace_open(in, state->mask, &phase.trace));
    while (state->position.iterations < due) {
        size_t iteration = state->position.iterations + 1;

        skel_watchdog_phase("pruning iteration %zu of %zu of %s", iteration,
                            in->settings.iterations, in->assignment->path);
        if (skeletonize_once(&phase, iteration) != SKEL_OK) {
            status = skel_error_prefix("pruning iteration %zu of %zu", iteration,
                                       in->settings.iterations);
            goto done;
        }
        state->position = (skel_position){.iterations = iteration};
        state->placed = false;
        skel_partial_sum_free(&state->partial);
        state->partial_is_saved = false;
        state->outcome.seconds_prune =
            before +
            skel_comm_roots(in->comm, skel_progress_advance(&phase.progress, images, NULL));
        skel_chronicle_write(in->assignment->chronicle, "iteration", state->position,
                             state->tables.prune);
        SKEL_TRY(skel_checkpoint_when_due(in, state));
    }
done:
    skel_trace_close(&phase.trace);
    skel_signal_release(&phase.tools);
    skel_prune_buffers_free(&phase.buffers);
    (void)skel_progress_finish(&phase.progress);
    return status;
}
