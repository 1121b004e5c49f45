/* Costs of runs, from the network's description and the engine's own plan of its memory. */
#include "skel/cost.h"

#include "cost_images.h"
#include "cost_signal.h"
#include "skel/memory.h"
#include "skel/networks.h"
#include "skel/trainer.h"
#include "skel/traits.h"
#include "skel/vectors.h"
#include "skel/work.h"
#include "surgery.h"
#include "worker_memory.h"

#include <string.h>

enum { WORKS = 1021 };

/* The work of masks that keep so many weights, as skel_work_range() has it. */
typedef struct known_work {
    const skel_network *network;
    size_t kept;
    double least;
    double most;
} known_work;

struct skel_costs {
    skel_networks *networks;
    skel_worker_memory memory;
    known_work work[WORKS]; /* at the remainder of `kept` */
};

skel_status skel_costs_create(skel_costs **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    SKEL_TRY(status);
    status = skel_networks_create(&(*out)->networks);
done:
    if (status != SKEL_OK) {
        skel_costs_destroy(out);
    }
    return status;
}

void skel_costs_destroy(skel_costs **costs)
{
    if (*costs != NULL) {
        skel_worker_memory_clear(&(*costs)->memory);
        skel_networks_destroy(&(*costs)->networks);
        SKEL_FREE(costs);
    }
}

/* Resident memory of a process that has started MPI and loaded the libraries. */
static const size_t process_bytes = (size_t)64 << 20;

static size_t dataset_bytes(const skel_job *job, const skel_dataset_info *info)
{
    size_t labels = (info->train + info->test + info->validation) * sizeof(uint16_t);

    if (job->data.file[0] != '\0') {
        size_t columns = info->packed ? 3 * sizeof(int64_t) / sizeof(uint16_t) * labels : 0;

        return labels + columns + (strcmp(job->data.cache, "file") == 0 ? 0 : info->stored);
    }
    return (info->train + info->test) *
           (info->channels * info->height * info->width + sizeof(uint16_t));
}

/* The run's own vectors, and those that a change of the mask takes for a while on the root, which
 * takes the most: scores, the mask and the one that follows it. */
static size_t vector_bytes(const skel_job *job, const skel_settings *settings,
                           const skel_network *network)
{
    skel_vector_size size[SKEL_VECTORS];
    size_t bytes = network->parameter_count * (sizeof(float) + 2);

    skel_vectors_plan(job, settings, network, size);
    if (settings->unit.kind != SKEL_UNIT_WEIGHT) { /* the table of units */
        bytes += network->parameter_count * (2 * sizeof(uint32_t) + 1);
    }
    for (size_t i = 0; i < SKEL_VECTORS; i++) {
        bytes += size[i].needed ? size[i].bytes : 0;
    }
    return bytes;
}

static const known_work *work_of(skel_costs *costs, const skel_network *network, size_t kept)
{
    known_work *known = &costs->work[kept % WORKS];

    if (known->network != network || known->kept != kept) {
        *known = (known_work){.network = network, .kept = kept};
        skel_work_range(network, kept, &known->least, &known->most);
    }
    return known;
}

/* Bytes of a worker. Where "auto" is sparse at this density, another mask of it may make it dense:
 * then of the larger one. */
static skel_status bytes_of(skel_costs *costs, const skel_network *network,
                            const skel_worker_options *options, int ranks, size_t *out)
{
    skel_worker_options other = *options;
    size_t kept = (size_t)(options->engine.density * (double)network->prunable_count);
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_memory_of(&costs->memory, network, options, ranks, out));
    other.engine.work = work_of(costs, network, kept)->most;
    if (kept > 0 && skel_engine_resolve(options->kind, &options->engine) !=
                        skel_engine_resolve(options->kind, &other.engine)) {
        SKEL_TRY(skel_worker_memory_of(&costs->memory, network, &other, ranks, &bytes));
        *out = bytes > *out ? bytes : *out;
    }
done:
    return status;
}

/* Options of the pruning phase's worker at so many weights, sparse if any mask may be. */
static skel_worker_options prune_worker(skel_costs *costs, const skel_job *job,
                                        const skel_settings *settings, const skel_network *network,
                                        size_t kept)
{
    return skel_settings_prune_worker(job, settings, (double)kept / (double)network->prunable_count,
                                      work_of(costs, network, kept)->least);
}

/* The largest density of a leg at which "auto" is sparse; if there is none, the last leg's density.
 */
static double first_sparse_density(const skel_job *job, const skel_settings *settings,
                                   const skel_network *network)
{
    skel_worker_options options = skel_settings_train_worker(job, settings);

    options.engine.density = 1;
    for (size_t t = 1;
         t <= settings->iterations &&
         !skel_engine_can(skel_engine_resolve("auto", &options.engine), SKEL_ENGINE_SKIPS_PRUNED);
         t++) {
        size_t kept = skel_schedule_kept(settings->schedule, network->prunable_count,
                                         1 - job->prune.sparsity, t, settings->iterations);

        options.engine.density = (double)kept / (double)network->prunable_count;
    }
    return options.engine.density;
}

/* Bytes of a worker for training, and of an epoch's vectors beside it. */
static skel_status epoch_bytes_of(skel_costs *costs, const skel_network *network,
                                  const skel_settings *settings, const skel_worker_options *options,
                                  int ranks, size_t *out)
{
    skel_status status = bytes_of(costs, network, options, ranks, out);

    *out += skel_trainer_bytes(network, options->engine.kept_only ? options->engine.density : 0,
                               skel_method_grows_by_gradient(settings->method) ||
                                   skel_method_grows_by_momentum(settings->method));
    return status;
}

/* Bytes of the training in the leg where it takes most. In one kind of engine fewer kept
 * weights take less memory, but a sparse engine may take more than the dense one of an earlier leg.
 */
static skel_status train_bytes_of(skel_costs *costs, const skel_job *job,
                                  const skel_settings *settings, const skel_network *network,
                                  int ranks, size_t *out)
{
    skel_worker_options options = skel_settings_train_worker(job, settings);
    size_t dense = 0;
    skel_status status = SKEL_OK;

    *out = 0;
    if (job->train.epochs == 0) {
        return SKEL_OK;
    }
    if (skel_leg_count(settings) > 1 && !skel_method_reparameterises(settings->method)) {
        options.engine.density = 1;
        SKEL_TRY(epoch_bytes_of(costs, network, settings, &options, ranks, &dense));
        options.engine.density = first_sparse_density(job, settings, network);
    }
    SKEL_TRY(epoch_bytes_of(costs, network, settings, &options, ranks, out));
    *out = dense > *out ? dense : *out;
    if (skel_settings_needs_growth_worker(job, settings)) {
        options = skel_settings_growth_worker(job, settings);
        SKEL_TRY(bytes_of(costs, network, &options, ranks, &dense));
        *out += dense; /* it lives as long as the other */
    }
done:
    return status;
}

/* Options of the pruning phase's worker after iteration t. */
static skel_worker_options prune_worker_after(skel_costs *costs, const skel_job *job,
                                              const skel_settings *settings,
                                              const skel_network *network, size_t t)
{
    return prune_worker(costs, job, settings, network,
                        skel_schedule_kept(settings->schedule, network->prunable_count,
                                           1 - job->prune.sparsity, t, settings->iterations));
}

/* The first iteration with the sparse engine, whose options name the density; the last one if there
 * is none. Every later one has fewer weights and is sparse, too. */
static size_t first_sparse_iteration(skel_costs *costs, const skel_job *job,
                                     const skel_settings *settings, const skel_network *network)
{
    size_t low = 1;
    size_t high = settings->iterations;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (prune_worker_after(costs, job, settings, network, middle).engine.density > 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Bytes of what computes the signal. The pruning phase's worker counts in the iteration where it
 * takes most: the first, or the first one with the sparse engine, whose options name the density.
 */
static skel_status signal_bytes_of(skel_costs *costs, const skel_job *job,
                                   const skel_settings *settings, const skel_network *network,
                                   int ranks, size_t *out)
{
    skel_worker_options options =
        prune_worker(costs, job, settings, network, network->prunable_count);
    size_t later = 0;
    size_t beside = 0;
    skel_status status = SKEL_OK;

    *out = 0;
    if (skel_method_operates(settings->method)) {
        return skel_surgery_bytes(job, settings, network, ranks, out);
    }
    if (!skel_method_uses_worker(settings->method)) {
        return skel_cost_signal_bytes(job, settings, network, ranks, out);
    }
    SKEL_TRY(bytes_of(costs, network, &options, ranks, out));
    if (settings->iterations > 1 && options.engine.density == 0) {
        size_t t = first_sparse_iteration(costs, job, settings, network);

        /* the last iteration's mask is not used by the phase */
        options = t < settings->iterations ? prune_worker_after(costs, job, settings, network, t)
                                           : options;
    }
    if (options.engine.density > 0) {
        SKEL_TRY(bytes_of(costs, network, &options, ranks, &later));
    }
    SKEL_TRY(skel_cost_signal_bytes(job, settings, network, ranks, &beside));
    *out = (later > *out ? later : *out) + beside;
done:
    return status;
}

/* Whether a trace has a worker beside what computes the signal. */
static bool traces_apart(skel_costs *costs, const skel_job *job, const skel_settings *settings,
                         const skel_network *network)
{
    skel_signal signal = settings->method->signal;
    double kept = (1 - job->prune.sparsity) * (double)network->prunable_count;
    skel_worker_options last = prune_worker(costs, job, settings, network, (size_t)kept);

    return job->prune.trace &&
           ((signal != SKEL_SIGNAL_GRADIENT && signal != SKEL_SIGNAL_CURVATURE) ||
            last.engine.kept_only ||
            (settings->unit.kind != SKEL_UNIT_WEIGHT && settings->method->permanent));
}

/* The workers of pruning and diagnosis. There is one at a time, but for a trace beside a worker
 * whose gradients it cannot use. */
static skel_status prune_bytes_of(skel_costs *costs, const skel_job *job,
                                  const skel_settings *settings, const skel_network *network,
                                  int ranks, size_t *out)
{
    skel_worker_options plain = skel_settings_gradient_worker(job, settings);
    size_t prune = 0;
    size_t diagnosis = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_worker_memory_of(&costs->memory, network, &plain, ranks, &diagnosis));
    SKEL_TRY(signal_bytes_of(costs, job, settings, network, ranks, &prune));
    *out = prune > diagnosis ? prune : diagnosis;
    *out = traces_apart(costs, job, settings, network) ? prune + diagnosis : *out;
done:
    return status;
}

static skel_status memory_of(skel_costs *costs, const skel_job *job, const skel_settings *settings,
                             const skel_network *network, int ranks, size_t *out)
{
    size_t prune_bytes = 0;
    size_t train_bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(prune_bytes_of(costs, job, settings, network, ranks, &prune_bytes));
    SKEL_TRY(train_bytes_of(costs, job, settings, network, ranks, &train_bytes));
    /* the phases' workers are not there at the same time; the shared window counts in every rank
     * that has touched it */
    *out = process_bytes + vector_bytes(job, settings, network) +
           dataset_bytes(job, &settings->data) +
           (prune_bytes > train_bytes ? prune_bytes : train_bytes);
done:
    return status;
}

skel_status skel_cost_left(skel_costs *costs, const skel_job *job, int ranks,
                           skel_position position, skel_cost *out)
{
    skel_settings settings;
    const skel_network *network = NULL;
    skel_status status = SKEL_OK;

    *out = (skel_cost){0};
    SKEL_TRY(skel_settings_resolve(job, &settings));
    SKEL_TRY(skel_networks_of(costs->networks, job, &settings, &network));
    skel_cost_images(job, &settings, network, position, out);
    out->linalg_flop = skel_surgery_flop(job, &settings, network, position.iterations);
    out->flop = 2 * skel_network_macs(network) * (3 * out->gradient_images + out->forward_images) +
                out->linalg_flop;
    SKEL_TRY(memory_of(costs, job, &settings, network, ranks, &out->bytes));
done:
    return status;
}

skel_status skel_cost_of(skel_costs *costs, const skel_job *job, int ranks, skel_cost *out)
{
    return skel_cost_left(costs, job, ranks, (skel_position){0}, out);
}
