/* Checkpoint files: two generations are kept; the latest good one is read before a run. */
#include "checkpoint.h"
#include "record.h"

#include "skel/stored.h"

#include "skel/chronicle.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/run_file.h"
#include "skel/stop.h"
#include "skel/watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = SKEL_JOB_PATH + 320, GENERATIONS = 3 };

/* The first name is a file's for the moment between its publication and the renaming of the others:
 * both older ones are kept until it is complete. */
static const char *const suffixes[GENERATIONS] = {".checkpoint.new", ".checkpoint",
                                                  ".checkpoint.old"};

enum { FRESH, NEWEST, OLDER };

static void path_of(const skel_inputs *in, size_t generation, char out[PATH_SIZE])
{
    (void)snprintf(out, PATH_SIZE, "%s%s", in->assignment->path, suffixes[generation]);
}

/* Root only: the fresh checkpoint becomes the newest, and the newest the older one. */
static skel_status shift_generations(const skel_inputs *in)
{
    char fresh[PATH_SIZE];
    char newest[PATH_SIZE];
    char older[PATH_SIZE];

    path_of(in, FRESH, fresh);
    path_of(in, NEWEST, newest);
    path_of(in, OLDER, older);
    (void)rename(newest, older); /* there is none the first time */
    if (rename(fresh, newest) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot rename %s to %s: %s", fresh, newest, strerror(errno));
    }
    return SKEL_OK;
}

static skel_status write_checkpoint(const skel_inputs *in, const skel_checkpoint_state *state)
{
    char path[PATH_SIZE];
    skel_file *file = NULL;
    char *job = NULL;
    skel_status status = SKEL_OK;

    path_of(in, FRESH, path);
    SKEL_TRY(skel_comm_agree(in->comm, skel_job_print(in->job, &job)));
    SKEL_TRY(skel_file_create(in->comm, path, &file));
    SKEL_TRY(skel_record_stamp(in->comm, file, SKEL_CHECKPOINT_SCHEMA));
    SKEL_TRY(skel_file_set_text(file, "/provenance", "job", job));
    SKEL_TRY(skel_checkpoint_state_write(in, state, file));
    SKEL_TRY(skel_file_publish(&file));
    SKEL_TRY(
        skel_comm_agree(in->comm, skel_comm_is_root(in->comm) ? shift_generations(in) : SKEL_OK));
done:
    skel_file_discard(&file);
    SKEL_FREE(&job);
    return status;
}

/* Seconds that the first checkpoint may take: of its objects, and of three vectors of the
 * parameters (weights, momentum, and those of a method). Measured times take the place of this one.
 */
static double expected_seconds(const skel_inputs *in)
{
    const double objects = 0.02;
    const double bytes_a_second = 5e8;

    return objects + 3.0 * (double)in->network->parameter_count * sizeof(float) / bytes_a_second;
}

/* By the clock of the root: whether the next checkpoint is far enough from the latest one, or from
 * the start. */
static bool is_apart(const skel_inputs *in, const skel_checkpoint_state *state, double least)
{
    double apart = in->job->checkpoint.spacing * state->took;
    bool is = skel_seconds() - state->saved > (apart > least ? apart : least);

    skel_comm_broadcast(in->comm, sizeof is, &is);
    return is;
}

static bool divides(uint64_t every, size_t done)
{
    return every > 0 && done > 0 && done % every == 0;
}

bool skel_checkpoint_is_time(const skel_inputs *in, const skel_checkpoint_state *state)
{
    double every = in->job->checkpoint.every_seconds;

    return every > 0 && is_apart(in, state, every);
}

/* By count, which is the same on every rank, where the latest one is long enough ago; by the clock.
 */
static bool is_due(const skel_inputs *in, const skel_checkpoint_state *state)
{
    const skel_job *job = in->job;
    skel_position position = state->position;
    bool pruning = position.epochs == 0;
    bool due = pruning ? divides(job->checkpoint.every_iterations, position.iterations)
                       : divides(job->checkpoint.every_epochs, position.epochs);
    bool late = skel_checkpoint_is_time(in, state);

    if (due && !late && job->checkpoint.spacing > 0) {
        due = is_apart(in, state, 0);
    }
    /* after the last epoch the run file itself comes next */
    return !skel_leg_ends_run(job, &in->settings, position) && (due || late);
}

skel_status skel_checkpoint_save(const skel_inputs *in, skel_checkpoint_state *state)
{
    double started = skel_seconds();
    skel_status status = SKEL_OK;

    skel_watchdog_io_begin("writing a checkpoint of %s", in->assignment->path);
    status = write_checkpoint(in, state);
    skel_watchdog_io_end();
    SKEL_TRY(status);
    state->saved = skel_seconds();
    state->took = state->saved - started;
    skel_stop_allow_for(state->took);
    skel_chronicle_write(in->assignment->chronicle, "checkpoint", state->position, NULL);
    SKEL_DEBUG("  checkpoint: %zu iterations, %zu epochs, %zu batches", state->position.iterations,
               state->position.epochs, state->part.steps);
done:
    return status;
}

skel_status skel_checkpoint_when_due(const skel_inputs *in, skel_checkpoint_state *state)
{
    skel_status status = SKEL_OK;

    if (is_due(in, state)) {
        SKEL_TRY(skel_checkpoint_save(in, state));
    }
    if (!skel_leg_ends_run(in->job, &in->settings, state->position)) {
        status = skel_comm_agree(in->comm, skel_stop_check());
    }
done:
    return status;
}

skel_status skel_checkpoint_stop(const skel_inputs *in, skel_checkpoint_state *state)
{
    char reason[SKEL_STOP_REASON];
    skel_status status = SKEL_OK;

    (void)snprintf(reason, sizeof reason, "%s", skel_error_message());
    SKEL_TRY(skel_checkpoint_save(in, state));
    status =
        SKEL_FAIL(SKEL_ERR_STOPPED,
                  "%s after %zu pruning iteration%s, %zu epoch%s and %zu batch%s; the same "
                  "command goes on from %s%s",
                  reason, state->position.iterations, state->position.iterations == 1 ? "" : "s",
                  state->position.epochs, state->position.epochs == 1 ? "" : "s", state->part.steps,
                  state->part.steps == 1 ? "" : "es", in->assignment->path, suffixes[NEWEST]);
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
    if (skel_stored_number(reader, "/", "schema_version") > SKEL_CHECKPOINT_SCHEMA_VERSION) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s was written by a later release of skel (schema_version above %d); go "
                         "on with that release, or remove the file to start again",
                         path, SKEL_CHECKPOINT_SCHEMA_VERSION);
    }
    return SKEL_OK;
}

/* Opens the latest generation that is whole; *reader stays NULL if there is none. */
static skel_status open_latest(const skel_inputs *in, char path[PATH_SIZE], skel_reader **reader)
{
    for (size_t generation = 0; generation < GENERATIONS; generation++) {
        size_t datasets = 0;
        skel_status status = SKEL_OK;

        path_of(in, generation, path);
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
            return check_job(*reader, path, in->job);
        }
        if (status == SKEL_ERR_CONFIG) {
            return status; /* a later release's: it is whole, and worth keeping */
        }
        SKEL_WARN("%s; passed over", skel_error_message());
        skel_reader_close(reader);
    }
    return SKEL_OK;
}

/* After an older generation was read it takes the newest's place, which was damaged or missing: the
 * next checkpoint moves that aside, and must not move it over the only good one. */
static void promote(const skel_inputs *in, const char *path)
{
    char newest[PATH_SIZE];

    path_of(in, NEWEST, newest);
    if (strcmp(path, newest) != 0) {
        (void)rename(path, newest); /* should it fail, publishing will, too, and say why */
    }
}

skel_status skel_checkpoint_restore(const skel_inputs *in, skel_checkpoint_state *state)
{
    char path[PATH_SIZE] = "";
    skel_reader *reader = NULL;
    bool found = false;
    skel_status status = SKEL_OK;

    state->saved = skel_seconds();
    state->took = expected_seconds(in);
    skel_watchdog_io_begin("reading a checkpoint of %s", in->assignment->path);
    if (skel_comm_is_root(in->comm)) {
        status = open_latest(in, path, &reader);
        found = reader != NULL;
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    skel_comm_broadcast(in->comm, sizeof found, &found);
    if (found) {
        SKEL_TRY(skel_checkpoint_state_read(in, path, reader, state));
        skel_chronicle_write(in->assignment->chronicle, "resume", state->position, NULL);
        if (skel_comm_is_root(in->comm)) {
            promote(in, path);
        }
    }
done:
    skel_reader_close(&reader);
    skel_watchdog_io_end();
    return status;
}

void skel_checkpoint_remove(const skel_inputs *in)
{
    if (!skel_comm_is_root(in->comm)) {
        return;
    }
    for (size_t generation = 0; generation < GENERATIONS; generation++) {
        char path[PATH_SIZE];
        char part[PATH_SIZE + sizeof ".part"];

        path_of(in, generation, path);
        (void)unlink(path); /* there may be none */
        (void)snprintf(part, sizeof part, "%s.part", path);
        (void)unlink(part); /* of an invocation that was killed while it wrote one */
    }
}
