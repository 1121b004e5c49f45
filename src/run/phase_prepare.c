/* Everything before the first pruning iteration, and everything after the run: make and free. */
#include "experiment_impl.h"

#include "skel/lineage.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/random.h"
#include "skel/weight_file.h"

#include <stdio.h>
#include <string.h>

/* The columns of /metrics/prune; experiment.c adds the rows. */
static const skel_column prune_columns[] = {
    {"iteration", NULL, true},
    {"kept", "weights", true},
    {"threshold", NULL, false},
    {"objective", NULL, false},
    {"resurrected", "weights", true},
    {"pruned", "weights", true},
    {"positive_scores", "weights", true},
    {"loss", "nat", false},
    {"seconds", "s", false},
    {"repruned", "weights", true},
    {"objective_after", NULL, false},
    {"gradient_norm_after", NULL, false},
    {NULL, NULL, false},
};

/* The columns of /metrics/train; trial.c adds the rows. */
static const skel_column train_columns[] = {
    {"round", NULL, true},
    {"epoch", NULL, true},
    {"loss", "nat", false},
    {"accuracy", NULL, false},
    {"validation_loss", "nat", false},
    {"validation_accuracy", NULL, false},
    {"test_loss", "nat", false},
    {"test_accuracy", NULL, false},
    {"learning_rate", NULL, false},
    {"seconds", "s", false},
    {NULL, NULL, false},
};

/* The columns of /metrics/evolve; evolution.c adds the rows. */
static const skel_column evolve_columns[] = {
    {"epoch", NULL, true},          {"step", NULL, true},       {"fraction", NULL, false},
    {"exchanged", "weights", true}, {"moved", "weights", true}, {NULL, NULL, false},
};

static skel_status count_up(size_t count, skel_indices *out)
{
    skel_status status = SKEL_ALLOC(count, sizeof *out->index, &out->index);

    if (status == SKEL_OK) {
        out->count = count;
        for (uint32_t i = 0; i < count; i++) {
            out->index[i] = i;
        }
    }
    return status;
}

static skel_status prepare_samples(skel_experiment *run)
{
    const skel_job *job = run->job;
    const skel_settings *settings = &run->settings;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_make(settings->data, job->data.pad_to, SKEL_AUGMENT_NONE, job->seed,
                            &run->plain));
    SKEL_TRY(skel_view_make(settings->data, job->data.pad_to, settings->augment, job->seed,
                            &run->augmented));
    SKEL_TRY(skel_sampler_split(settings->data->train, settings->train_samples,
                                job->data.validation, job->seed, &run->train, &run->validation));
    SKEL_TRY(count_up(settings->test_samples, &run->test));
done:
    return status;
}

/* The prunable ranges of the flat vector, as the mask wants them. */
static skel_status prepare_mask(skel_experiment *run)
{
    const skel_network *network = run->network;
    size_t at = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *run->prunable, &run->prunable));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *run->prunable_name, &run->prunable_name));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        if (parameter->prunable) {
            run->prunable[at] = (skel_segment){parameter->offset, parameter->count};
            run->prunable_name[at++] = parameter->name;
        }
    }
    run->prunable_tensors = at;
    SKEL_TRY(SKEL_ALLOC(at, sizeof *run->whole, &run->whole));
    SKEL_TRY(SKEL_ALLOC(at, sizeof *run->erk_size, &run->erk_size));
    SKEL_TRY(skel_settings_rules(run->job, network, run->whole, run->erk_size, &run->rules));
    SKEL_TRY(skel_mask_create(network->parameter_count, at, run->prunable, run->prunable_name,
                              &run->mask));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, 1, &run->lineage));
    skel_lineage_start(run->mask, run->lineage);
done:
    return status;
}

/* Other initial weights than those that were scored, drawn in the same way; buffers as they are. */
static skel_status redraw(skel_experiment *run)
{
    skel_stream stream = skel_stream_open(run->job->seed, SKEL_PURPOSE_REDRAW, 0, 0);
    uint64_t high = skel_stream_bits(&stream);
    uint64_t low = skel_stream_bits(&stream);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(run->network->parameter_count, sizeof(float), &run->redrawn));
    status = skel_network_initialise(run->network, run->settings.init, high << 32 | low,
                                     run->redrawn, run->buffers);
done:
    return status;
}

static skel_status prepare_vectors(skel_experiment *run)
{
    size_t count = run->network->parameter_count;
    size_t images = run->job->prune.batches * run->job->prune.batch_size;
    skel_signal signal = run->settings.criterion->signal;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->initial));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->parameters));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->velocity));
    SKEL_TRY(SKEL_ALLOC(run->network->buffer_count, sizeof(float), &run->buffers));
    SKEL_TRY(SKEL_ALLOC(run->network->buffer_count, sizeof(float), &run->first_buffers));
    if (run->job->prune.rewind > 0) {
        SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->rewound.parameters));
        SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->rewound.velocity));
        SKEL_TRY(SKEL_ALLOC(run->network->buffer_count, sizeof(float), &run->rewound.buffers));
    }
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->gradient));
    SKEL_TRY(SKEL_ALLOC(images, sizeof(uint32_t), &run->order));
    if (signal != SKEL_SIGNAL_NONE) {
        run->signal = run->gradient;
    }
    if (signal == SKEL_SIGNAL_HESSIAN) {
        SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &run->signal));
    }
    SKEL_TRY(skel_network_initialise(run->network, run->settings.init, run->job->seed, run->initial,
                                     run->buffers));
    if (run->settings.sanity == SKEL_SANITY_REINITIALISE) {
        status = redraw(run);
    }
done:
    return status;
}

/* What needs no other rank; equal work on each of them. */
static skel_status prepare_local(skel_experiment *run)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_resolve(run->job, &run->settings));
    SKEL_TRY(skel_settings_network(run->job, &run->settings, &run->network));
    SKEL_TRY(prepare_samples(run));
    SKEL_TRY(prepare_mask(run));
    SKEL_TRY(prepare_vectors(run));
    SKEL_TRY(skel_metrics_create(prune_columns, &run->prune_metrics));
    SKEL_TRY(skel_metrics_create(train_columns, &run->train_metrics));
    if (run->settings.criterion->timing == SKEL_TIMING_MOVING) {
        SKEL_TRY(skel_metrics_create(evolve_columns, &run->evolve_metrics));
        SKEL_TRY(SKEL_ALLOC(run->network->parameter_count, 1, &run->first_keep));
    }
done:
    return status;
}

/* `method: none` takes over a mask that the file has; every other method makes its own. */
static skel_status load_weights(skel_experiment *run)
{
    bool has_mask = false;
    bool wanted = !skel_method_prunes(run->settings.criterion);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_weight_file_read(run->comm, run->job->model.weights, run->network, run->initial,
                                   run->buffers, wanted ? run->mask->keep : NULL, &has_mask));
    skel_mask_recount(run->mask);
    SKEL_INFO("weights: %s%s", run->job->model.weights,
              !has_mask ? ""
              : wanted  ? ", with its mask"
                        : ", without its mask");
done:
    return status;
}

static void warn_of_idle_ranks(const skel_experiment *run)
{
    const skel_job *job = run->job;
    size_t size = (size_t)skel_comm_size(run->comm);
    size_t smaller = job->prune.batch_size * job->prune.batches < job->train.batch_size
                         ? job->prune.batch_size * job->prune.batches
                         : job->train.batch_size;
    size_t shares = (smaller + job->compute.microbatch - 1) / job->compute.microbatch;

    size_t finer = (smaller + size - 1) / size;
    char hint[96] = "";

    if (run->index != 0 || shares >= size) {
        return;
    }
    if (finer < job->compute.microbatch) {
        (void)snprintf(hint, sizeof hint, "; compute.microbatch=%zu would spread it over %zu",
                       finer, (smaller + finer - 1) / finer);
    }
    SKEL_WARN("a batch has %zu microbatch%s: %zu of %zu ranks have nothing to do%s", shares,
              shares == 1 ? "" : "es", size - shares, size, hint);
}

skel_status skel_experiment_prepare(skel_experiment *run)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(run->comm, prepare_local(run)));
    SKEL_TRY(skel_session_dataset(run->session, run->job, &run->dataset));
    if (run->job->model.weights[0] != '\0') {
        SKEL_TRY(load_weights(run));
    }
    memcpy(run->first_buffers, run->buffers, run->network->buffer_count * sizeof(float));
    warn_of_idle_ranks(run);
done:
    return status;
}

void skel_experiment_progress(const skel_experiment *run, const char *phase, size_t images,
                              skel_progress *progress)
{
    char label[64];

    if (run->session->runs > 1) {
        (void)snprintf(label, sizeof label, "[%zu/%zu] %s", run->index + 1, run->session->runs,
                       phase);
    } else {
        (void)snprintf(label, sizeof label, "%s", phase);
    }
    skel_progress_start(progress, label, "images", images);
}

void skel_experiment_release(skel_experiment *run)
{
    skel_worker_destroy(&run->worker);
    skel_diagnosis_clear(&run->diagnosis);
    SKEL_FREE(&run->first_keep);
    skel_metrics_destroy(&run->evolve_metrics);
    skel_metrics_destroy(&run->train_metrics);
    skel_metrics_destroy(&run->prune_metrics);
    SKEL_FREE(&run->lineage);
    skel_mask_destroy(&run->mask);
    SKEL_FREE(&run->order);
    if (run->signal != run->gradient) {
        SKEL_FREE(&run->signal);
    }
    SKEL_FREE(&run->gradient);
    SKEL_FREE(&run->rewound.buffers);
    SKEL_FREE(&run->rewound.velocity);
    SKEL_FREE(&run->rewound.parameters);
    SKEL_FREE(&run->first_buffers);
    SKEL_FREE(&run->buffers);
    SKEL_FREE(&run->velocity);
    SKEL_FREE(&run->parameters);
    SKEL_FREE(&run->redrawn);
    SKEL_FREE(&run->initial);
    SKEL_FREE(&run->erk_size);
    SKEL_FREE(&run->whole);
    SKEL_FREE(&run->prunable_name);
    SKEL_FREE(&run->prunable);
    skel_indices_free(&run->test);
    skel_indices_free(&run->validation);
    skel_indices_free(&run->train);
    skel_network_destroy(&run->network);
}
