/* The inputs of a run: network, samples and rules, from the job. */
#include "inputs.h"

#include "basis.h"
#include "imported_network.h"

#include "skel/chronicle.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/traits.h"
#include "skel/unit_table.h"

#include <stdio.h>
#include <string.h>

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

static skel_status make_samples(skel_inputs *in)
{
    const skel_job *job = in->job;
    const skel_settings *settings = &in->settings;
    const skel_dataset_info *info = in->dataset->info;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_view(job, info, SKEL_AUGMENT_NONE, &in->plain));
    SKEL_TRY(skel_settings_view(job, info, settings->augment, &in->augmented));
    SKEL_TRY(skel_settings_view(job, info, settings->prune_augment, &in->pruned));
    SKEL_TRY(skel_sampler_split(info->train, settings->train_samples, job->data.validation,
                                job->seed, &in->train, &in->validation));
    in->held_out = &in->dataset->train;
    if (in->dataset->validation.count > 0) { /* then none of the training images is held out */
        skel_indices_free(&in->validation);
        in->held_out = &in->dataset->validation;
        SKEL_TRY(count_up(in->dataset->validation.count, &in->validation));
    }
    SKEL_TRY(count_up(settings->test_samples, &in->test));
done:
    return status;
}

static skel_status make_layers(skel_inputs *in)
{
    const skel_network *network = in->network;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *in->layer, &in->layer));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *in->layer_name, &in->layer_name));
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        const skel_parameter *parameter = &network->parameter[i];

        in->layer[count] = (skel_segment){parameter->offset, parameter->count};
        in->layer_name[count++] = parameter->name;
    }
    in->layers = count;
    SKEL_TRY(SKEL_ALLOC(count, sizeof *in->whole, &in->whole));
    SKEL_TRY(SKEL_ALLOC(count, sizeof *in->erk_size, &in->erk_size));
    SKEL_TRY(skel_settings_rules(in->job, network, in->whole, in->erk_size, &in->rules));
done:
    return status;
}

static skel_status make_network(skel_inputs *in)
{
    skel_status status = SKEL_OK;

    if (in->job->model.file[0] == '\0') {
        return skel_comm_agree(in->comm,
                               skel_settings_network(in->job, &in->settings, &in->network));
    }
    SKEL_TRY(skel_imported_network_make(in->assignment, &in->settings, &in->network));
    if (in->assignment->contents == NULL) { /* finished: its own weights are read over them */
        in->settings.init = SKEL_INIT_KAIMING_NORMAL;
    }
done:
    return status;
}

/* What every rank makes alike. */
static skel_status make_rest(skel_inputs *in)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(make_samples(in));
    SKEL_TRY(make_layers(in));
    SKEL_TRY(skel_unit_table_make(in->job, &in->settings, in->network, &in->units));
done:
    return status;
}

skel_status skel_inputs_make(const skel_assignment *assignment, skel_inputs *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_inputs){.assignment = assignment,
                         .comm = assignment->comm,
                         .job = assignment->job,
                         .dataset = assignment->dataset};
    SKEL_TRY(skel_comm_agree(
        out->comm, skel_settings_resolve_for(out->job, out->dataset->info, &out->settings)));
    SKEL_TRY(make_network(out));
    SKEL_TRY(skel_comm_agree(out->comm, make_rest(out)));
done:
    return status;
}

void skel_inputs_free(skel_inputs *in)
{
    skel_units_destroy(&in->units);
    SKEL_FREE(&in->erk_size);
    SKEL_FREE(&in->whole);
    SKEL_FREE(&in->layer_name);
    SKEL_FREE(&in->layer);
    skel_indices_free(&in->test);
    skel_indices_free(&in->validation);
    skel_indices_free(&in->train);
    skel_network_destroy(&in->network);
}

skel_layer_rules skel_inputs_rules(const skel_inputs *in)
{
    return in->units != NULL ? skel_unit_table_rules(in->job, in->units) : in->rules;
}

void skel_inputs_warn_of_single(const skel_inputs *in, const skel_prune_report *report)
{
    char others[48] = "";

    if (report->single == 0) {
        return;
    }
    if (report->single > 1) {
        (void)snprintf(others, sizeof others, " and of %zu other layer%s", report->single - 1,
                       report->single == 2 ? "" : "s");
    }
    SKEL_WARN("prune.unit channel keeps at least one channel of each layer, and no more of "
              "%s%s; a smaller prune.sparsity keeps more",
              in->units->name[report->first_single], others);
}

/* Forward passes for each image: a gradient costs as much as three, as in the plan. */
static double passes_of(const skel_inputs *in, const char *phase)
{
    static const double gradient = 3;
    static const double hessian = 3 + 8;

    if (strcmp(phase, "prune") == 0 && in->settings.method->signal == SKEL_SIGNAL_HESSIAN) {
        return hessian;
    }
    if (strcmp(phase, "prune") == 0 && skel_method_looks_ahead(in->settings.method)) {
        return gradient + (double)in->job->prune.lookahead_steps * hessian;
    }
    if (strcmp(phase, "prune") == 0 && skel_method_disturbs(in->settings.method)) {
        return (double)in->job->prune.draws * (gradient + 2 + 2 * gradient);
    }
    if (strcmp(phase, "prune") == 0 && skel_method_follows_paths(in->settings.method)) {
        return 2;
    }
    return strcmp(phase, "prune") == 0 || strcmp(phase, "train") == 0 ||
                   strcmp(phase, "diagnose") == 0
               ? gradient
               : 1;
}

void skel_inputs_progress(const skel_inputs *in, const char *phase, size_t images,
                          skel_progress *progress)
{
    skel_progress_start(progress, phase, "images", images);
    progress->weight = passes_of(in, phase);
    skel_chronicle_enter(in->assignment->chronicle, phase, progress);
}

skel_status skel_inputs_batches(const skel_inputs *in, skel_sampling sampling, size_t iteration,
                                uint32_t order[], skel_progress *progress, skel_batches *out)
{
    const skel_job *job = in->job;
    const skel_settings *settings = &in->settings;

    *out = (skel_batches){
        .view = &in->pruned,
        .samples = &in->dataset->train,
        .count = settings->prune_batches * settings->prune_batch_size,
        .batch_size = settings->prune_batch_size,
        .index = order,
        .epoch = SKEL_INPUTS_PRUNING | (uint32_t)iteration,
        .progress = progress,
    };
    return skel_comm_agree(
        in->comm, skel_sampler_prune(&in->train, in->dataset->train.labels, in->network->classes,
                                     sampling, job->seed, (uint32_t)iteration - 1,
                                     settings->prune_batches, settings->prune_batch_size, order));
}

skel_status skel_inputs_draw(const skel_inputs *in, uint64_t seed, float parameters[],
                             float buffers[])
{
    const skel_orthonormal by = {skel_basis_make, in->comm};
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_network_initialise(in->network, in->settings.init, seed, &by, parameters, buffers));
    if (in->settings.draws_norms) {
        skel_network_draw_norms(in->network, seed, parameters);
    }
done:
    return status;
}
