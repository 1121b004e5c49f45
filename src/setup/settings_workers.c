/* The options of each phase's worker. */
#include "skel/settings.h"
#include "skel/traits.h"

#include <math.h>
#include <string.h>

/* Whether images of a phase may be read from a file, decoded or resized. */
static bool loads_ahead(const skel_settings *settings)
{
    return settings->data.packed || settings->data.in_file ||
           settings->augment == SKEL_AUGMENT_RANDOM_RESIZED_CROP ||
           settings->prune_augment == SKEL_AUGMENT_RANDOM_RESIZED_CROP;
}

static skel_worker_options worker_options(const skel_job *job, const skel_settings *settings)
{
    return (skel_worker_options){
        .kind = job->compute.engine,
        .engine = {.microbatch = job->compute.microbatch, .threads = (int)job->compute.threads},
        .batches = 1,
        .batchnorm_over_batch = settings->batchnorm_over_batch,
        .loads_ahead = loads_ahead(settings),
        .reduction = settings->reduction,
    };
}

/* Whether the options' engine is one to which pruned weights are no work. */
static bool skips_pruned(const skel_worker_options *options)
{
    return skel_engine_can(skel_engine_resolve(options->kind, &options->engine),
                           SKEL_ENGINE_SKIPS_PRUNED);
}

/* The kind of engine for gradients of all weights at any density, and for all other signals. */
static const char *kind_for_all(const skel_job *job)
{
    bool skips = strcmp(job->compute.engine, "auto") != 0 &&
                 skel_engine_can(job->compute.engine, SKEL_ENGINE_SKIPS_PRUNED);

    return skips ? "dense" : job->compute.engine;
}

skel_worker_options skel_settings_gradient_worker(const skel_job *job,
                                                  const skel_settings *settings)
{
    skel_worker_options options = worker_options(job, settings);

    options.kind = kind_for_all(job);
    options.engine.loss = settings->prune_loss;
    options.batch_size = settings->prune_batch_size;
    options.batches = settings->prune_batches;
    return options;
}

/* The kind of engine for gradients at a mask; "auto" takes the sparse one where it wins. */
static const char *kind_for_mask(const skel_job *job)
{
    return kind_for_all(job) == job->compute.engine ? job->compute.engine : "auto";
}

static skel_term term_of(const skel_settings *settings)
{
    return skel_method_has_energy(settings->method)        ? SKEL_TERM_ENERGY
           : skel_method_scores_channels(settings->method) ? settings->terms
                                                           : SKEL_TERM_NONE;
}

skel_worker_options skel_settings_prune_worker(const skel_job *job, const skel_settings *settings,
                                               double density, double work)
{
    skel_worker_options options = skel_settings_gradient_worker(job, settings);
    skel_worker_options masked = options;

    masked.kind = kind_for_mask(job);
    masked.engine.kept_only = settings->method->permanent;
    masked.engine.density = density;
    masked.engine.work = work;
    if (settings->method->signal == SKEL_SIGNAL_GRADIENT && skips_pruned(&masked)) {
        return masked;
    }

    options.engine.temperature = job->prune.temperature;
    options.engine.second_order = settings->method->signal == SKEL_SIGNAL_HESSIAN ||
                                  skel_method_looks_ahead(settings->method);
    options.engine.curvature = settings->method->signal == SKEL_SIGNAL_CURVATURE;
    options.engine.terms = term_of(settings);
    options.engine.energy_order = (unsigned)job->prune.energy_order;
    if (skel_method_flows(settings->method)) { /* one image of ones */
        options.engine.microbatch = 1;
        options.batch_size = 1;
        options.batches = 1;
    }
    return options;
}

skel_worker_options skel_settings_paths_worker(const skel_job *job, const skel_settings *settings)
{
    skel_worker_options options = skel_settings_gradient_worker(job, settings);

    options.engine.loss = SKEL_LOSS_CROSS_ENTROPY;
    options.engine.inference = true;
    options.batchnorm_over_batch = false; /* it has running averages */
    return options;
}

skel_worker_options skel_settings_folded_worker(const skel_job *job, const skel_settings *settings)
{
    skel_worker_options options = skel_settings_gradient_worker(job, settings);

    options.batchnorm_over_batch = false; /* there is none */
    options.engine.loss = SKEL_LOSS_SQUARES;
    return options;
}

/* Sparsities are decimal fractions: 1 - 0.95 would be a hair more than 0.05, where "auto" may end
 * to be sparse. */
static double density_of(const skel_job *job, const skel_settings *settings)
{
    return skel_method_prunes(settings->method) ? round((1 - job->prune.sparsity) * 1e12) / 1e12
                                                : 1;
}

/* With gradients of the kept weights alone. */
static skel_worker_options kept_worker(const skel_job *job, const skel_settings *settings)
{
    skel_worker_options options = worker_options(job, settings);

    options.engine.loss = SKEL_LOSS_CROSS_ENTROPY;
    options.engine.label_smoothing = job->train.label_smoothing;
    options.engine.kept_only = true;
    options.engine.density = density_of(job, settings);
    if (skel_method_has_energy(settings->method)) {
        options.kind = kind_for_all(job);
        options.engine.energy = job->prune.strength;
        options.engine.energy_order = (unsigned)job->prune.energy_order;
    }
    options.batch_size = job->train.batch_size;
    options.test_images = settings->test_samples > settings->train_samples
                              ? settings->test_samples
                              : settings->train_samples;
    return options;
}

/* The same with gradients of all weights. */
static skel_worker_options all_worker(const skel_job *job, const skel_settings *settings)
{
    skel_worker_options options = kept_worker(job, settings);

    options.engine.kept_only = false;
    options.engine.density = 0;
    return options;
}

/* Whether weights grow by gradients of all weights, or by their sum. */
static bool needs_all_gradients(const skel_settings *settings)
{
    return skel_method_grows_by_gradient(settings->method) ||
           skel_method_grows_by_momentum(settings->method);
}

/* A mask that swells or is reparameterised has no fixed number of kept weights, which a worker of
 * kept weights needs; nor has one whose blocks, not all of one size, move from layer to layer. */
static bool changes_number(const skel_settings *settings)
{
    const skel_method *method = settings->method;
    bool in_layers =
        method->movement == SKEL_MOVEMENT_EXCHANGE || method->movement == SKEL_MOVEMENT_REWIRE;

    return method->movement == SKEL_MOVEMENT_SWELL || skel_method_reparameterises(method) ||
           (skel_method_moves(method) && !in_layers && settings->unit.kind != SKEL_UNIT_WEIGHT);
}

bool skel_settings_needs_growth_worker(const skel_job *job, const skel_settings *settings)
{
    skel_worker_options kept = kept_worker(job, settings);

    return needs_all_gradients(settings) && !changes_number(settings) && skips_pruned(&kept);
}

/* One worker for all steps unless kept weights alone are faster: a second dense engine would double
 * the memory, while summing all gradients in every step costs little beside computing them. */
skel_worker_options skel_settings_train_worker(const skel_job *job, const skel_settings *settings)
{
    bool all = changes_number(settings) ||
               (needs_all_gradients(settings) && !skel_settings_needs_growth_worker(job, settings));
    skel_worker_options options = all ? all_worker(job, settings) : kept_worker(job, settings);

    if (changes_number(settings)) {
        options.kind = kind_for_all(job);
    }
    return options;
}

skel_worker_options skel_settings_growth_worker(const skel_job *job, const skel_settings *settings)
{
    skel_worker_options options = all_worker(job, settings);

    options.kind = kind_for_all(job);
    options.test_images = 0;
    return options;
}
