/* Reads the network of a finished run: job, weights, running averages, mask, test figures. */
#include "skel/trained.h"

#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/stored.h"
#include "skel/stored_network.h"
#include "skel/weight_file.h"
#include "skel/work.h"

#include <string.h>

static skel_status check_schema(skel_reader *reader)
{
    skel_status status = skel_run_file_check_schema(reader);

    return status == SKEL_OK ? skel_run_file_check_version(reader) : status;
}

static bool has_attribute(skel_reader *reader, const char *object, const char *name)
{
    char text[64];

    skel_reader_attribute(reader, object, name, sizeof text, text);
    return text[0] != '\0';
}

static void read_test(skel_reader *reader, skel_trained *out)
{
    skel_reader_attribute(reader, "/provenance", "engine_train", sizeof out->engine, out->engine);
    out->tested = has_attribute(reader, "/summary", "test_accuracy");
    out->test_accuracy = skel_stored_number(reader, "/summary", "test_accuracy");
    out->test_loss = skel_stored_number(reader, "/summary", "test_loss");
}

/* The checksums of the data set's files, in the order in which the run read the files. */
static skel_status read_data_sums(skel_reader *reader, skel_trained *out)
{
    static const char prefix[] = "data_xxh3_128:";
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list_attributes(reader, "/provenance", &count, &names));
    for (size_t i = 0; i < count && out->data_files < SKEL_DATASET_FILES; i++) {
        if (strncmp(names[i], prefix, sizeof prefix - 1) == 0) {
            skel_reader_attribute(reader, "/provenance", names[i], SKEL_CHECKSUM_TEXT,
                                  out->data_sum[out->data_files++]);
        }
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

/* Settings, view and network from the job. The run had them, so an error means a damaged job. */
static skel_status describe(skel_reader *reader, skel_trained *out)
{
    const char *path = skel_reader_path(reader);
    skel_dataset_info data;
    skel_status status = skel_stored_data(reader, &out->job, &data, &out->statistics);

    if (status == SKEL_OK) {
        status = skel_settings_resolve_for(&out->job, &data, &out->settings);
    }
    if (status == SKEL_OK) {
        status = skel_settings_view(&out->job, &out->settings.data, SKEL_AUGMENT_NONE, &out->view);
    }
    if (status == SKEL_OK) {
        status = out->job.model.file[0] != '\0'
                     ? skel_stored_network(reader, &out->job, &out->settings, &out->network)
                     : skel_settings_network(&out->job, &out->settings, &out->network);
    }
    if (status == SKEL_ERR_CONFIG) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: its job is damaged, or of another release: %s", path,
                           skel_error_message());
    }
    return status;
}

static skel_status check_groups(skel_reader *reader, const skel_network *network)
{
    const char *missing = !skel_reader_has(reader, "/masks") ? "/masks"
                          : network->buffer_count > 0 && !skel_reader_has(reader, "/buffers")
                              ? "/buffers"
                              : NULL;

    return missing == NULL ? SKEL_OK
                           : SKEL_FAIL(SKEL_ERR_DATA, "%s has no group %s: it is not a run file",
                                       skel_reader_path(reader), missing);
}

static skel_status read_vectors(const char *path, skel_trained *out)
{
    const skel_network *network = out->network;
    skel_comm *self = NULL;
    bool has_mask = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, sizeof(float), &out->parameters));
    SKEL_TRY(SKEL_ALLOC(network->buffer_count, sizeof(float), &out->buffers));
    SKEL_TRY(SKEL_ALLOC(network->parameter_count, 1, &out->keep));
    SKEL_TRY(skel_weight_file_read(self, path, network, out->parameters, out->buffers, out->keep,
                                   &has_mask));
done:
    skel_comm_destroy(&self);
    return status;
}

skel_status skel_trained_open(const char *path, skel_trained **out)
{
    skel_reader *reader = NULL;
    skel_trained *trained = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(check_schema(reader));
    SKEL_TRY(skel_reader_check(reader, "/summary", NULL));
    SKEL_TRY(skel_reader_check(reader, "/provenance", NULL));
    SKEL_TRY(SKEL_ALLOC(1, sizeof *trained, &trained));
    SKEL_TRY(skel_stored_job(reader, &trained->job));
    read_test(reader, trained);
    SKEL_TRY(read_data_sums(reader, trained));
    SKEL_TRY(describe(reader, trained));
    SKEL_TRY(check_groups(reader, trained->network));
    SKEL_TRY(read_vectors(path, trained));
    trained->kept = skel_network_kept(trained->network, trained->keep);
done:
    status = skel_reader_close(&reader, status);
    if (status == SKEL_OK) {
        *out = trained;
        trained = NULL;
    }
    skel_trained_close(&trained);
    return status;
}

void skel_trained_close(skel_trained **trained)
{
    if (*trained == NULL) {
        return;
    }
    SKEL_FREE(&(*trained)->statistics);
    SKEL_FREE(&(*trained)->keep);
    SKEL_FREE(&(*trained)->buffers);
    SKEL_FREE(&(*trained)->parameters);
    skel_network_destroy(&(*trained)->network);
    SKEL_FREE(trained);
}

static double density_of(const skel_trained *trained)
{
    return (double)trained->kept / (double)trained->network->prunable_count;
}

/* A worker's microbatch is at most the batch, and the test had the training's worker. */
static size_t batch_of(const skel_job *job)
{
    uint64_t microbatch = job->compute.microbatch;

    return microbatch < job->train.batch_size ? microbatch : job->train.batch_size;
}

skel_trained_how skel_trained_resolve(const skel_trained *trained, const skel_trained_how *how)
{
    skel_trained_how out = *how;
    skel_engine_options options = {.inference = true,
                                   .density = density_of(trained),
                                   .work = skel_work_of(trained->network, trained->keep)};

    if (out.engine == NULL) {
        out.engine = trained->engine[0] != '\0' ? trained->engine : trained->job.compute.engine;
    }
    out.engine = skel_engine_resolve(out.engine, &options);
    out.batch = out.batch > 0 ? out.batch : batch_of(&trained->job);
    out.threads = out.threads > 0 ? out.threads : (int)trained->job.compute.threads;
    return out;
}

bool skel_trained_is_sparse(const skel_trained *trained)
{
    return trained->kept < trained->network->prunable_count ||
           strcmp(trained->engine, "sparse") == 0;
}

skel_status skel_trained_engine(const skel_trained *trained, const skel_trained_how *how,
                                skel_engine **out)
{
    skel_trained_how resolved = skel_trained_resolve(trained, how);
    skel_engine_options options = {.microbatch = resolved.batch,
                                   .threads = resolved.threads,
                                   .inference = true,
                                   .density = density_of(trained)};
    skel_status status = SKEL_OK;

    *out = NULL;
    if (strcmp(resolved.engine, "sparse") == 0 && !skel_trained_is_sparse(trained)) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "the run keeps all of its %zu weights: the engine sparse "
                         "is for pruned networks; take dense",
                         trained->kept);
    }
    SKEL_TRY(skel_engine_create(resolved.engine, trained->network, &options, out));
    SKEL_TRY(skel_engine_load(*out, trained->parameters, trained->keep));
done:
    if (status != SKEL_OK) {
        skel_engine_destroy(out);
    }
    return status;
}
