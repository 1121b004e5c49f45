/* Legs on the dense engine count as a whole; of one on the sparse engine, the steps that need the
 * gradients of all weights. */
#include "cost_dense.h"

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

double skel_cost_dense_images(const skel_job *job, const skel_settings *settings,
                              const skel_network *network, size_t train)
{
    size_t legs = skel_leg_count(settings);
    double dense = 0;

    for (size_t number = 0; number < legs; number++) {
        skel_worker_options options = skel_settings_train_worker(job, settings);
        skel_leg leg = skel_leg_after(job, settings, number);

        if (legs > 1 && options.engine.kept_only) {
            options.engine.density = density_of(job, settings, network, number);
        }
        if (!skel_engine_can(skel_engine_resolve(options.kind, &options.engine),
                             SKEL_ENGINE_SKIPS_PRUNED)) {
            dense += skel_leg_images(job, &leg, train);
        } else if (settings->method->timing == SKEL_TIMING_MOVING) {
            skel_moves moves = skel_moves_of(job, settings->method, train);

            dense += skel_moves_dense_images(&moves);
        }
    }
    return dense;
}
