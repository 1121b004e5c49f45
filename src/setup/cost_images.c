/* Images of the legs that are left, of the signals, of tests, and of the diagnosis. */
#include "cost_images.h"

#include "cost_signal.h"

#include "skel/leg.h"
#include "skel/moves.h"

/* Share of the prunable weights that are kept in a leg. */
static double density_of(const skel_job *job, const skel_settings *settings,
                         const skel_network *network, size_t leg)
{
    size_t prunable = network->prunable_count;

    return leg == 0
               ? 1
               : (double)skel_schedule_kept(settings->schedule, prunable, 1 - job->prune.sparsity,
                                            leg, settings->iterations) /
                     (double)prunable;
}

/* Images of a leg's training that take the time of the dense network: on the dense engine all; on
 * the sparse one those of the steps that need the gradients of all weights.
 *
 * `done` epochs of the leg do not count. */
static double dense_images(const skel_job *job, const skel_settings *settings,
                           const skel_network *network, const skel_leg *leg, size_t done)
{
    size_t train = settings->train_samples - settings->validation_samples;
    skel_worker_options options = skel_settings_train_worker(job, settings);
    skel_leg rest = skel_leg_behind(*leg, done);

    if (skel_leg_count(settings) > 1 && options.engine.kept_only) {
        options.engine.density = density_of(job, settings, network, leg->number);
    }
    if (!skel_engine_can(skel_engine_resolve(options.kind, &options.engine),
                         SKEL_ENGINE_SKIPS_PRUNED)) {
        return skel_leg_images(job, &rest, train);
    }
    if (settings->method->timing == SKEL_TIMING_MOVING) {
        skel_moves moves = skel_moves_of(job, settings->method, train);

        return skel_moves_dense_images(&moves, done * moves.epoch_steps);
    }
    return 0;
}

static size_t tests_of(const skel_job *job, const skel_leg *leg)
{
    size_t tests = 0;

    for (size_t epoch = leg->first + 1; epoch <= leg->first + leg->epochs; epoch++) {
        tests += skel_leg_tests_at(job, leg, epoch);
    }
    return tests;
}

/* Adds what is left of a leg. Validation follows each epoch. */
static void add_leg(const skel_job *job, const skel_settings *settings, const skel_network *network,
                    const skel_leg *leg, size_t done, skel_cost *out)
{
    size_t validation = settings->validation_samples;
    skel_leg rest = skel_leg_behind(*leg, done);

    out->gradient_images += skel_leg_images(job, &rest, settings->train_samples - validation);
    out->dense_images += dense_images(job, settings, network, leg, done);
    out->forward_images += (double)(validation + settings->data.validation) * (double)rest.epochs +
                           (double)settings->test_samples * (double)tests_of(job, &rest);
}

/* Images of the gradients of the diagnosis, and of each iteration that is traced. */
static double look_images(const skel_job *job, const skel_settings *settings, size_t iterations)
{
    return (1 + (job->prune.trace ? (double)iterations : 0)) *
           (double)skel_cost_signal_batch(settings);
}

void skel_cost_images(const skel_job *job, const skel_settings *settings,
                      const skel_network *network, skel_position position, skel_cost *out)
{
    size_t iterations = settings->iterations - position.iterations;
    size_t begun = skel_leg_after(job, settings, position.iterations).number;

    out->gradient_images =
        skel_cost_signal_images(job, settings, iterations) + look_images(job, settings, iterations);
    out->dense_images = 0;
    out->forward_images = 0;
    for (size_t number = begun; number < skel_leg_count(settings); number++) {
        skel_leg leg = skel_leg_after(job, settings, number);

        add_leg(job, settings, network, &leg, number == begun ? position.epochs : 0, out);
    }
}
