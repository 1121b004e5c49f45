/* What a checkpoint holds: all that changes while a run goes on. */
#include "checkpoint_state.h"

#include "skel/stored.h"

#include "skel/log.h"
#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/weight_file.h"

#include <stdio.h>
#include <string.h>

static skel_status write_vector(skel_file *file, const char *path, size_t count,
                                const float values[])
{
    const skel_file_dataset spec = {
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

/* A byte per parameter. */
static skel_status write_bytes(const skel_experiment *run, skel_file *file, const char *path,
                               const uint8_t values[])
{
    const skel_file_dataset spec = {.path = path,
                                    .element = SKEL_UINT8,
                                    .dims = 1,
                                    .shape = {run->network->parameter_count},
                                    .data = values};

    return skel_file_write(file, &spec);
}

/* The mask before it moved, and how it did. */
static skel_status write_evolution(const skel_experiment *run, skel_file *file)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(write_bytes(run, file, "/state/first_mask", run->first_keep));
    SKEL_TRY(skel_metrics_write(run->evolve_metrics, file, "/metrics/evolve"));
done:
    return status;
}

skel_status skel_checkpoint_write_state(const skel_experiment *run, skel_position position,
                                        skel_file *file)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_integer(file, "/state", "iterations", (int64_t)position.iterations));
    SKEL_TRY(skel_file_set_integer(file, "/state", "epochs", (int64_t)position.epochs));
    SKEL_TRY(skel_file_set_double(file, "/state", "seconds_prune", run->outcome.seconds_prune));
    SKEL_TRY(skel_file_set_double(file, "/state", "seconds_train", run->outcome.seconds_train));
    SKEL_TRY(skel_file_set_text(file, "/state", "history", run->history));
    SKEL_TRY(skel_file_set_text(file, "/state", "engine_prune", run->prune_engine));
    SKEL_TRY(write_bytes(run, file, "/state/lineage", run->lineage));
    SKEL_TRY(write_vector(file, "/state/velocity", run->network->parameter_count, run->velocity));
    if (skel_experiment_remembers(run, position)) {
        SKEL_TRY(write_rewound(run, file));
    }
    if (run->first_keep != NULL) {
        SKEL_TRY(write_evolution(run, file));
    }
    SKEL_TRY(skel_run_file_parameters(file, "/weights", run->network, run->parameters));
    SKEL_TRY(skel_run_file_buffers(file, run->network, run->buffers));
    SKEL_TRY(skel_run_file_masks(file, run->network, run->mask->keep));
    SKEL_TRY(skel_metrics_write(run->prune_metrics, file, "/metrics/prune"));
    SKEL_TRY(skel_metrics_write(run->train_metrics, file, "/metrics/train"));
done:
    return status;
}

static skel_status check_count(const char *path, size_t count, size_t expected)
{
    if (count != expected) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %zu values, expected %zu", path, count, expected);
    }
    return SKEL_OK;
}

static skel_status read_vector(skel_reader *reader, const char *path, size_t expected, float out[])
{
    double *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_doubles(reader, path, &count, &values));
    SKEL_TRY(check_count(path, count, expected));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)values[i];
    }
done:
    SKEL_FREE(&values);
    return status;
}

static skel_status read_bytes(skel_reader *reader, const char *path, size_t expected, uint8_t out[])
{
    uint8_t *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_bytes(reader, path, &count, &values));
    SKEL_TRY(check_count(path, count, expected));
    memcpy(out, values, count);
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
    char engine_prune[32];
} state;

static skel_status read_vectors(skel_reader *reader, const skel_experiment *run,
                                skel_position position)
{
    const skel_state *to = &run->rewound;
    size_t count = run->network->parameter_count;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_bytes(reader, "/state/lineage", count, run->lineage));
    SKEL_TRY(read_vector(reader, "/state/velocity", count, run->velocity));
    if (skel_experiment_remembers(run, position)) {
        SKEL_TRY(read_vector(reader, "/state/rewound_parameters", count, to->parameters));
        SKEL_TRY(read_vector(reader, "/state/rewound_velocity", count, to->velocity));
        SKEL_TRY(
            read_vector(reader, "/state/rewound_buffers", run->network->buffer_count, to->buffers));
    }
    if (run->first_keep != NULL) {
        SKEL_TRY(read_bytes(reader, "/state/first_mask", count, run->first_keep));
    }
done:
    return status;
}

static skel_status read_state(skel_reader *reader, const skel_experiment *run, state *out)
{
    out->position.iterations = (size_t)skel_stored_number(reader, "/state", "iterations");
    out->position.epochs = (size_t)skel_stored_number(reader, "/state", "epochs");
    out->seconds_prune = skel_stored_number(reader, "/state", "seconds_prune");
    out->seconds_train = skel_stored_number(reader, "/state", "seconds_train");
    skel_reader_attribute(reader, "/state", "history", sizeof out->history, out->history);
    skel_reader_attribute(reader, "/state", "engine_prune", sizeof out->engine_prune,
                          out->engine_prune);
    return read_vectors(reader, run, out->position);
}

static void share_vectors(const skel_experiment *run, skel_position position)
{
    size_t bytes = run->network->parameter_count * sizeof(float);

    skel_comm_broadcast(run->comm, bytes, run->velocity);
    skel_comm_broadcast(run->comm, run->network->parameter_count, run->lineage);
    if (skel_experiment_remembers(run, position)) {
        skel_comm_broadcast(run->comm, bytes, run->rewound.parameters);
        skel_comm_broadcast(run->comm, bytes, run->rewound.velocity);
        skel_comm_broadcast(run->comm, run->network->buffer_count * sizeof(float),
                            run->rewound.buffers);
    }
    if (run->first_keep != NULL) {
        skel_comm_broadcast(run->comm, run->network->parameter_count, run->first_keep);
    }
}

/* The static name of an engine, "" if there was none. */
static const char *engine_named(const char *name)
{
    size_t count = 0;
    const char *const *names = skel_engine_names(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return names[i];
        }
    }
    return "";
}

skel_status skel_checkpoint_read_state(skel_experiment *run, const char *path, skel_reader *reader,
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
    SKEL_TRY(skel_weight_file_read(run->comm, path, run->network, run->parameters, run->buffers,
                                   run->mask->keep, &has_mask));
    skel_mask_recount(run->mask);
    SKEL_TRY(skel_metrics_read(run->prune_metrics, run->comm, reader, "/metrics/prune"));
    SKEL_TRY(skel_metrics_read(run->train_metrics, run->comm, reader, "/metrics/train"));
    if (run->evolve_metrics != NULL) {
        SKEL_TRY(skel_metrics_read(run->evolve_metrics, run->comm, reader, "/metrics/evolve"));
    }
    *position = from.position;
    run->outcome.seconds_prune = from.seconds_prune;
    run->outcome.seconds_train = from.seconds_train;
    run->prune_engine = engine_named(from.engine_prune);
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
