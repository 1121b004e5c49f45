/* Checkpoints: written like run files, two generations of them, and read back before a run. */
#include "checkpoint.h"
#include "stored.h"

#include "skel/log.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/weight_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = SKEL_JOB_PATH + 320, GENERATIONS = 2 };

static const char *const suffixes[GENERATIONS] = {".checkpoint", ".checkpoint.old"};

static void path_of(const skel_experiment *run, size_t generation, char out[PATH_SIZE])
{
    (void)snprintf(out, PATH_SIZE, "%s%s", run->path, suffixes[generation]);
}

static skel_status write_vector(skel_file *file, const char *path, size_t count,
                                const float values[])
{
    const skel_dataset_spec spec = {
        .path = path, .element = SKEL_FLOAT32, .dims = 1, .shape = {count}, .data = values};

    return skel_file_write(file, &spec);
}

/* What lottery tickets are put back to. */
static skel_status write_rewound(const skel_experiment *run, skel_file *file)
{
    const skel_state *from = &run->rewound;
    size_t count = run->network->parameter_count;
    skel_status status = SKEL_OK;

    SKEL_TRY(write_vector(file, "/state/rewound_parameters", count, from->parameters));
    SKEL_TRY(write_vector(file, "/state/rewound_velocity", count, from->velocity));
    SKEL_TRY(
        write_vector(file, "/state/rewound_buffers", run->network->buffer_count, from->buffers));
done:
    return status;
}

static skel_status write_state(const skel_experiment *run, skel_position position, skel_file *file)
{
    const skel_dataset_spec lineage = {
        .path = "/state/lineage",
        .element = SKEL_UINT8,
        .dims = 1,
        .shape = {run->network->parameter_count},
        .data = run->lineage,
    };
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_integer(file, "/state", "iterations", (int64_t)position.iterations));
    SKEL_TRY(skel_file_set_integer(file, "/state", "epochs", (int64_t)position.epochs));
    SKEL_TRY(skel_file_set_double(file, "/state", "seconds_prune", run->outcome.seconds_prune));
    SKEL_TRY(skel_file_set_double(file, "/state", "seconds_train", run->outcome.seconds_train));
    SKEL_TRY(skel_file_set_text(file, "/state", "history", run->history));
    SKEL_TRY(skel_file_write(file, &lineage));
    SKEL_TRY(write_vector(file, "/state/velocity", run->network->parameter_count, run->velocity));
    if (skel_experiment_remembers(run, position)) {
        SKEL_TRY(write_rewound(run, file));
    }
    SKEL_TRY(skel_run_file_parameters(file, "/weights", run->network, run->parameters));
    SKEL_TRY(skel_run_file_buffers(file, run->network, run->buffers));
    SKEL_TRY(skel_run_file_masks(file, run->network, run->mask->keep));
    SKEL_TRY(skel_metrics_write(run->prune_metrics, file, "/metrics/prune"));
    SKEL_TRY(skel_metrics_write(run->train_metrics, file, "/metrics/train"));
done:
    return status;
}

static skel_status write_checkpoint(const skel_experiment *run, skel_position position)
{
    char path[PATH_SIZE];
    char older[PATH_SIZE];
    skel_file *file = NULL;
    char *job = NULL;
    skel_status status = SKEL_OK;

    path_of(run, 0, path);
    path_of(run, 1, older);
    SKEL_TRY(skel_comm_agree(run->comm, skel_job_print(run->job, &job)));
    SKEL_TRY(skel_file_create(run->comm, path, &file));
    SKEL_TRY(skel_experiment_stamp(run, file, SKEL_CHECKPOINT_SCHEMA));
    SKEL_TRY(skel_file_set_text(file, "/provenance", "job", job));
    SKEL_TRY(write_state(run, position, file));
    if (skel_comm_is_root(run->comm)) {
        (void)rename(path, older); /* there is none the first time */
    }
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    SKEL_FREE(&job);
    return status;
}

static bool divides(uint64_t every, size_t done)
{
    return every > 0 && done > 0 && done % every == 0;
}

/* By count on every rank alike; by the clock of the root. */
static bool is_due(const skel_experiment *run, skel_position position)
{
    const skel_job *job = run->job;
    bool pruning = position.epochs == 0;
    bool due = pruning ? divides(job->checkpoint.every_iterations, position.iterations)
                       : divides(job->checkpoint.every_epochs, position.epochs);

    if (skel_experiment_is_done(run, position)) {
        return false; /* the run file itself comes next */
    }
    if (job->checkpoint.every_seconds > 0) {
        due = due || skel_seconds() - run->saved > job->checkpoint.every_seconds;
        skel_comm_broadcast(run->comm, sizeof due, &due);
    }
    return due;
}

skel_status skel_checkpoint_when_due(skel_experiment *run, skel_position position)
{
    skel_status status = SKEL_OK;

    if (is_due(run, position)) {
        SKEL_TRY(write_checkpoint(run, position));
        run->saved = skel_seconds();
        SKEL_DEBUG("  checkpoint: %zu iterations, %zu epochs", position.iterations,
                   position.epochs);
    }
done:
    return status;
}

static skel_status check_job(skel_reader *reader, const char *path, const skel_job *job)
{
    bool same = false;
    skel_status status = skel_stored_job_is(reader, job, &same);

    if (status == SKEL_OK && !same) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG,
                           "%s: a checkpoint of a job with other settings; remove it to start "
                           "again, or write to another --out",
                           path);
    }
    return status;
}

static skel_status check_schema(skel_reader *reader, const char *path)
{
    char schema[64] = "";

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (strcmp(schema, SKEL_CHECKPOINT_SCHEMA) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is no checkpoint (schema_name \"%s\")", path, schema);
    }
    return SKEL_OK;
}

/* Opens the latest generation that is whole; *reader stays NULL if there is none. */
static skel_status open_latest(const skel_experiment *run, char path[PATH_SIZE],
                               skel_reader **reader)
{
    for (size_t generation = 0; generation < GENERATIONS; generation++) {
        size_t datasets = 0;
        skel_status status = SKEL_OK;

        path_of(run, generation, path);
        if (access(path, F_OK) != 0) {
            continue;
        }
        status = skel_reader_open(path, reader);
        if (status == SKEL_OK) {
            status = skel_reader_verify(*reader, &datasets);
        }
        if (status == SKEL_OK) {
            status = check_schema(*reader, path);
        }
        if (status == SKEL_OK) {
            return check_job(*reader, path, run->job);
        }
        SKEL_WARN("%s; passed over", skel_error_message());
        skel_reader_close(reader);
    }
    return SKEL_OK;
}

static skel_status read_vector(skel_reader *reader, const char *path, size_t expected, float out[])
{
    double *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_doubles(reader, path, &count, &values));
    if (count != expected) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %zu values, expected %zu", path, count, expected);
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)values[i];
    }
done:
    SKEL_FREE(&values);
    return status;
}

static skel_status read_lineage(skel_reader *reader, const skel_experiment *run)
{
    uint8_t *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_bytes(reader, "/state/lineage", &count, &values));
    if (count != run->network->parameter_count) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "/state/lineage: %zu values, expected %zu", count,
                           run->network->parameter_count);
        goto done;
    }
    memcpy(run->lineage, values, count);
done:
    SKEL_FREE(&values);
    return status;
}

/* What the root reads, for the others to receive. */
typedef struct state {
    skel_position position;
    double seconds_prune;
    double seconds_train;
    char history[SKEL_HISTORY];
} state;

static skel_status read_vectors(skel_reader *reader, const skel_experiment *run,
                                skel_position position)
{
    const skel_state *to = &run->rewound;
    size_t count = run->network->parameter_count;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_vector(reader, "/state/velocity", count, run->velocity));
    if (skel_experiment_remembers(run, position)) {
        SKEL_TRY(read_vector(reader, "/state/rewound_parameters", count, to->parameters));
        SKEL_TRY(read_vector(reader, "/state/rewound_velocity", count, to->velocity));
        SKEL_TRY(
            read_vector(reader, "/state/rewound_buffers", run->network->buffer_count, to->buffers));
    }
done:
    return status;
}

static skel_status read_state(skel_reader *reader, const skel_experiment *run, state *out)
{
    skel_status status = SKEL_OK;

    out->position.iterations = (size_t)skel_stored_number(reader, "/state", "iterations");
    out->position.epochs = (size_t)skel_stored_number(reader, "/state", "epochs");
    out->seconds_prune = skel_stored_number(reader, "/state", "seconds_prune");
    out->seconds_train = skel_stored_number(reader, "/state", "seconds_train");
    skel_reader_attribute(reader, "/state", "history", sizeof out->history, out->history);
    SKEL_TRY(read_lineage(reader, run));
    SKEL_TRY(read_vectors(reader, run, out->position));
done:
    return status;
}

static void share_vectors(const skel_experiment *run, skel_position position)
{
    size_t bytes = run->network->parameter_count * sizeof(float);

    skel_comm_broadcast(run->comm, bytes, run->velocity);
    if (skel_experiment_remembers(run, position)) {
        skel_comm_broadcast(run->comm, bytes, run->rewound.parameters);
        skel_comm_broadcast(run->comm, bytes, run->rewound.velocity);
        skel_comm_broadcast(run->comm, run->network->buffer_count * sizeof(float),
                            run->rewound.buffers);
    }
}

/* Gives every rank what the root has read of the open checkpoint. */
static skel_status share_state(skel_experiment *run, const char *path, skel_reader *reader,
                               skel_position *position)
{
    bool root = skel_comm_is_root(run->comm);
    bool has_mask = false;
    state from = {.position = {0}};
    size_t used = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(run->comm, root ? read_state(reader, run, &from) : SKEL_OK));
    skel_comm_broadcast(run->comm, sizeof from, &from);
    share_vectors(run, from.position);
    skel_comm_broadcast(run->comm, run->network->parameter_count, run->lineage);
    SKEL_TRY(skel_weight_file_read(run->comm, path, run->network, run->parameters, run->buffers,
                                   run->mask->keep, &has_mask));
    skel_mask_recount(run->mask);
    SKEL_TRY(skel_metrics_read(run->prune_metrics, run->comm, reader, "/metrics/prune"));
    SKEL_TRY(skel_metrics_read(run->train_metrics, run->comm, reader, "/metrics/train"));
    *position = from.position;
    run->outcome.seconds_prune = from.seconds_prune;
    run->outcome.seconds_train = from.seconds_train;
    memcpy(run->history, from.history, sizeof run->history);
    used = strlen(run->history);
    (void)snprintf(run->history + used, sizeof run->history - used,
                   "resumed after %zu iterations and %zu epochs on %d ranks\n",
                   position->iterations, position->epochs, skel_comm_size(run->comm));
    SKEL_INFO("resumed: %zu pruning iteration%s and %zu epoch%s done before (%s)",
              position->iterations, position->iterations == 1 ? "" : "s", position->epochs,
              position->epochs == 1 ? "" : "s", path);
done:
    return status;
}

/* After an older generation was read it takes the newest's place, which was damaged or missing: the
 * next checkpoint moves that aside, and must not move it over the only good one. */
static void promote(const skel_experiment *run, const char *path)
{
    char newest[PATH_SIZE];

    path_of(run, 0, newest);
    if (strcmp(path, newest) != 0) {
        (void)rename(path, newest); /* should it fail, publishing will, too, and say why */
    }
}

skel_status skel_checkpoint_restore(skel_experiment *run, skel_position *position)
{
    char path[PATH_SIZE] = "";
    skel_reader *reader = NULL;
    bool found = false;
    skel_status status = SKEL_OK;

    *position = (skel_position){0};
    run->saved = skel_seconds();
    if (skel_comm_is_root(run->comm)) {
        status = open_latest(run, path, &reader);
        found = reader != NULL;
    }
    SKEL_TRY(skel_comm_agree(run->comm, status));
    skel_comm_broadcast(run->comm, sizeof found, &found);
    if (found) {
        SKEL_TRY(share_state(run, path, reader, position));
        if (skel_comm_is_root(run->comm)) {
            promote(run, path);
        }
    }
done:
    skel_reader_close(&reader);
    return status;
}

void skel_checkpoint_remove(const skel_experiment *run)
{
    char part[PATH_SIZE];
    size_t used = 0;

    if (!skel_comm_is_root(run->comm)) {
        return;
    }
    for (size_t generation = 0; generation < GENERATIONS; generation++) {
        char path[PATH_SIZE];

        path_of(run, generation, path);
        (void)unlink(path); /* there may be none */
    }
    path_of(run, 0, part);
    used = strlen(part);
    (void)snprintf(part + used, sizeof part - used, ".part");
    (void)unlink(part); /* of an invocation that was killed while it wrote one */
}
