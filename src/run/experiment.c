/* One run, and the paper's algorithm: progressive skeletonization.
 *
 *     c_0 = 1                                          skel_experiment_prepare
 *     for t = 1, ..., T
 *         k_t = kept weights of the schedule           skeletonize_once
 *         g   = mean_b dL_b/dtheta at theta * c_(t-1)  skel_experiment_signal
 *         c_t = 1 where |theta * g| is among the k_t largest, else 0
 *     train theta * c_T and test it                    skel_experiment_train
 *
 * What it is compared with prunes a trained network: training is then divided into legs, one before
 * the first iteration and one after each (leg.h). Or it lets c move while training (evolution.h).
 *
 *  Source: de Jorge et al. 2021, algorithm 1.
 */
#include "checkpoint.h"
#include "skel/leg.h"

#include "skel/lineage.h"
#include "skel/log.h"

/* Tells of weights that no score has chosen: the first time in full, then how often. */
static void warn_of_ties(skel_experiment *run, size_t iteration, const skel_prune_report *report)
{
    if (report->chosen < report->kept && run->ties++ == 0) {
        SKEL_WARN("%s, iteration %zu of %zu: only %zu of %zu kept weights have a score above 0; "
                  "the others are kept for coming first",
                  run->settings.criterion->name, iteration, run->settings.iterations,
                  report->chosen, report->kept);
    }
    if (iteration == run->settings.iterations && run->ties > 1) {
        SKEL_WARN("%s: so it was in %zu of %zu iterations, in the last one with %zu of %zu "
                  "weights; see positive_scores in /metrics/prune",
                  run->settings.criterion->name, run->ties, iteration,
                  report->kept - report->chosen, report->kept);
    }
}

/* One step towards the skeleton: gradient, saliency, the best k_t of all weights, the new mask. */
static skel_status skeletonize_once(skel_experiment *run, size_t iteration, skel_progress *progress)
{
    const skel_settings *settings = &run->settings;
    size_t kept = skel_schedule_kept(settings->schedule, run->mask->prunable,
                                     1 - run->job->prune.sparsity, iteration, settings->iterations);
    double started = skel_seconds();
    skel_score score;
    const float *theta = skel_leg_count(settings) > 1 ? run->parameters : run->initial;
    skel_prune_request request;
    skel_prune_report report;
    skel_foresight after;
    double seconds = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_experiment_signal(run, theta, iteration, progress, &score));
    request = (skel_prune_request){
        .method = settings->criterion,
        .scope = settings->scope,
        .kept = kept,
        .rules = run->rules,
        .invert = settings->sanity == SKEL_SANITY_INVERT,
        .seed = run->job->seed,
        .parameters = theta,
        .signal = run->signal,
        .gradient = settings->criterion->signal == SKEL_SIGNAL_GRADIENT ? run->gradient : NULL,
    };
    SKEL_TRY(skel_prune_mask(run->comm, &request, run->mask, &report));
    warn_of_ties(run, iteration, &report);
    seconds = skel_comm_roots(run->comm, skel_seconds() - started);
    SKEL_TRY(skel_experiment_trace(run, theta, iteration, &after));
    SKEL_TRY(skel_comm_agree(
        run->comm,
        skel_metrics_add(run->prune_metrics,
                         (double[]){(double)iteration, (double)report.kept, report.threshold,
                                    report.objective, (double)report.resurrected,
                                    (double)report.pruned, (double)report.positive, score.loss,
                                    seconds, (double)skel_lineage_add(run->mask, run->lineage),
                                    after.objective, after.gradient_norm})));
done:
    return status;
}

/* Iterations that are done when the next leg of training starts. */
static size_t iterations_due(const skel_experiment *run, skel_position position)
{
    skel_leg leg = skel_leg_after(run->job, &run->settings, position.iterations);

    if (skel_leg_count(&run->settings) == 1) {
        return run->settings.iterations;
    }
    return position.epochs == leg.epochs ? position.iterations + 1 : position.iterations;
}

/* All iterations that are due and not done yet. */
static skel_status skeletonize(skel_experiment *run, skel_position *position)
{
    size_t images = run->job->prune.batches * run->job->prune.batch_size;
    size_t due = iterations_due(run, *position);
    double before = run->outcome.seconds_prune;
    skel_worker_options options = skel_settings_prune_worker(run->job, &run->settings);
    skel_progress progress;
    skel_status status = SKEL_OK;

    skel_experiment_progress(run, "prune", images * (due - position->iterations), &progress);
    if (run->settings.criterion->signal != SKEL_SIGNAL_NONE && position->iterations < due) {
        SKEL_TRY(skel_worker_create(run->comm, run->network, &options, &run->worker));
        run->prune_engine = skel_worker_engine(run->worker);
    }
    while (position->iterations < due) {
        size_t iteration = position->iterations + 1;

        if (skeletonize_once(run, iteration, &progress) != SKEL_OK) {
            status = skel_error_prefix("pruning iteration %zu of %zu", iteration,
                                       run->settings.iterations);
            goto done;
        }
        *position = (skel_position){.iterations = iteration};
        run->outcome.seconds_prune =
            before + skel_comm_roots(run->comm, skel_progress_advance(&progress, images, NULL));
        SKEL_TRY(skel_checkpoint_when_due(run, *position));
    }
done:
    skel_worker_destroy(&run->tracer);
    skel_worker_destroy(&run->worker);
    (void)skel_progress_finish(&progress);
    return status;
}

/* What is kept: the same on every rank, or nobody goes on. */
static skel_status describe_skeleton(skel_experiment *run)
{
    skel_outcome *outcome = &run->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_mask_check(run->comm, run->mask));
    outcome->prunable = run->mask->prunable;
    outcome->kept = run->mask->kept;
    outcome->sparsity = 1 - (double)outcome->kept / (double)outcome->prunable;
    SKEL_TRY(skel_comm_agree(run->comm, skel_mask_hash(run->mask, outcome->mask_hash)));
done:
    return status;
}

/* Looks at a mask that will stay. */
static skel_status diagnose(skel_experiment *run)
{
    skel_status status = skel_experiment_diagnose(run);

    if (status == SKEL_OK) {
        skel_diagnosis_warn(&run->diagnosis, run->network);
    }
    return status;
}

/* Trains and tests what is kept until the next iteration, or to the end. */
static skel_status train(skel_experiment *run, skel_position *position)
{
    bool moves = run->settings.criterion->timing == SKEL_TIMING_MOVING;
    skel_status status = SKEL_OK;

    if (position->epochs == 0) {
        skel_experiment_start(run, *position);
    }
    SKEL_TRY(describe_skeleton(run));
    if (!moves && position->iterations == run->settings.iterations) {
        SKEL_TRY(diagnose(run));
    }
    SKEL_TRY(skel_experiment_train(run, position));
    if (moves) {
        SKEL_TRY(describe_skeleton(run));
        SKEL_TRY(diagnose(run));
    }
done:
    return status;
}

bool skel_experiment_is_done(const skel_experiment *run, skel_position position)
{
    skel_leg leg = skel_leg_after(run->job, &run->settings, position.iterations);

    return position.iterations == run->settings.iterations && position.epochs == leg.epochs;
}

skel_status skel_experiment_run(skel_session *session, const skel_job *job, size_t index,
                                const char *path, skel_outcome *out)
{
    skel_position position;
    skel_experiment run = {.session = session,
                           .comm = session->comm,
                           .job = job,
                           .index = index,
                           .path = path,
                           .prune_engine = "",
                           .train_engine = ""};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_experiment_prepare(&run));
    SKEL_TRY(skel_checkpoint_restore(&run, &position));
    do {
        SKEL_TRY(skeletonize(&run, &position));
        SKEL_TRY(train(&run, &position));
    } while (!skel_experiment_is_done(&run, position));
    run.outcome.seconds = run.outcome.seconds_prune + run.outcome.seconds_train;
    SKEL_TRY(skel_experiment_record(&run));
    skel_checkpoint_remove(&run);
    *out = run.outcome;
done:
    skel_experiment_release(&run);
    return status;
}
