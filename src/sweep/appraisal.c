/* Appraisals: the mask of each file is examined on the images of the first file's job. */
#include "skel/appraisal.h"

#include "skel/log.h"
#include "skel/settings.h"
#include "skel/sound.h"
#include "skel/stored.h"
#include "skel/stored_network.h"
#include "skel/traits.h"

#include <stdio.h>
#include <string.h>

static skel_status check_method(const skel_method *method)
{
    if (method == NULL) {
        return SKEL_OK;
    }
    if (!skel_method_prunes(method)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG, "method %s has no scores", method->name);
    }
    if (method->signal != SKEL_SIGNAL_NONE && method->signal != SKEL_SIGNAL_GRADIENT) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "method %s: its scores need more than weights and gradient, which is all "
                         "that is computed here",
                         method->name);
    }
    return SKEL_OK;
}

static skel_status read_job(const char *path, skel_job *out)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_stored_job(reader, out));
done:
    return skel_reader_close(&reader, status);
}

/* The root's part. */
static skel_status read_jobs(size_t count, const char *const paths[], skel_appraisal out[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        status = read_job(paths[i], &out[i].job);
    }
    return status;
}

/* The first file's job with the images that the options ask for. */
static skel_job choose_images(const skel_job *first, const skel_appraisal_options *options)
{
    skel_job job = *first;
    skel_settings settings;

    job.prune.batches = options->batches > 0 ? options->batches : job.prune.batches;
    if (options->batch_size > 0) {
        job.prune.batch_size = options->batch_size;
    } else if (skel_settings_resolve(first, &settings) == SKEL_OK) {
        job.prune.batch_size = settings.prune_batch_size; /* of its own method */
    }
    job.seed = options->has_seed ? options->seed : job.seed;
    if (options->sampling != NULL) {
        memset(job.prune.sampling, 0, sizeof job.prune.sampling);
        (void)snprintf(job.prune.sampling, sizeof job.prune.sampling, "%s", options->sampling);
    }
    return job;
}

/* A job with the images and the loss of another. Weights and mask come from the file, so the job
 * names no weight file and no sanity check. */
static skel_job on_images_of(const skel_job *images, const skel_job *own)
{
    skel_job job = *own;

    job.seed = images->seed;
    job.prune.batches = images->prune.batches;
    job.prune.batch_size = images->prune.batch_size;
    memcpy(job.prune.sampling, images->prune.sampling, sizeof job.prune.sampling);
    memcpy(job.prune.loss, images->prune.loss, sizeof job.prune.loss);
    if (strcmp(job.data.set, images->data.set) == 0) {
        job.data.validation = images->data.validation;
        job.data.train_samples = images->data.train_samples;
    }
    memset(job.model.weights, 0, sizeof job.model.weights);
    memset(job.prune.check, 0, sizeof job.prune.check);
    memcpy(job.prune.check, "none", sizeof "none");
    return job;
}

static void warn_of_scales(const char *path, const skel_job *first, const skel_job *job)
{
    if (strcmp(job->data.set, first->data.set) != 0) {
        SKEL_WARN("%s: its data set is %s, the first file's is %s: their figures are not on one "
                  "scale",
                  path, job->data.set, first->data.set);
    } else if (job->compute.microbatch != first->compute.microbatch ||
               strcmp(job->compute.batchnorm, first->compute.batchnorm) != 0) {
        SKEL_WARN("%s: batch norm normalises over other images than in the first file "
                  "(microbatch %llu, not %llu): their figures are not quite on one scale",
                  path, (unsigned long long)job->compute.microbatch,
                  (unsigned long long)first->compute.microbatch);
    }
}

/* The network that a run file describes, whose model file need not be there. */
static skel_status read_network(const char *path, const skel_job *job,
                                const skel_settings *settings, skel_network **out)
{
    skel_reader *reader = NULL;
    skel_status status = skel_reader_open(path, &reader);

    if (status == SKEL_OK) {
        status = skel_stored_network(reader, job, settings, out);
    }
    return skel_reader_close(&reader, status);
}

/* Options can ask for images that the data set does not have. */
static skel_status check_images(const char *path, const skel_job *job)
{
    skel_networks *networks = NULL;
    skel_network *stored = NULL;
    const skel_network *network = NULL;
    const char *key = NULL;
    skel_settings settings;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_resolve(job, &settings));
    if (job->model.file[0] != '\0') {
        SKEL_TRY(read_network(path, job, &settings, &stored));
        network = stored;
    } else {
        SKEL_TRY(skel_networks_create(&networks));
        SKEL_TRY(skel_networks_of(networks, job, &settings, &network));
    }
    status = skel_sound_check_images(job, &settings, network, &key);
done:
    skel_network_destroy(&stored);
    skel_networks_destroy(&networks);
    return status;
}

static skel_status appraise(skel_session *session, const char *path, size_t index,
                            const skel_appraisal_options *options, uint64_t own_seed,
                            skel_appraisal *out)
{
    const skel_examination_options how = {
        .trained = options->trained, .method = options->method, .seed = own_seed};
    skel_assignment assignment = {.comm = session->comm,
                                  .job = &out->job,
                                  .invocation = &session->invocation,
                                  .index = index,
                                  .path = path};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(
        session->comm, skel_comm_is_root(session->comm) ? check_images(path, &out->job) : SKEL_OK));
    SKEL_TRY(skel_session_dataset(session, &out->job, &assignment.dataset));
    SKEL_TRY(skel_stored_check_data(session->comm, path, assignment.dataset));
    SKEL_TRY(skel_examination_make(&assignment, &how, &out->found));
done:
    return status;
}

skel_status skel_appraise(skel_session *session, size_t count, const char *const paths[],
                          const skel_appraisal_options *options, skel_appraisal out[])
{
    const skel_comm *comm = session->comm;
    skel_job images;
    skel_job first;
    skel_status status = SKEL_OK;

    memset(out, 0, count * sizeof *out);
    SKEL_TRY(skel_comm_agree(comm, check_method(options->method)));
    SKEL_TRY(
        skel_comm_agree(comm, skel_comm_is_root(comm) ? read_jobs(count, paths, out) : SKEL_OK));
    skel_comm_broadcast(comm, count * sizeof *out, out);
    first = out[0].job;
    images = choose_images(&first, options);
    for (size_t i = 0; i < count; i++) {
        uint64_t own_seed = out[i].job.seed;

        warn_of_scales(paths[i], &first, &out[i].job);
        out[i].job = on_images_of(&images, &out[i].job);
        if (appraise(session, paths[i], i, options, own_seed, &out[i]) != SKEL_OK) {
            status = skel_error_prefix("%s", paths[i]);
            goto done;
        }
    }
done:
    return status;
}
