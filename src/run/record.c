/* The run file: everything that a run has found, in the layout of src/store/FORMAT.md. */
#include "evolution.h"

#include "skel/libraries.h"
#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/version.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

skel_status skel_experiment_stamp(const skel_experiment *run, skel_file *file, const char *schema)
{
    char version[128];
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;

    (void)snprintf(version, sizeof version, "%s (%s)", skel_version(), skel_revision());
    if (gmtime_r(&now, &utc) != NULL) {
        (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    skel_comm_broadcast(run->comm, sizeof date, date); /* the root's clock */
    return skel_run_file_stamp(file, schema, version, date);
}

static skel_status record_data_sums(const skel_experiment *run, skel_file *file)
{
    const skel_dataset *dataset = run->dataset;
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
static skel_status record_hosts(const skel_experiment *run, skel_file *file)
{
    size_t size = (size_t)skel_comm_size(run->comm);
    const char *hosts = run->session->hosts;
    const char **rows = NULL;
    skel_status status = SKEL_ALLOC(size, sizeof *rows, &rows);

    SKEL_TRY(skel_comm_agree(run->comm, status));
    for (size_t rank = 0; rank < size; rank++) {
        rows[rank] = hosts + rank * SKEL_HOST;
    }
    SKEL_TRY(skel_file_write_texts(file, "/provenance/hosts", size, rows));
done:
    SKEL_FREE(&rows);
    return status;
}

static skel_status record_provenance(const skel_experiment *run, skel_file *file)
{
    static const char at[] = "/provenance";
    char libraries[SKEL_LIBRARIES_TEXT];
    char *job = NULL;
    skel_status status = SKEL_OK;

    skel_libraries_text(libraries);
    SKEL_TRY(skel_comm_agree(run->comm, skel_job_print(run->job, &job)));
    SKEL_TRY(skel_file_set_text(file, at, "job", job));
    SKEL_TRY(skel_file_set_integer(file, at, "index", (int64_t)run->index));
    SKEL_TRY(skel_file_set_text(file, at, "command_line", run->session->command_line));
    SKEL_TRY(skel_file_set_text(file, at, "git_revision", skel_revision()));
    SKEL_TRY(skel_file_set_text(file, at, "libraries", libraries));
    SKEL_TRY(skel_file_set_integer(file, at, "ranks", skel_comm_size(run->comm)));
    SKEL_TRY(skel_file_set_text(file, at, "engine_prune", run->prune_engine));
    SKEL_TRY(skel_file_set_text(file, at, "engine_train", run->train_engine));
    SKEL_TRY(skel_file_set_text(file, at, "scheduler", run->session->scheduler));
    SKEL_TRY(skel_file_set_integer(file, at, "seed", (int64_t)run->job->seed));
    SKEL_TRY(skel_file_set_text(file, at, "restarts", run->history));
    SKEL_TRY(record_data_sums(run, file));
    SKEL_TRY(record_hosts(run, file));
done:
    SKEL_FREE(&job);
    return status;
}

static skel_status record_vectors(const skel_experiment *run, skel_file *file)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_run_file_parameters(file, "/weights", run->network, run->parameters));
    SKEL_TRY(skel_run_file_parameters(file, "/initial", run->network, run->initial));
    if (run->redrawn != NULL) {
        SKEL_TRY(skel_run_file_parameters(file, "/redrawn", run->network, run->redrawn));
    }
    if (run->rewound.parameters != NULL) {
        SKEL_TRY(skel_run_file_parameters(file, "/rewound", run->network, run->rewound.parameters));
    }
    SKEL_TRY(skel_run_file_buffers(file, run->network, run->buffers));
    SKEL_TRY(skel_run_file_masks(file, run->network, run->mask->keep));
done:
    return status;
}

/* What the run came to. */
static skel_status record_outcome(const skel_experiment *run, skel_file *file, const char *at)
{
    const skel_outcome *outcome = &run->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_double(file, at, "sparsity_reached", outcome->sparsity));
    SKEL_TRY(skel_file_set_integer(file, at, "prunable", (int64_t)outcome->prunable));
    SKEL_TRY(skel_file_set_integer(file, at, "kept", (int64_t)outcome->kept));
    SKEL_TRY(skel_file_set_text(file, at, "mask_hash", outcome->mask_hash));
    SKEL_TRY(skel_experiment_record_diagnosis(run, file));
    if (run->first_keep != NULL) {
        SKEL_TRY(skel_file_set_double(file, at, "moved", skel_evolution_moved(run)));
    }
    if (outcome->tested) {
        SKEL_TRY(skel_file_set_double(file, at, "test_accuracy", outcome->test_accuracy));
        SKEL_TRY(skel_file_set_double(file, at, "test_loss", outcome->test_loss));
    }
done:
    return status;
}

static skel_status record_summary(const skel_experiment *run, skel_file *file)
{
    static const char at[] = "/summary";
    const skel_outcome *outcome = &run->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_text(file, at, "model", run->network->name));
    SKEL_TRY(skel_file_set_text(file, at, "data", run->settings.data->name));
    SKEL_TRY(skel_file_set_text(file, at, "method", run->settings.criterion->name));
    SKEL_TRY(skel_file_set_integer(file, at, "seed", (int64_t)run->job->seed));
    SKEL_TRY(skel_file_set_double(file, at, "sparsity", run->job->prune.sparsity));
    SKEL_TRY(record_outcome(run, file, at));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_prune", outcome->seconds_prune));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_train", outcome->seconds_train));
    SKEL_TRY(skel_file_set_double(file, at, "seconds", outcome->seconds));
done:
    return status;
}

skel_status skel_experiment_record(const skel_experiment *run)
{
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_create(run->comm, run->path, &file));
    SKEL_TRY(skel_experiment_stamp(run, file, SKEL_RUN_SCHEMA));
    SKEL_TRY(record_provenance(run, file));
    SKEL_TRY(record_vectors(run, file));
    SKEL_TRY(skel_metrics_write(run->prune_metrics, file, "/metrics/prune"));
    SKEL_TRY(skel_metrics_write(run->train_metrics, file, "/metrics/train"));
    if (run->evolve_metrics != NULL) {
        SKEL_TRY(skel_metrics_write(run->evolve_metrics, file, "/metrics/evolve"));
    }
    SKEL_TRY(skel_experiment_record_layers(run, file));
    SKEL_TRY(record_summary(run, file));
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    return status;
}
