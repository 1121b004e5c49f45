/* Turns a job's texts into enumerations and checks all that needs no data set. */
#include "skel/settings.h"

#include "settings_data.h"

#include "skel/memory.h"
#include "skel/text.h"
#include "skel/traits.h"
#include "skel/unit_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 6 };

/* A text of the job file and what it means. */
typedef struct choice {
    const char *text;
    int value;
} choice;

/* The choices of each key; a text of NULL is behind the last of fewer than VALUES. */
static const struct {
    const char *key;
    choice choices[VALUES];
} keys[] = {
    {"model.init",
     {{"kaiming-normal", SKEL_INIT_KAIMING_NORMAL},
      {"kaiming-normal-fan-out", SKEL_INIT_KAIMING_NORMAL_FAN_OUT},
      {"xavier-normal", SKEL_INIT_XAVIER_NORMAL},
      {"lecun-normal", SKEL_INIT_LECUN_NORMAL},
      {"orthogonal", SKEL_INIT_ORTHOGONAL},
      {"file", SKEL_INIT_FILE}}},
    {"model.norm-init", {{"ones", 0}, {"uniform", 1}}},
    {"prune.schedule",
     {{"exponential", SKEL_SCHEDULE_EXPONENTIAL}, {"linear", SKEL_SCHEDULE_LINEAR}}},
    {"prune.scope", {{"global", SKEL_SCOPE_GLOBAL}, {"layer", SKEL_SCOPE_LAYER}}},
    {"prune.check",
     {{"none", SKEL_SANITY_NONE},
      {"shuffle-layerwise", SKEL_SANITY_SHUFFLE},
      {"reinitialise", SKEL_SANITY_REINITIALISE},
      {"invert", SKEL_SANITY_INVERT}}},
    {"prune.sampling",
     {{"shuffled", SKEL_SAMPLING_SHUFFLED},
      {"balanced", SKEL_SAMPLING_BALANCED},
      {"sequential", SKEL_SAMPLING_SEQUENTIAL}}},
    {"prune.drop-by", {{"magnitude", 0}, {"sign", 1}}},
    {"prune.magnitude-of", {{"mean", SKEL_TERM_MEAN}, {"pixels", SKEL_TERM_MAGNITUDE}}},
    {"prune.loss",
     {{"cross-entropy", SKEL_LOSS_CROSS_ENTROPY},
      {"raw-nll", SKEL_LOSS_RAW_NLL},
      {"linear-error", SKEL_LOSS_LINEAR}}},
    {"train.rate-schedule",
     {{"constant", SKEL_RATE_CONSTANT}, {"step", SKEL_RATE_STEP}, {"cosine", SKEL_RATE_COSINE}}},
    {"compute.reduction", {{"exact", SKEL_REDUCTION_EXACT}, {"float", SKEL_REDUCTION_FLOAT}}},
    {"compute.batchnorm", {{"microbatch", 0}, {"batch", 1}}},
};

static const choice *choices_of(const char *key)
{
    size_t i = 0;

    while (strcmp(keys[i].key, key) != 0) {
        i++;
        SKEL_ASSERT(i < sizeof keys / sizeof *keys);
    }
    return keys[i].choices;
}

static skel_status choose(const char *key, const char *text, int *out)
{
    const choice *choices = choices_of(key);

    for (size_t i = 0; i < VALUES && choices[i].text != NULL; i++) {
        if (strcmp(choices[i].text, text) == 0) {
            *out = choices[i].value;
            return SKEL_OK;
        }
    }
    return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: unknown value \"%s\"", key, text);
}

static skel_status resolve_choices(const skel_job *job, skel_settings *out)
{
    int value = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_augment("data.augment", job->data.augment, &out->augment));
    SKEL_TRY(choose("model.init", job->model.init, &value));
    out->init = (skel_init)value;
    SKEL_TRY(choose("model.norm-init", job->model.norm_init, &value));
    out->draws_norms = value != 0;
    SKEL_TRY(choose("prune.schedule", job->prune.schedule, &value));
    out->schedule = (skel_schedule)value;
    SKEL_TRY(choose("prune.scope", job->prune.scope, &value));
    out->scope = (skel_scope)value;
    SKEL_TRY(choose("prune.check", job->prune.check, &value));
    out->sanity = (skel_sanity)value;
    SKEL_TRY(choose("prune.sampling", job->prune.sampling, &value));
    out->sampling = (skel_sampling)value;
    SKEL_TRY(choose("prune.loss", job->prune.loss, &value));
    out->prune_loss = (skel_loss)value;
    SKEL_TRY(skel_settings_augment("prune.augment", job->prune.augment, &out->prune_augment));
    SKEL_TRY(choose("prune.drop-by", job->prune.drop_by, &value));
    out->drops_by_sign = value != 0;
    SKEL_TRY(choose("prune.magnitude-of", job->prune.magnitude_of, &value));
    out->terms = (skel_term)value;
    SKEL_TRY(choose("train.rate-schedule", job->train.rate_schedule, &value));
    out->rate = (skel_rate_kind)value;
    SKEL_TRY(choose("compute.reduction", job->compute.reduction, &value));
    out->reduction = (skel_reduction)value;
    SKEL_TRY(choose("compute.batchnorm", job->compute.batchnorm, &value));
    out->batchnorm_over_batch = value != 0;
done:
    return status;
}

/* A number of steps is so many epochs, and steps of the next one. */
static skel_status resolve_rewind(const skel_job *job, skel_settings *out)
{
    const skel_moment *moment = &job->prune.rewind;
    size_t images = out->train_samples - out->validation_samples;
    size_t steps = (images + job->train.batch_size - 1) / job->train.batch_size;

    out->rewind_epochs = moment->epochs + moment->steps / steps;
    out->rewind_steps = moment->steps % steps;
    if (moment->steps > 0 && out->rewind_epochs >= job->train.epochs) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "prune.rewind: %" PRIu64 " steps leave none of the %" PRIu64
                         " training steps; an epoch has %zu",
                         moment->steps, job->train.epochs * steps, steps);
    }
    return SKEL_OK;
}

/* "weight", "channel", "block", or "N:M". */
static skel_unit unit_of(const char *text)
{
    enum { BLOCK = 8 };
    char *end = NULL;
    size_t keep = strtoul(text, &end, 10);

    if (*end == ':') {
        return (skel_unit){SKEL_UNIT_PATTERN, keep, strtoul(end + 1, NULL, 10)};
    }
    if (strcmp(text, "block") == 0) {
        return (skel_unit){SKEL_UNIT_BLOCK, 0, BLOCK};
    }
    return (skel_unit){strcmp(text, "channel") == 0 ? SKEL_UNIT_CHANNEL : SKEL_UNIT_WEIGHT, 0, 1};
}

skel_status skel_settings_resolve(const skel_job *job, skel_settings *out)
{
    const skel_dataset_source source = skel_settings_source(job);
    skel_dataset_info data;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(skel_dataset_describe(&source, &data));
    status = skel_settings_resolve_for(job, &data, out);
done:
    return status;
}

skel_status skel_settings_resolve_for(const skel_job *job, const skel_dataset_info *data,
                                      skel_settings *out)
{
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    out->data = *data;
    SKEL_TRY(resolve_choices(job, out));
    SKEL_TRY(skel_settings_samples(job, out));
    SKEL_TRY(resolve_rewind(job, out));
    SKEL_TRY(skel_method_find(job->prune.method, &out->method));
    out->unit = unit_of(job->prune.unit);
    out->iterations = !skel_method_prunes(out->method) || out->method->timing == SKEL_TIMING_DURING
                          ? 0
                      : out->method->iterative ? job->prune.iterations
                                               : 1;
    out->prune_batches = job->prune.batches;
    out->prune_batch_size = job->prune.batch_size > 0
                                ? job->prune.batch_size
                                : out->method->defaults.per_class * out->data.classes;
done:
    return status;
}

/* Whether enough weights are left; before the first iteration, not in the last one. */
static skel_status check_density(const skel_job *job, const skel_settings *settings,
                                 const skel_network *network)
{
    double density = 1 - job->prune.sparsity;
    bool by_tensor = skel_prune_shares_by_tensor(settings->method, settings->scope);
    size_t kept = skel_schedule_kept(settings->schedule, network->prunable_count, density, 1, 1);
    skel_layer_rules rules;
    bool *whole = NULL;
    double *share = NULL;
    size_t *size = NULL;
    size_t tensors = 0;
    char sparsity[SKEL_TEXT_REAL];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_schedule_check(network->prunable_count, density));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *whole, &whole));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *share, &share));
    SKEL_TRY(SKEL_ALLOC(network->parameters, sizeof *size, &size));
    SKEL_TRY(skel_settings_rules(job, network, whole, share, &rules));
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        size[tensors++] = network->parameter[i].count;
    }
    status = skel_layer_rules_check(&rules, by_tensor, kept, tensors, size);
done:
    if (status != SKEL_OK) {
        skel_text_real(job->prune.sparsity, sparsity);
        status = skel_error_prefix("prune.method %s: prune.sparsity %s of %s",
                                   settings->method->name, sparsity, job->model.name);
    }
    SKEL_FREE(&size);
    SKEL_FREE(&share);
    SKEL_FREE(&whole);
    return status;
}

static skel_status check_units(const skel_job *job, const skel_settings *settings,
                               const skel_network *network)
{
    skel_units *units = NULL;
    skel_status status = skel_unit_table_make(job, settings, network, &units);

    skel_units_destroy(&units);
    return status;
}

skel_status skel_settings_check(const skel_job *job, const skel_settings *settings,
                                const skel_network *network)
{
    if (!skel_method_prunes(settings->method)) {
        return SKEL_OK;
    }
    return settings->unit.kind == SKEL_UNIT_WEIGHT ? check_density(job, settings, network)
                                                   : check_units(job, settings, network);
}
