/* Finding the checkpoint that a run goes on from. Nothing damaged is believed, and no work is given
 * up without a word. */
#include "checkpoint.h"
#include "checkpoint_check.h"
#include "checkpoint_data.h"
#include "checkpoint_others.h"
#include "generations.h"
#include "initial_state.h"

#include "skel/chronicle.h"
#include "skel/libraries.h"
#include "skel/log.h"
#include "skel/progress.h"
#include "skel/run_file.h"
#include "skel/stored.h"
#include "skel/version.h"
#include "skel/watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = 1024 };

/* The root's look at all generations. */
typedef struct search {
    const skel_inputs *in;
    const skel_checkpoint_state *state;
    char path[SKEL_GENERATION_PATH];
    skel_reader *reader; /* of the generation that can be used; NULL: none */
    size_t unusable;
    skel_status status; /* of the first unusable one */
    char words[WORDS];  /* its message */
} search;

static skel_status check_schema(skel_reader *reader)
{
    const char *path = skel_reader_path(reader);
    char schema[64];
    char version[64];
    double number = skel_stored_number(reader, "/", "schema_version");

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    skel_reader_attribute(reader, "/", "schema_version", sizeof version, version);
    if (strcmp(schema, SKEL_CHECKPOINT_SCHEMA) != 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is no checkpoint (schema_name \"%s\")", path, schema);
    }
    if (number > SKEL_CHECKPOINT_SCHEMA_VERSION) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "%s was written by a later release of skel (schema_version %s, this "
                         "release reads 1 to %d); go on with that release",
                         path, version, SKEL_CHECKPOINT_SCHEMA_VERSION);
    }
    if (!(number >= 1) || number != (double)(int)number) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the attribute schema_version of / is \"%s\", expected 1 to %d", path,
                         version, SKEL_CHECKPOINT_SCHEMA_VERSION);
    }
    return SKEL_OK;
}

static skel_status check_job(skel_reader *reader, const skel_job *job)
{
    bool same = false;
    skel_status status = skel_stored_job_is(reader, job, &same);

    if (status == SKEL_OK && !same) {
        status = SKEL_FAIL(SKEL_ERR_CONFIG, "%s is a checkpoint of a job with other settings",
                           skel_reader_path(reader));
    }
    return status;
}

/* Opens a generation and checks all of it. */
static skel_status examine(search *of)
{
    size_t datasets = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(of->path, &of->reader));
    SKEL_TRY(check_schema(of->reader));
    SKEL_TRY(skel_reader_verify(of->reader, &datasets));
    SKEL_TRY(check_job(of->reader, of->in->job));
    SKEL_TRY(skel_checkpoint_data_check(of->in, of->reader));
    SKEL_TRY(skel_initial_state_check(of->in, of->reader));
    SKEL_TRY(skel_checkpoint_check(of->in, of->state, of->reader));
done:
    return status;
}

/* The reader's end may know better why. */
static void note_unusable(search *of, skel_status status)
{
    status = skel_reader_close(&of->reader, status);
    if (of->unusable++ == 0) {
        of->status = status;
        (void)snprintf(of->words, sizeof of->words, "%s", skel_error_message());
    } else {
        SKEL_WARN("%s", skel_error_message());
    }
}

/* The newest generation that can be used stays open. */
static skel_status look(search *of)
{
    for (size_t generation = 0; generation < SKEL_GENERATIONS && of->reader == NULL; generation++) {
        skel_status status = SKEL_OK;

        skel_generation_path(of->in->assignment->path, generation, of->path);
        if (access(of->path, F_OK) != 0) {
            continue;
        }
        status = examine(of);
        if (status == SKEL_ERR_MEMORY) {
            return status;
        }
        if (status != SKEL_OK) {
            note_unusable(of, status);
        }
    }
    if (of->reader == NULL && of->unusable == 0) {
        skel_status status = skel_checkpoint_check_others(of->in);

        if (status != SKEL_OK) {
            note_unusable(of, status);
        }
    }
    return SKEL_OK;
}

/* Tells of what cannot be used; refuses to start from the beginning unless that is asked for. */
static skel_status decide(const search *of)
{
    if (of->unusable == 0) {
        return SKEL_OK;
    }
    if (of->reader != NULL) {
        SKEL_WARN("%s; passed over, an older checkpoint is good", of->words);
        return SKEL_OK;
    }
    if (of->in->assignment->restart) {
        SKEL_WARN("%s; the run starts from the beginning, as --restart says", of->words);
        return SKEL_OK;
    }
    return SKEL_FAIL(of->status,
                     "%s; the run has no checkpoint that can be used, and does not start from the "
                     "beginning by itself: nothing was changed; --restart starts it, and replaces "
                     "its checkpoints",
                     of->words);
}

static void tell_release(skel_reader *reader)
{
    char own[128];
    char written[128];

    (void)snprintf(own, sizeof own, "%s (%s)", skel_version(), skel_revision());
    skel_reader_attribute(reader, "/", "software_version", sizeof written, written);
    if (strcmp(own, written) != 0) {
        SKEL_WARN("%s was written by skel %s, and skel %s goes on with it: the last bits of the "
                  "result may be those of neither release",
                  skel_reader_path(reader), written, own);
    }
}

/* Warns if other kernels go on. A checkpoint of an earlier release does not name its own. */
static void tell_kernels(skel_reader *reader)
{
    char own[SKEL_KERNELS_TEXT];
    char written[SKEL_KERNELS_TEXT];

    skel_kernels_text(own);
    skel_reader_attribute(reader, "/provenance", "kernels", sizeof written, written);
    if (written[0] != '\0' && strcmp(own, written) != 0) {
        SKEL_WARN(
            "%s was computed with kernels for %s, and goes on with those for %s: the last bits "
            "of the result may be those of neither",
            skel_reader_path(reader), written, own);
    }
}

/* After an older generation was read it takes the newest's place, which was damaged or missing: the
 * next checkpoint moves that aside, and must not move it over the only good one. */
static void promote(const skel_inputs *in, const char *path)
{
    char newest[SKEL_GENERATION_PATH];

    skel_generation_path(in->assignment->path, SKEL_GENERATION_NEWEST, newest);
    if (strcmp(path, newest) != 0) {
        (void)rename(path, newest); /* should it fail, publishing will, too, and say why */
    }
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

/* Root only: tries the longest path of the run first, so that one that is too long fails before
 * the work. */
static skel_status try_longest_path(const char *run)
{
    char fresh[SKEL_GENERATION_PATH];
    char path[SKEL_GENERATION_PATH + sizeof ".part"];

    skel_generation_path(run, SKEL_GENERATION_FRESH, fresh);
    (void)snprintf(path, sizeof path, "%s.part", fresh);
    if (access(path, F_OK) != 0 && errno == ENAMETOOLONG) {
        return SKEL_FAIL(SKEL_ERR_IO,
                         "the path of its checkpoint of %zu bytes is too long for the system, or "
                         "the name in it; choose a shorter --out or name of the job: %s",
                         strlen(path), path);
    }
    return SKEL_OK;
}

skel_status skel_checkpoint_restore(const skel_inputs *in, skel_checkpoint_state *state)
{
    search of = {.in = in, .state = state};
    bool found = false;
    skel_status status = SKEL_OK;

    state->saved = skel_seconds();
    state->took = expected_seconds(in);
    skel_watchdog_io_begin("reading a checkpoint of %s", in->assignment->path);
    if (skel_comm_is_root(in->comm)) {
        status = try_longest_path(in->assignment->path);
        status = status == SKEL_OK ? look(&of) : status;
        status = status == SKEL_OK ? decide(&of) : status;
        found = of.reader != NULL;
    }
    SKEL_TRY(skel_comm_agree(in->comm, status));
    skel_comm_broadcast(in->comm, sizeof found, &found);
    if (found) {
        SKEL_TRY(skel_checkpoint_state_read(in, of.path, of.reader, state));
        skel_chronicle_write(in->assignment->chronicle, "resume", state->position, NULL);
        if (skel_comm_is_root(in->comm)) {
            tell_release(of.reader);
            tell_kernels(of.reader);
            promote(in, of.path);
        }
    }
done:
    status = skel_comm_agree(in->comm, skel_reader_close(&of.reader, status));
    skel_watchdog_io_end();
    return status;
}
