/* Writes the state of a run to a checkpoint and reads it back. */
#include "checkpoint_state.h"

#include "partial_sum.h"
#include "rewind.h"

#include "skel/auxiliary.h"
#include "skel/stored.h"

#include "skel/log.h"
#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/weight_file.h"

#include <stdio.h>
#include <string.h>

enum { AUXILIARY_PATH = 64 };

static void auxiliary_path(const skel_method *method, size_t quantity, char out[AUXILIARY_PATH])
{
    (void)snprintf(out, AUXILIARY_PATH, "/auxiliary/%s",
                   method->reparameterisation->auxiliary[quantity].name);
}

static skel_status write_vector(skel_file *file, const char *path, size_t count,
                                const float values[])
{
    const skel_file_dataset spec = {
        .path = path, .element = SKEL_FLOAT32, .dims = 1, .shape = {count}, .data = values};

    return skel_file_write(file, &spec);
}

/* The copy that lottery tickets are put back to. */
static skel_status write_rewound(const skel_network *network, const skel_state *from,
                                 skel_file *file)
{
    size_t count = network->parameter_count;
    skel_status status = SKEL_OK;

    SKEL_TRY(write_vector(file, "/state/rewound_parameters", count, from->parameters));
    SKEL_TRY(write_vector(file, "/state/rewound_velocity", count, from->velocity));
    SKEL_TRY(write_vector(file, "/state/rewound_buffers", network->buffer_count, from->buffers));
done:
    return status;
}

/* A byte per parameter. */
static skel_status write_bytes(const skel_network *network, skel_file *file, const char *path,
                               const uint8_t values[])
{
    const skel_file_dataset spec = {.path = path,
                                    .element = SKEL_UINT8,
                                    .dims = 1,
                                    .shape = {network->parameter_count},
                                    .data = values};

    return skel_file_write(file, &spec);
}

skel_status skel_checkpoint_auxiliary_write(const skel_inputs *in,
                                            const skel_checkpoint_state *state, skel_file *file)
{
    const skel_method *method = in->settings.method;
    char path[AUXILIARY_PATH];
    skel_status status = SKEL_OK;

    for (size_t q = 0; q < SKEL_AUXILIARIES && state->auxiliary[q] != NULL; q++) {
        auxiliary_path(method, q, path);
        SKEL_TRY(write_vector(file, path, skel_auxiliary_total(method, in->network, q),
                              state->auxiliary[q]));
    }
done:
    return status;
}

static skel_status write_vectors(const skel_inputs *in, const skel_checkpoint_state *state,
                                 skel_file *file)
{
    const skel_network *network = in->network;
    skel_status status = SKEL_OK;

    SKEL_TRY(write_bytes(network, file, "/state/lineage", state->lineage));
    SKEL_TRY(
        write_vector(file, "/state/velocity", network->parameter_count, state->weights.velocity));
    if (skel_rewind_is_saved(in, state)) {
        SKEL_TRY(write_rewound(network, &state->rewound, file));
    }
    if (state->first_keep != NULL) {
        SKEL_TRY(write_bytes(network, file, "/state/first_mask", state->first_keep));
    }
    if (state->growth != NULL) {
        SKEL_TRY(write_vector(file, "/state/growth", network->parameter_count, state->growth));
    }
    SKEL_TRY(skel_checkpoint_auxiliary_write(in, state, file));
    if (state->moments != NULL) {
        SKEL_TRY(write_vector(file, "/state/auxiliary_moments",
                              skel_auxiliary_moments(in->settings.method, network),
                              state->moments));
    }
    SKEL_TRY(skel_run_file_parameters(file, "/weights", network, state->weights.parameters));
    SKEL_TRY(skel_run_file_buffers(file, network, state->weights.buffers));
    /* not compressed: that takes longer than writing them */
    SKEL_TRY(skel_run_file_masks(file, network, state->mask->keep, false));
done:
    return status;
}

/* The part of the epoch that goes on. */
static skel_status write_part(const skel_epoch_part *part, skel_file *file)
{
    static const char at[] = "/state";
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_integer(file, at, "steps", (int64_t)part->steps));
    SKEL_TRY(skel_file_set_integer(file, at, "step_images", (int64_t)part->images));
    SKEL_TRY(skel_file_set_double(file, at, "step_loss", part->loss));
    SKEL_TRY(skel_file_set_double(file, at, "step_accuracy", part->accuracy));
    SKEL_TRY(skel_file_set_double(file, at, "step_seconds", part->seconds));
done:
    return status;
}

skel_status skel_checkpoint_state_write(const skel_inputs *in, const skel_checkpoint_state *state,
                                        skel_file *file)
{
    static const char at[] = "/state";
    const skel_outcome *outcome = &state->outcome;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_integer(file, at, "iterations", (int64_t)state->position.iterations));
    SKEL_TRY(skel_file_set_integer(file, at, "epochs", (int64_t)state->position.epochs));
    SKEL_TRY(skel_file_set_integer(file, at, "placed", state->placed ? 1 : 0));
    SKEL_TRY(skel_file_set_text(file, at, "initial_xxh3_128", in->initial_xxh3_128));
    SKEL_TRY(write_part(&state->part, file));
    SKEL_TRY(skel_file_set_double(file, at, "rewound_loss", state->rewound_part.loss));
    SKEL_TRY(skel_file_set_double(file, at, "rewound_accuracy", state->rewound_part.accuracy));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_prune", outcome->seconds_prune));
    SKEL_TRY(skel_file_set_double(file, at, "seconds_train", outcome->seconds_train));
    SKEL_TRY(skel_file_set_double(file, at, "test_accuracy", outcome->test_accuracy));
    SKEL_TRY(skel_file_set_double(file, at, "test_loss", outcome->test_loss));
    SKEL_TRY(skel_file_set_text(file, at, "history", state->history));
    SKEL_TRY(skel_file_set_text(file, at, "engine_prune", state->prune_engine));
    SKEL_TRY(write_vectors(in, state, file));
    SKEL_TRY(skel_partial_sum_write(state->now != NULL ? state->now : &state->partial, file));
    SKEL_TRY(skel_tables_write(&state->tables, file));
done:
    return status;
}

static skel_status read_bytes(skel_reader *reader, const char *path, size_t expected, uint8_t out[])
{
    uint8_t *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_bytes(reader, path, &count, &values));
    if (count != expected) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %zu values, expected %zu", path, count, expected));
    }
    memcpy(out, values, count);
done:
    SKEL_FREE(&values);
    return status;
}

/* What is no vector, as the root reads it and the others receive it. */
typedef struct scalars {
    skel_position position;
    skel_epoch_part part;
    skel_epoch_part rewound_part;
    bool placed;
    double seconds_prune;
    double seconds_train;
    double test_accuracy; /* after the latest epoch */
    double test_loss;
    char history[SKEL_HISTORY];
    char engine_prune[32];
} scalars;

static void read_scalars(skel_reader *reader, scalars *out)
{
    static const char at[] = "/state";

    out->position.iterations = (size_t)skel_stored_number(reader, at, "iterations");
    out->position.epochs = (size_t)skel_stored_number(reader, at, "epochs");
    out->part = (skel_epoch_part){/* an earlier release wrote none: the numbers are 0 */
                                  .steps = (size_t)skel_stored_number(reader, at, "steps"),
                                  .images = (size_t)skel_stored_number(reader, at, "step_images"),
                                  .loss = skel_stored_number(reader, at, "step_loss"),
                                  .accuracy = skel_stored_number(reader, at, "step_accuracy"),
                                  .seconds = skel_stored_number(reader, at, "step_seconds")};
    out->rewound_part =
        (skel_epoch_part){.loss = skel_stored_number(reader, at, "rewound_loss"),
                          .accuracy = skel_stored_number(reader, at, "rewound_accuracy")};
    out->placed = out->position.epochs > 0 || skel_stored_number(reader, at, "placed") > 0;
    out->seconds_prune = skel_stored_number(reader, at, "seconds_prune");
    out->seconds_train = skel_stored_number(reader, at, "seconds_train");
    out->test_accuracy = skel_stored_number(reader, at, "test_accuracy");
    out->test_loss = skel_stored_number(reader, at, "test_loss");
    skel_reader_attribute(reader, at, "history", sizeof out->history, out->history);
    skel_reader_attribute(reader, at, "engine_prune", sizeof out->engine_prune, out->engine_prune);
}

static skel_status read_auxiliary(skel_reader *reader, const skel_inputs *in,
                                  const skel_checkpoint_state *state)
{
    const skel_method *method = in->settings.method;
    char path[AUXILIARY_PATH];
    skel_status status = SKEL_OK;

    for (size_t q = 0; q < SKEL_AUXILIARIES && state->auxiliary[q] != NULL; q++) {
        auxiliary_path(method, q, path);
        SKEL_TRY(skel_reader_floats(reader, path, skel_auxiliary_total(method, in->network, q),
                                    state->auxiliary[q]));
    }
    if (state->moments != NULL) {
        status = skel_reader_floats(reader, "/state/auxiliary_moments",
                                    skel_auxiliary_moments(method, in->network), state->moments);
    }
done:
    return status;
}

static void share_auxiliary(const skel_inputs *in, const skel_checkpoint_state *state)
{
    const skel_method *method = in->settings.method;

    for (size_t q = 0; q < SKEL_AUXILIARIES && state->auxiliary[q] != NULL; q++) {
        skel_comm_broadcast(in->comm, skel_auxiliary_total(method, in->network, q) * sizeof(float),
                            state->auxiliary[q]);
    }
    if (state->moments != NULL) {
        skel_comm_broadcast(in->comm, skel_auxiliary_moments(method, in->network) * sizeof(float),
                            state->moments);
    }
}

/* The root's part; the state's position is that of the checkpoint. */
static skel_status read_vectors(skel_reader *reader, const skel_inputs *in,
                                const skel_checkpoint_state *state)
{
    const skel_state *to = &state->rewound;
    size_t count = in->network->parameter_count;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_bytes(reader, "/state/lineage", count, state->lineage));
    SKEL_TRY(skel_reader_floats(reader, "/state/velocity", count, state->weights.velocity));
    if (skel_rewind_is_saved(in, state)) {
        SKEL_TRY(skel_reader_floats(reader, "/state/rewound_parameters", count, to->parameters));
        SKEL_TRY(skel_reader_floats(reader, "/state/rewound_velocity", count, to->velocity));
        SKEL_TRY(skel_reader_floats(reader, "/state/rewound_buffers", in->network->buffer_count,
                                    to->buffers));
    }
    if (state->first_keep != NULL) {
        SKEL_TRY(read_bytes(reader, "/state/first_mask", count, state->first_keep));
    }
    if (state->growth != NULL) {
        SKEL_TRY(skel_reader_floats(reader, "/state/growth", count, state->growth));
    }
    SKEL_TRY(read_auxiliary(reader, in, state));
done:
    return status;
}

static void share_vectors(const skel_inputs *in, const skel_checkpoint_state *state)
{
    const skel_comm *comm = in->comm;
    size_t count = in->network->parameter_count;

    skel_comm_broadcast(comm, count * sizeof(float), state->weights.velocity);
    skel_comm_broadcast(comm, count, state->lineage);
    if (skel_rewind_is_saved(in, state)) {
        skel_comm_broadcast(comm, count * sizeof(float), state->rewound.parameters);
        skel_comm_broadcast(comm, count * sizeof(float), state->rewound.velocity);
        skel_comm_broadcast(comm, in->network->buffer_count * sizeof(float),
                            state->rewound.buffers);
    }
    if (state->first_keep != NULL) {
        skel_comm_broadcast(comm, count, state->first_keep);
    }
    if (state->growth != NULL) {
        skel_comm_broadcast(comm, count * sizeof(float), state->growth);
    }
    share_auxiliary(in, state);
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

/* Adds a line to the history of restarts. */
static void log_restart(const skel_inputs *in, const char *path, skel_checkpoint_state *state)
{
    skel_position position = state->position;
    size_t used = strlen(state->history);
    char steps[80] = "";

    if (state->part.steps > 0) {
        (void)snprintf(steps, sizeof steps, " and %zu batch%s", state->part.steps,
                       state->part.steps == 1 ? "" : "es");
    } else if (state->partial.microbatches > 0) {
        (void)snprintf(steps, sizeof steps, " and %zu of %zu microbatches of the next iteration",
                       skel_partial_sum_done(&state->partial), state->partial.microbatches);
    }
    (void)snprintf(state->history + used, sizeof state->history - used,
                   "resumed after %zu iterations and %zu epochs%s on %d ranks\n",
                   position.iterations, position.epochs, steps, skel_comm_size(in->comm));
    SKEL_INFO("resumed: %zu pruning iteration%s and %zu epoch%s%s done before (%s)",
              position.iterations, position.iterations == 1 ? "" : "s", position.epochs,
              position.epochs == 1 ? "" : "s", steps, path);
}

skel_status skel_checkpoint_state_read(const skel_inputs *in, const char *path, skel_reader *reader,
                                       skel_checkpoint_state *state)
{
    bool root = skel_comm_is_root(in->comm);
    bool has_mask = false;
    scalars from = {.position = {0}};
    skel_status status = SKEL_OK;

    if (root) {
        read_scalars(reader, &from);
    }
    skel_comm_broadcast(in->comm, sizeof from, &from);
    state->position = from.position;
    state->part = from.part;
    state->rewound_part = from.rewound_part;
    state->rewound_part.steps = in->settings.rewind_steps;
    state->rewound_part.images = in->settings.rewind_steps * in->job->train.batch_size;
    state->placed = from.placed;
    state->outcome.seconds_prune = from.seconds_prune;
    state->outcome.seconds_train = from.seconds_train;
    state->outcome.test_accuracy = from.test_accuracy;
    state->outcome.test_loss = from.test_loss;
    state->prune_engine = engine_named(from.engine_prune);
    memcpy(state->history, from.history, sizeof state->history);
    SKEL_TRY(skel_comm_agree(in->comm, root ? read_vectors(reader, in, state) : SKEL_OK));
    share_vectors(in, state);
    SKEL_TRY(skel_weight_file_read(in->comm, path, in->network, state->weights.parameters,
                                   state->weights.buffers, state->mask->keep, &has_mask));
    skel_mask_recount(state->mask);
    SKEL_TRY(skel_partial_sum_read(in, reader, &state->partial));
    SKEL_TRY(skel_tables_read(&state->tables, in->comm, reader));
    log_restart(in, path, state);
done:
    return status;
}
