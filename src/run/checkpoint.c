/* Writing checkpoints when they are due; two generations are kept. */
#include "checkpoint.h"
#include "generations.h"
#include "record.h"

#include "skel/chronicle.h"
#include "skel/leftovers.h"
#include "skel/libraries.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/run_file.h"
#include "skel/stop.h"
#include "skel/watchdog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PLACE = 160 }; /* bytes of the words for a position */

/* Root only: the fresh checkpoint becomes the newest, and the newest the older one. */
static skel_status shift_generations(const skel_inputs *in)
{
    char fresh[SKEL_GENERATION_PATH];
    char newest[SKEL_GENERATION_PATH];
    char older[SKEL_GENERATION_PATH];

    skel_generation_path(in->assignment->path, SKEL_GENERATION_FRESH, fresh);
    skel_generation_path(in->assignment->path, SKEL_GENERATION_NEWEST, newest);
    skel_generation_path(in->assignment->path, SKEL_GENERATION_OLDER, older);
    (void)rename(newest, older); /* there is none the first time */
    if (rename(fresh, newest) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot rename %s to %s: %s", fresh, newest, strerror(errno));
    }
    return SKEL_OK;
}

static skel_status write_checkpoint(const skel_inputs *in, const skel_checkpoint_state *state)
{
    char path[SKEL_GENERATION_PATH];
    char kernels[SKEL_KERNELS_TEXT];
    skel_file *file = NULL;
    char *job = NULL;
    skel_status status = SKEL_OK;

    skel_generation_path(in->assignment->path, SKEL_GENERATION_FRESH, path);
    SKEL_TRY(skel_comm_agree(in->comm, skel_job_print(in->job, &job)));
    SKEL_TRY(skel_file_create(in->comm, path, &file));
    SKEL_TRY(skel_record_stamp(in->comm, file, SKEL_CHECKPOINT_SCHEMA));
    SKEL_TRY(skel_file_set_text(file, "/provenance", "job", job));
    skel_kernels_text(kernels);
    SKEL_TRY(skel_file_set_text(file, "/provenance", "kernels", kernels));
    if (in->assignment->identity != NULL) {
        SKEL_TRY(skel_file_set_text(file, "/provenance", "identity", in->assignment->identity));
    }
    SKEL_TRY(skel_record_data(in, file));
    SKEL_TRY(skel_checkpoint_state_write(in, state, file));
    SKEL_TRY(skel_file_publish(&file));
    SKEL_TRY(
        skel_comm_agree(in->comm, skel_comm_is_root(in->comm) ? shift_generations(in) : SKEL_OK));
done:
    skel_file_discard(&file);
    SKEL_FREE(&job);
    return status;
}

static bool is_late(const skel_inputs *in, const skel_checkpoint_state *state, double least)
{
    double apart = in->job->checkpoint.spacing * state->took;

    return skel_seconds() - state->saved > (apart > least ? apart : least);
}

/* By the clock of the root: whether the next checkpoint is far enough from the latest one, or from
 * the start. */
static bool is_apart(const skel_inputs *in, const skel_checkpoint_state *state, double least)
{
    bool is = is_late(in, state, least);

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

bool skel_checkpoint_is_late(const skel_inputs *in, const skel_checkpoint_state *state)
{
    double every = in->job->checkpoint.every_seconds;

    return every > 0 && is_late(in, state, every);
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

/* "after 2 pruning iterations, 0 epochs and 3 batches", or that there was no step. */
static void write_place(const skel_checkpoint_state *state, char out[PLACE])
{
    skel_position position = state->position;
    size_t steps = state->part.steps;
    char inside[48] = "";

    if (position.iterations + position.epochs + steps == 0 && !state->partial_is_saved) {
        (void)snprintf(out, PLACE, "before its first step");
        return;
    }
    if (state->partial_is_saved) {
        (void)snprintf(inside, sizeof inside, ", inside iteration %zu", position.iterations + 1);
    }
    (void)snprintf(out, PLACE, "after %zu pruning iteration%s, %zu epoch%s and %zu batch%s%s",
                   position.iterations, position.iterations == 1 ? "" : "s", position.epochs,
                   position.epochs == 1 ? "" : "s", steps, steps == 1 ? "" : "es", inside);
}

skel_status skel_checkpoint_stop(const skel_inputs *in, skel_checkpoint_state *state)
{
    char reason[SKEL_STOP_REASON];
    char remedy[SKEL_STOP_REASON];
    char path[SKEL_GENERATION_PATH];
    char place[PLACE];
    skel_status status = SKEL_OK;

    (void)snprintf(reason, sizeof reason, "%s", skel_error_message());
    skel_stop_adopt(reason); /* this rank may not have been asked itself */
    if (!state->partial_is_saved) {
        SKEL_TRY(skel_checkpoint_save(in, state));
    }
    write_place(state, place);
    skel_stop_remedy(remedy);
    skel_generation_path(in->assignment->path, SKEL_GENERATION_NEWEST, path);
    status = SKEL_FAIL(SKEL_ERR_STOPPED, "%s %s; %s from %s", reason, place, remedy, path);
done:
    return status;
}

void skel_checkpoint_remove(const skel_inputs *in)
{
    if (skel_comm_is_root(in->comm)) {
        skel_leftovers_remove(in->assignment->path);
    }
}
