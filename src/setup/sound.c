/* A run's values against the data set and the network. */
#include "skel/sound.h"

#include "skel/dataset.h"
#include "skel/engine.h"
#include "skel/gated.h"
#include "skel/network.h"
#include "skel/settings.h"
#include "skel/text.h"
#include "skel/traits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LISTED = 1024, PURPOSE = 256 };

/* Refuses a name that is not on the list, like a value that the job's own table does not allow. */
static skel_status check_name(const char *key, const char *name, size_t count,
                              const char *const names[])
{
    const char *nearest = NULL;
    char all[LISTED];

    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return SKEL_OK;
        }
    }
    nearest = skel_text_nearest(name, count, names);
    skel_text_list(count, names, sizeof all, all);
    return SKEL_FAIL(SKEL_ERR_CONFIG, "%s: expected one of %s; found \"%s\"%s%s%s", key, all, name,
                     nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "?" : "");
}

static skel_status check_names(const skel_job *job, const char **key)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);
    skel_status status = SKEL_OK;

    *key = "data.set";
    if (job->data.file[0] == '\0') {
        SKEL_TRY(check_name(*key, job->data.set, count, names));
    }
    *key = "model.name";
    names = skel_model_names(&count);
    if (job->model.file[0] == '\0') {
        SKEL_TRY(check_name(*key, job->model.name, count, names));
    }
    *key = "compute.engine";
    names = skel_engine_kinds(&count);
    status = check_name(*key, job->compute.engine, count, names);
done:
    return status;
}

/* Name of the first batch norm that sees one pixel of each channel and image; NULL if there is
 * none.
 */
static const char *find_lone_norm(const skel_network *network)
{
    for (size_t i = 0; i < network->ops; i++) {
        const skel_tensor *input = &network->tensor[network->op[i].input];

        if (network->op[i].kind == SKEL_OP_BATCHNORM && input->height * input->width == 1) {
            return network->op[i].name;
        }
    }
    return NULL;
}

/* A pixel less its mean, which it is itself, is 0, whatever the weights are. */
skel_status skel_sound_check_batch(const skel_job *job, const skel_network *network,
                                   const char *batch, uint64_t images)
{
    const char *norm = find_lone_norm(network);
    bool over_batch = strcmp(job->compute.batchnorm, "batch") == 0;
    uint64_t unit = over_batch ? images : job->compute.microbatch;
    char parts[64] = "";

    if (!over_batch) {
        (void)snprintf(parts, sizeof parts, ", in microbatches of %" PRIu64 ",", unit);
    }
    return norm == NULL || (unit > 1 && images % unit != 1)
               ? SKEL_OK
               : SKEL_FAIL(SKEL_ERR_CONFIG,
                           "%s%s leaves one image alone: batch norm %s sees one pixel of it, "
                           "which has no variance; choose another size",
                           batch, parts, norm);
}

static skel_status check_prune_batch(const skel_job *job, const skel_settings *settings,
                                     const skel_network *network, const char **key)
{
    char text[128];

    *key = "prune.batch-size";
    (void)snprintf(text, sizeof text, "%s %zu", *key, settings->prune_batch_size);
    return skel_sound_check_batch(job, network, text, settings->prune_batch_size);
}

/* Batches of an epoch: whole ones, and the last one. */
static skel_status check_train_batches(const skel_job *job, const skel_settings *settings,
                                       const skel_network *network, const char **key)
{
    uint64_t images = settings->train_samples - settings->validation_samples;
    uint64_t size = job->train.batch_size < images ? job->train.batch_size : images;
    char text[128];
    skel_status status = SKEL_OK;

    *key = "train.batch-size";
    if (job->train.epochs > 0) {
        (void)snprintf(text, sizeof text, "%s %" PRIu64, *key, job->train.batch_size);
        SKEL_TRY(skel_sound_check_batch(job, network, text, size));
        (void)snprintf(text, sizeof text,
                       "%s %" PRIu64 ": the last batch of the %" PRIu64 " training images", *key,
                       job->train.batch_size, images);
        status = images % size == 0 ? SKEL_OK
                                    : skel_sound_check_batch(job, network, text, images % size);
    }
done:
    return status;
}

/* Whether pruning takes the images of prune.batches. */
static bool prunes_by_images(const skel_method *method)
{
    return skel_method_uses_worker(method) &&
           (!skel_method_flows(method) || skel_method_follows_paths(method));
}

/* Who takes the images if it is not the pruning; "" if it is. */
static void say_purpose(const skel_method *method, char out[PURPOSE])
{
    out[0] = '\0';
    if (!prunes_by_images(method)) {
        (void)snprintf(out, PURPOSE,
                       " (prune.method %s takes none of them; the objective of the final mask "
                       "does, with every method)",
                       method->name);
    }
}

/* Images of one iteration, of which none may count twice without a word. */
static skel_status check_images(const skel_settings *settings, const char **key)
{
    size_t train = settings->train_samples - settings->validation_samples;
    size_t most = train / settings->prune_batches;
    bool batches_fit = most > 0;
    char purpose[PURPOSE];

    say_purpose(settings->method, purpose);
    *key = batches_fit ? "prune.batch-size" : "prune.batches";
    if (settings->prune_batches * settings->prune_batch_size > train) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "prune.batches %zu of prune.batch-size %zu need %zu images, but the "
                         "training set has %zu: some images "
                         "would count more than once; %s can be %zu at most%s",
                         settings->prune_batches, settings->prune_batch_size,
                         settings->prune_batches * settings->prune_batch_size, train, *key,
                         batches_fit ? most : train, purpose);
    }
    return SKEL_OK;
}

/* Images of a matrix, and what computes it. */
static skel_status check_samples(const skel_job *job, const skel_settings *settings,
                                 const char **key)
{
    size_t train = settings->train_samples - settings->validation_samples;

#ifndef SKEL_SCALAPACK
    *key = "prune.method";
    if (skel_method_operates(settings->method)) {
        return SKEL_FAIL(SKEL_ERR_MISSING,
                         "prune.method %s: this skel was built without ScaLAPACK and LAPACK; build "
                         "it with cmake -DSKEL_SCALAPACK=ON",
                         settings->method->name);
    }
#endif
    *key = "prune.fisher-samples";
    if (skel_method_operates(settings->method) && job->prune.fisher_samples > train) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "prune.fisher-samples %" PRIu64 ": the training set has %zu images",
                         job->prune.fisher_samples, train);
    }
    return SKEL_OK;
}

static skel_status check_warmup(const skel_job *job, const skel_network *network, const char **key)
{
    *key = "prune.norm-warmup";
    if (job->prune.norm_warmup > 0 && !skel_network_has_batchnorm(network)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "prune.norm-warmup %" PRIu64
                         " moves batch norm's running averages, but %s has no batch norm",
                         job->prune.norm_warmup, job->model.name);
    }
    return SKEL_OK;
}

/* What the method needs of the network. */
static skel_status check_paths(const skel_settings *settings, const skel_network *network,
                               const char **key)
{
    skel_status status = SKEL_OK;

    *key = "prune.method";
    if (skel_method_follows_paths(settings->method)) {
        status = skel_gated_check(network);
    }
    return status == SKEL_OK ? SKEL_OK
                             : skel_error_prefix("prune.method %s", settings->method->name);
}

skel_status skel_sound_check_images(const skel_job *job, const skel_settings *settings,
                                    const skel_network *network, const char **key)
{
    skel_status status = check_prune_batch(job, settings, network, key);

    return status == SKEL_OK ? check_images(settings, key) : status;
}

skel_status skel_sound_check(skel_networks *networks, const skel_job *job, const char **key)
{
    skel_settings settings;
    const skel_network *network = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(check_names(job, key));
    *key = NULL;
    SKEL_TRY(skel_settings_resolve(job, &settings));
    *key = job->model.file[0] != '\0' ? "model.file" : NULL;
    SKEL_TRY(skel_networks_of(networks, job, &settings, &network));
    SKEL_TRY(skel_sound_check_images(job, &settings, network, key));
    SKEL_TRY(check_train_batches(job, &settings, network, key));
    SKEL_TRY(check_warmup(job, network, key));
    SKEL_TRY(check_paths(&settings, network, key));
    status = check_samples(job, &settings, key);
done:
    return status;
}
