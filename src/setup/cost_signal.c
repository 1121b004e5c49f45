/* Costs of signals: gradients that they are worth, and second networks. */
#include "cost_signal.h"

#include "skel/folded.h"
#include "skel/gated.h"
#include "skel/traits.h"

size_t skel_cost_signal_batch(const skel_settings *settings)
{
    return settings->prune_batches * settings->prune_batch_size;
}

double skel_cost_signal_images(const skel_job *job, const skel_settings *settings,
                               size_t iterations)
{
    double count = (double)iterations;
    double images = count * (double)skel_cost_signal_batch(settings);

    switch (settings->method->signal) {
    case SKEL_SIGNAL_NONE:
    case SKEL_SIGNAL_WALK:
        return 0;
    case SKEL_SIGNAL_LOOKAHEAD:
        return images * (1 + (double)job->prune.lookahead_steps * (1 + 8.0 / 3));
    case SKEL_SIGNAL_DISTURBANCE: /* statistics, two forward passes and two gradients */
        return images * (double)job->prune.draws * (3 + 2.0 / 3);
    case SKEL_SIGNAL_FLOW:
    case SKEL_SIGNAL_SQUARED_FLOW:
        return count;
    case SKEL_SIGNAL_ACTIVE_PATHS: /* two forward passes, and the flow of one image */
        return images * 2.0 / 3 + count;
    case SKEL_SIGNAL_HESSIAN:
        return images * (1 + 8.0 / 3);
    case SKEL_SIGNAL_FISHER:
    case SKEL_SIGNAL_ELIMINATION:
        return count * (double)job->prune.fisher_samples;
    case SKEL_SIGNAL_ENERGY: /* a forward pass */
        return images / 3;
    case SKEL_SIGNAL_CHANNELS:
    case SKEL_SIGNAL_GRADIENT:
    case SKEL_SIGNAL_CURVATURE:
        break;
    }
    return images;
}

static skel_status paths_bytes(const skel_job *job, const skel_settings *settings,
                               const skel_network *network, int ranks, size_t *bytes)
{
    const skel_worker_options options = skel_settings_paths_worker(job, settings);
    skel_gated *gated = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_gated_create(network, &gated));
    SKEL_TRY(skel_worker_bytes(gated->network, &options, ranks, bytes));
    *bytes += sizeof(float) *
              (gated->network->parameter_count + gated->network->buffer_count + network->classes);
done:
    skel_gated_destroy(&gated);
    return status;
}

/* The folded network's worker and, for the statistics, the whole one's, with their vectors. */
static skel_status disturbance_bytes(const skel_job *job, const skel_settings *settings,
                                     const skel_network *network, int ranks, size_t *bytes)
{
    const skel_worker_options options = skel_settings_folded_worker(job, settings);
    const skel_worker_options whole_options = skel_settings_gradient_worker(job, settings);
    skel_folded *folded = NULL;
    size_t whole = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_folded_create(network, &folded));
    SKEL_TRY(skel_worker_bytes(folded->network, &options, ranks, bytes));
    if (skel_network_has_batchnorm(network)) {
        SKEL_TRY(skel_worker_bytes(network, &whole_options, ranks, &whole));
    }
    *bytes += whole + folded->network->parameter_count * (3 * sizeof(float) + 1) +
              2 * sizeof(float) * (network->parameter_count + network->buffer_count);
done:
    skel_folded_destroy(&folded);
    return status;
}

skel_status skel_cost_signal_bytes(const skel_job *job, const skel_settings *settings,
                                   const skel_network *network, int ranks, size_t *bytes)
{
    *bytes = 0;
    if (settings->method->signal == SKEL_SIGNAL_ACTIVE_PATHS) {
        return paths_bytes(job, settings, network, ranks, bytes);
    }
    if (skel_method_disturbs(settings->method)) {
        return disturbance_bytes(job, settings, network, ranks, bytes);
    }
    if (skel_method_scores_channels(settings->method)) { /* terms, and a scratch gradient */
        size_t microbatch = job->compute.microbatch < settings->prune_batch_size
                                ? job->compute.microbatch
                                : settings->prune_batch_size;

        *bytes = sizeof(float) *
                 (microbatch * skel_network_layer_channels(network) + network->parameter_count);
    }
    return SKEL_OK;
}
