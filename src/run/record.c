/* The run file, in the layout of src/store/FORMAT.md. */
#include "record.h"

#include "evolution.h"
#include "record_data.h"
#include "record_diagnosis.h"

#include "skel/isa.h"
#include "skel/libraries.h"
#include "skel/memory.h"
#include "skel/onnx.h"
#include "skel/run_file.h"
#include "skel/version.h"

#include <stdio.h>
#include <time.h>

skel_status skel_record_stamp(const skel_comm *comm, skel_file *file, const char *schema)
{
    char version[128];
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;

    (void)snprintf(version, sizeof version, "%s (%s)", skel_version(), skel_revision());
    if (gmtime_r(&now, &utc) != NULL) {
        (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    skel_comm_broadcast(comm, sizeof date, date); /* the root's clock */
    return skel_run_file_stamp(file, schema, version, date);
}

skel_status skel_record_data(const skel_inputs *in, skel_file *file)
{
    const skel_dataset *dataset = in->dataset;
    char name[SKEL_JOB_PATH];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < dataset->files; i++) {
        (void)snprintf(name, sizeof name, "data_xxh3_128:%s", dataset->file[i].name);
        SKEL_TRY(skel_file_set_text(file, "/provenance", name, dataset->file[i].checksum));
    }
done:
    return status;
}

/* The host of each rank, in the order of the ranks. */
static skel_status record_hosts(const skel_inputs *in, skel_file *file)
{
    size_t size = (size_t)skel_comm_size(in->comm);
    const char *hosts = in->assignment->invocation->hosts;
    const char **rows = NULL;
    skel_status status = SKEL_ALLOC(size, sizeof *rows, &rows);

    SKEL_TRY(skel_comm_agree(in->comm, status));
    for (size_t rank = 0; rank < size; rank++) {
        rows[rank] = hosts + rank * SKEL_HOST;
    }
    SKEL_TRY(skel_file_write_texts(file, "/provenance/hosts", size, rows, NULL));
done:
    SKEL_FREE(&rows);
    return status;
}

/* What the run was computed with: program, libraries, processor, ranks. */
static skel_status record_machine(const skel_inputs *in, const skel_checkpoint_state *state,
                                  skel_file *file)
{
    static const char at[] = "/provenance";
    char libraries[SKEL_LIBRARIES_TEXT];
    char isa[SKEL_ISA_TEXT];
    skel_status status = SKEL_OK;

    skel_libraries_text(libraries);
    skel_isa_text(isa);
    SKEL_TRY(skel_file_set_text(file, at, "git_revision", skel_revision()));
    SKEL_TRY(skel_file_set_text(file, at, "libraries", libraries));
    SKEL_TRY(skel_file_set_text(file, at, "instruction_set", isa));
    SKEL_TRY(skel_file_set_integer(file, at, "ranks", skel_comm_size(in->comm)));
    SKEL_TRY(skel_file_set_text(file, at, "engine_prune", state->prune_engine));
    SKEL_TRY(skel_file_set_text(file, at, "engine_train", state->train_engine));
    SKEL_TRY(record_hosts(in, file));
done:
    return status;
}

/* How many of the tested images each class has: the accuracy of guessing follows from it. */
static skel_status record_classes(const skel_inputs *in, skel_file *file)
{
    const skel_samples *samples = &in->dataset->test;
    size_t classes = in->settings.data.classes;
    int64_t *count = NULL;
    skel_status status = SKEL_ALLOC(classes, sizeof *count, &count);

    SKEL_TRY(skel_comm_agree(in->comm, status));
    for (size_t i = 0; i < in->test.count; i++) {
        count[samples->labels[in->test.index[i]]]++;
    }
    SKEL_TRY(skel_file_write(file, &(skel_file_dataset){.path = "/provenance/test_class_counts",
                                                        .element = SKEL_INT64,
                                                        .dims = 1,
                                                        .shape = {classes},
                                                        .data = count,
                                                        .units = "images"}));
done:
    SKEL_FREE(&count);
    return status;
}

/* Paths say nothing of the content of a file that was replaced. */
static skel_status record_weights_sum(const skel_inputs *in, skel_file *file)
{
    bool reads = in->job->model.weights[0] != '\0' && in->assignment->contents != NULL;

    return reads ? skel_file_set_text(file, "/provenance", "weights_xxh3_128",
                                      in->assignment->contents->weights)
                 : SKEL_OK;
}

static skel_status record_provenance(const skel_inputs *in, const skel_checkpoint_state *state,
                                     skel_file *file)
{
    static const char at[] = "/provenance";
    char *job = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(in->comm, skel_job_print(in->job, &job)));
    SKEL_TRY(skel_file_set_text(file, at, "job", job));
    if (in->assignment->identity != NULL) { /* images of a benchmark are no data set */
        SKEL_TRY(skel_file_set_text(file, at, "identity", in->assignment->identity));
    }
    SKEL_TRY(skel_file_set_integer(file, at, "index", (int64_t)in->assignment->index));
    SKEL_TRY(
        skel_file_set_text(file, at, "command_line", in->assignment->invocation->command_line));
    SKEL_TRY(skel_file_set_text(file, at, "scheduler", in->assignment->invocation->scheduler));
    SKEL_TRY(skel_file_set_integer(file, at, "seed", (int64_t)in->job->seed));
    SKEL_TRY(skel_file_set_text(file, at, "restarts", state->history));
    SKEL_TRY(skel_record_data(in, file));
    SKEL_TRY(record_weights_sum(in, file));
    SKEL_TRY(skel_record_data_file(in->dataset, file));
    SKEL_TRY(record_classes(in, file));
    SKEL_TRY(record_machine(in, state, file));
done:
    SKEL_FREE(&job);
    return status;
}

/* The description of a network that is not of the zoo: an ONNX model without values. */
static skel_status record_network(const skel_inputs *in, skel_file *file)
{
    size_t bytes = 0;
    uint8_t *model = NULL;
    skel_status status = SKEL_OK;

    if (in->job->model.file[0] == '\0') {
        return SKEL_OK;
    }
    SKEL_TRY(skel_comm_agree(in->comm, skel_onnx_pack(in->network, NULL, &bytes, &model)));
    SKEL_TRY(skel_file_write(file, &(skel_file_dataset){.path = SKEL_RUN_FILE_NETWORK,
                                                        .element = SKEL_UINT8,
                                                        .dims = 1,
                                                        .shape = {bytes},
                                                        .data = model}));
    if (in->assignment->contents != NULL) {
        SKEL_TRY(skel_file_set_text(file, "/provenance", "network_xxh3_128",
                                    in->assignment->contents->network));
    }
done:
    SKEL_FREE(&model);
    return status;
}

static skel_status record_vectors(const skel_inputs *in, const skel_checkpoint_state *state,
                                  skel_file *file)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_run_file_parameters(file, "/weights", in->network,
                                      state->effective != NULL ? state->effective
                                                               : state->weights.parameters));
    SKEL_TRY(skel_checkpoint_auxiliary_write(in, state, file));
    SKEL_TRY(skel_run_file_parameters(file, "/initial", in->network, in->initial));
    if (in->redrawn != NULL) {
        SKEL_TRY(skel_run_file_parameters(file, "/redrawn", in->network, in->redrawn));
    }
    if (state->rewound.parameters != NULL) {
        SKEL_TRY(
            skel_run_file_parameters(file, "/rewound", in->network, state->rewound.parameters));
    }
    SKEL_TRY(skel_run_file_buffers(file, in->network, state->weights.buffers));
    SKEL_TRY(skel_run_file_masks(file, in->network, state->mask->keep, true));
done:
    return status;
}

/* The figures of the final mask and of the last test. */
static skel_status record_outcome(const skel_inputs *in, const skel_checkpoint_state *state,
                                  const skel_diagnosis *diagnosis, skel_file *file)
{
    static const char at[] = "/summary";
    const skel_outcome *outcome = &state->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_double(file, at, "sparsity_reached", outcome->sparsity));
    SKEL_TRY(skel_file_set_integer(file, at, "prunable", (int64_t)outcome->prunable));
    SKEL_TRY(skel_file_set_integer(file, at, "kept", (int64_t)outcome->kept));
    SKEL_TRY(skel_file_set_text(file, at, "mask_hash", outcome->mask_hash));
    SKEL_TRY(skel_record_diagnosis_summary(in, state->mask, diagnosis, file));
    if (state->first_keep != NULL) {
        SKEL_TRY(skel_file_set_double(file, at, "moved", skel_evolution_moved(state)));
    }
    if (outcome->tested) {
        SKEL_TRY(skel_file_set_double(file, at, "test_accuracy", outcome->test_accuracy));
        SKEL_TRY(skel_file_set_double(file, at, "test_loss", outcome->test_loss));
        SKEL_TRY(skel_file_set_integer(file, at, "train_images", (int64_t)in->train.count));
    }
    if (outcome->tested && outcome->test_speed > 0) {
        SKEL_TRY(skel_file_set_double(file, at, "test_images_per_second", outcome->test_speed));
    }
done:
    return status;
}

static skel_status record_summary(const skel_inputs *in, const skel_checkpoint_state *state,
                                  const skel_diagnosis *diagnosis, skel_file *file)
{
    static const char at[] = "/summary";
    const skel_outcome *outcome = &state->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_text(file, at, "model", in->network->name));
    SKEL_TRY(skel_file_set_text(file, at, "data", in->settings.data.name));
    SKEL_TRY(skel_file_set_text(file, at, "method", in->settings.method->name));
    SKEL_TRY(skel_file_set_integer(file, at, "seed", (int64_t)in->job->seed));
    SKEL_TRY(skel_file_set_double(file, at, "sparsity", in->job->prune.sparsity));
    SKEL_TRY(record_outcome(in, state, diagnosis, file));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_prune", outcome->seconds_prune));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_train", outcome->seconds_train));
    SKEL_TRY(skel_file_set_double(file, at, "seconds", outcome->seconds));
done:
    return status;
}

skel_status skel_record_write(const skel_inputs *in, const skel_checkpoint_state *state,
                              const skel_diagnosis *diagnosis)
{
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_create(in->comm, in->assignment->path, &file));
    SKEL_TRY(skel_record_stamp(in->comm, file, SKEL_RUN_SCHEMA));
    SKEL_TRY(record_provenance(in, state, file));
    SKEL_TRY(record_network(in, file));
    SKEL_TRY(record_vectors(in, state, file));
    SKEL_TRY(skel_tables_write(&state->tables, file));
    SKEL_TRY(skel_record_diagnosis_layers(in, diagnosis, file));
    SKEL_TRY(record_summary(in, state, diagnosis, file));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}
