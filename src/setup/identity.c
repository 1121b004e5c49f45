/* What a run computes, as a text and its checksum. */
#include "skel/identity.h"

#include "skel/dataset.h"
#include "skel/memory.h"
#include "skel/method.h"
#include "skel/network.h"
#include "skel/onnx.h"
#include "skel/sampler.h"
#include "skel/settings.h"
#include "skel/text.h"
#include "skel/weight_file.h"

#include <stdio.h>
#include <string.h>

/* The content of a data set, of a weight file (`set` is "") or of a network's file (`set` is ONNX).
 */
static const char onnx[] = "/onnx"; /* no data set's name */

typedef struct known_content {
    char set[SKEL_JOB_TEXT];
    char path[SKEL_JOB_PATH];
    bool unverified;
    bool is_data_file; /* `path` is a data file, not the folder of a set */
    size_t side;       /* of its packed images */
    char checksum[SKEL_CHECKSUM_TEXT];
} known_content;

struct skel_identities {
    size_t count;
    known_content *content; /* [count] */
};

skel_status skel_identities_create(skel_identities **out)
{
    return SKEL_ALLOC(1, sizeof **out, out);
}

void skel_identities_destroy(skel_identities **identities)
{
    if (*identities != NULL) {
        SKEL_FREE(&(*identities)->content);
        SKEL_FREE(identities);
    }
}

static skel_status read_content(known_content *content)
{
    skel_status status = SKEL_OK;

    if (strcmp(content->set, onnx) == 0) {
        status = skel_onnx_checksum(content->path, content->checksum);
        return status == SKEL_ERR_MEMORY ? status : SKEL_OK;
    }
    if (content->set[0] != '\0') {
        const skel_dataset_source source = {
            .set = content->set,
            .dir = content->path,
            .unverified = content->unverified,
            .file = content->is_data_file ? content->path : NULL,
            .side = content->side,
        };

        return skel_dataset_checksum(&source, content->checksum);
    }
    status = skel_weight_file_checksum(content->path, content->checksum);
    return status == SKEL_ERR_MEMORY ? status : SKEL_OK;
}

/* The checksum of a content, read if it is not known yet. */
static skel_status checksum_of(skel_identities *identities, const known_content *wanted,
                               char out[SKEL_CHECKSUM_TEXT])
{
    known_content *known = NULL;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < identities->count; i++) {
        known = &identities->content[i];
        if (strcmp(known->set, wanted->set) == 0 && strcmp(known->path, wanted->path) == 0 &&
            known->unverified == wanted->unverified &&
            known->is_data_file == wanted->is_data_file && known->side == wanted->side) {
            memcpy(out, known->checksum, sizeof known->checksum);
            return SKEL_OK;
        }
    }
    SKEL_TRY(SKEL_GROW(identities->count + 1, sizeof *identities->content, &identities->content));
    known = &identities->content[identities->count];
    *known = *wanted;
    SKEL_TRY(read_content(known));
    identities->count++;
    memcpy(out, known->checksum, sizeof known->checksum);
done:
    return status;
}

/* Steps that are whole epochs become epochs. */
static void round_rewind(const skel_job *job, const skel_dataset_info *info, skel_moment *moment)
{
    size_t used = job->data.train_samples > 0 ? job->data.train_samples : info->train;
    size_t images = used - skel_sampler_held_out(used, job->data.validation);
    size_t steps = (images + job->train.batch_size - 1) / job->train.batch_size;

    if (moment->steps > 0 && steps > 0 && moment->steps % steps == 0) {
        *moment = (skel_moment){.epochs = moment->steps / steps};
    }
}

/* Layers become plain names, each of them once. Their order stays: jobs list them in the network's,
 * and an identity of before must not change. */
static void plain_layers(skel_job *job)
{
    char(*layer)[SKEL_JOB_TEXT] = job->prune.keep_layer;
    uint64_t kept = 0;

    for (uint64_t i = 0; i < job->prune.keep_layers; i++) {
        char name[SKEL_JOB_TEXT] = "";
        size_t length = strlen(layer[i]);
        uint64_t earlier = 0;

        length -= skel_text_ends_in(layer[i], ".weight") ? strlen(".weight") : 0;
        memcpy(name, layer[i], length);
        while (earlier < kept && strcmp(layer[earlier], name) != 0) {
            earlier++;
        }
        if (earlier == kept) {
            memcpy(layer[kept++], name, sizeof name);
        }
    }
    for (uint64_t i = kept; i < job->prune.keep_layers; i++) {
        memset(layer[i], 0, sizeof layer[i]);
    }
    job->prune.keep_layers = kept;
}

/* Values that mean the same as the default become the default. */
static skel_status canonical(const skel_job *job, skel_job *out)
{
    const skel_dataset_source source = skel_settings_source(job);
    skel_dataset_info described;
    const skel_dataset_info *info = &described;
    const skel_method *method = NULL;
    skel_status status = skel_dataset_describe(&source, &described);

    *out = *job;
    if (status != SKEL_OK) {
        return status;
    }
    if (job->data.train_samples == info->train) {
        out->data.train_samples = 0;
    }
    if (job->data.test_samples == info->test) {
        out->data.test_samples = 0;
    }
    if (job->data.pad_to == info->height && info->height == info->width) {
        out->data.pad_to = 0;
    }
    SKEL_TRY(skel_method_find(job->prune.method, &method));
    if (job->prune.batch_size == 0) {
        out->prune.batch_size = method->defaults.per_class * info->classes;
    }
    round_rewind(job, info, &out->prune.rewind);
    plain_layers(out);
    if (job->data.file[0] != '\0') { /* its content decides, not its name */
        memset(out->data.set, 0, sizeof out->data.set);
    }
    if (job->model.width == skel_model_width(job->model.name)) {
        out->model.width = 0;
    }
    if (job->model.file[0] != '\0') { /* its content decides, not its name */
        memset(out->model.name, 0, sizeof out->model.name);
    }
done:
    return status;
}

skel_status skel_identity_contents(skel_identities *identities, const skel_job *job,
                                   skel_contents *out)
{
    known_content data = {
        .unverified = job->data.unverified,
        .is_data_file = job->data.file[0] != '\0',
        .side = job->data.side,
    };
    known_content network = {.set = ""};
    known_content weights = {.set = ""};
    skel_status status = SKEL_OK;

    (void)snprintf(data.set, sizeof data.set, "%s", job->data.set);
    (void)snprintf(data.path, sizeof data.path, "%s",
                   data.is_data_file ? job->data.file : job->data.dir);

    memset(out, 0, sizeof *out);
    SKEL_TRY(checksum_of(identities, &data, out->data));
    if (job->model.file[0] != '\0') {
        (void)snprintf(network.set, sizeof network.set, "%s", onnx);
        (void)snprintf(network.path, sizeof network.path, "%s", job->model.file);
        SKEL_TRY(checksum_of(identities, &network, out->network));
    }
    if (job->model.weights[0] != '\0') {
        (void)snprintf(weights.path, sizeof weights.path, "%s", job->model.weights);
        status = checksum_of(identities, &weights, out->weights);
    }
done:
    return status;
}

skel_status skel_identity_text(skel_identities *identities, const skel_job *job, char **out)
{
    skel_job same;
    skel_contents contents;
    bool imports = job->model.file[0] != '\0';
    bool reads = job->model.weights[0] != '\0';
    size_t used = 0;
    size_t room = 0;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(canonical(job, &same));
    SKEL_TRY(skel_identity_contents(identities, job, &contents));
    SKEL_TRY(skel_job_print_result(&same, out));
    used = strlen(*out);
    room = used + sizeof contents + sizeof "data: \nnetwork: \nweights: \n";
    SKEL_TRY(SKEL_GROW(room, 1, out));
    (void)snprintf(*out + used, room - used, "data: %s\n%s%s%s%s%s%s", contents.data,
                   imports ? "network: " : "", contents.network, imports ? "\n" : "",
                   reads ? "weights: " : "", contents.weights, reads ? "\n" : "");
done:
    if (status != SKEL_OK) {
        SKEL_FREE(out);
    }
    return status;
}

skel_status skel_identity_of(skel_identities *identities, const skel_job *job,
                             char out[SKEL_CHECKSUM_TEXT])
{
    char *text = NULL;
    skel_status status = skel_identity_text(identities, job, &text);

    out[0] = '\0';
    if (status == SKEL_OK) {
        skel_checksum_xxh3(strlen(text), text, out);
    }
    SKEL_FREE(&text);
    return status;
}
