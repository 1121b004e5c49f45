/* Prices of runs, from the network's description and the engine's own plan of its memory. */
#include "skel/cost.h"

#include "skel/settings.h"

#include <math.h>

/* Resident memory of a process that has started MPI and loaded the libraries. */
static const size_t process_bytes = (size_t)64 << 20;

static size_t dataset_bytes(const skel_dataset_info *info)
{
    return (info->train + info->test) * (info->channels * info->height * info->width + 1);
}

/* Parameters, initial ones, momentum and one gradient or scores; mask, its history and the weights
 * on a path; buffers. */
static size_t vector_bytes(const skel_network *network)
{
    return network->parameter_count * (4 * sizeof(float) + 3) +
           network->buffer_count * 2 * sizeof(float);
}

static skel_status memory_of(const skel_job *job, const skel_settings *settings,
                             const skel_network *network, int ranks, size_t *out)
{
    skel_worker_options prune = skel_settings_prune_worker(job, settings);
    skel_worker_options train = skel_settings_train_worker(job, settings);
    skel_worker_options diagnosis = skel_settings_gradient_worker(job, settings);
    size_t prune_bytes = 0;
    size_t diagnosis_bytes = 0;
    size_t train_bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_bytes(network, &diagnosis, ranks, &diagnosis_bytes));
    if (settings->criterion->signal != SKEL_SIGNAL_NONE) {
        SKEL_TRY(skel_worker_bytes(network, &prune, ranks, &prune_bytes));
    }
    prune_bytes = prune_bytes > diagnosis_bytes ? prune_bytes : diagnosis_bytes;
    if (job->train.epochs > 0) {
        SKEL_TRY(skel_worker_bytes(network, &train, ranks, &train_bytes));
    }
    /* the phases' workers are not there at the same time; the shared window counts in every rank
     * that has touched it */
    *out = process_bytes + vector_bytes(network) + dataset_bytes(settings->data) +
           (prune_bytes > train_bytes ? prune_bytes : train_bytes);
done:
    return status;
}

static size_t tests_of(const skel_job *job)
{
    size_t every = job->train.test_every;

    if (job->train.epochs == 0) {
        return 0;
    }
    return every == 0 ? 1 : (job->train.epochs + every - 1) / every;
}

/* Images whose gradients cost what all pruning iterations do. A product with the Hessian is eight
 * convolutions a layer, a gradient three, and it needs the gradient first. */
static double signal_images(const skel_job *job, const skel_settings *settings)
{
    double images = (double)(settings->iterations * job->prune.batches * job->prune.batch_size);

    switch (settings->criterion->signal) {
    case SKEL_SIGNAL_NONE:
        return 0;
    case SKEL_SIGNAL_FLOW:
        return (double)settings->iterations;
    case SKEL_SIGNAL_HESSIAN:
        return images * (1 + 8.0 / 3);
    case SKEL_SIGNAL_GRADIENT:
    case SKEL_SIGNAL_CURVATURE:
        break;
    }
    return images;
}

/* Images of gradients that only look at masks: the diagnosis, and each iteration that is traced. */
static double look_images(const skel_job *job, const skel_settings *settings)
{
    double looks = 1 + (job->prune.trace ? (double)settings->iterations : 0);

    return looks * (double)(job->prune.batches * job->prune.batch_size);
}

skel_status skel_cost_of(const skel_job *job, int ranks, skel_cost *out)
{
    skel_settings settings;
    skel_network *network = NULL;
    double validation = 0;
    double train = 0;
    skel_status status = SKEL_OK;

    *out = (skel_cost){0};
    SKEL_TRY(skel_settings_resolve(job, &settings));
    SKEL_TRY(skel_settings_network(job, &settings, &network));
    validation = floor((double)settings.train_samples * job->data.validation);
    train = (double)settings.train_samples - validation;
    out->gradient_images = train * (double)job->train.epochs + signal_images(job, &settings) +
                           look_images(job, &settings);
    out->forward_images = validation * (double)job->train.epochs +
                          (double)settings.test_samples * (double)tests_of(job);
    out->flop = 2 * skel_network_macs(network) * (3 * out->gradient_images + out->forward_images);
    SKEL_TRY(memory_of(job, &settings, network, ranks, &out->bytes));
done:
    skel_network_destroy(&network);
    return status;
}
