/* Sweeps: does the runs of a job one after the other, and skips those whose files exist. */
#include "skel/sweep.h"

#include "skel/stored.h"

#include "skel/lock.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/method.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/sound.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The error of a run's check: at the key to blame, else at the run. */
static skel_status refuse_run(const char *path, const skel_job_file *file, size_t index,
                              const char *key)
{
    if (key != NULL) {
        return skel_job_file_blame(file, index, key);
    }
    return skel_job_file_runs(file) == 1 ? skel_error_prefix("%s", path)
                                         : skel_error_prefix("%s: run %zu", path, index);
}

static skel_status read_runs(const char *path, size_t count, const char *const overrides[],
                             skel_sweep *sweep)
{
    skel_job_file *file = NULL;
    const char *key = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_job_file_open(path, count, overrides, &file));
    sweep->runs = skel_job_file_runs(file);
    SKEL_TRY(SKEL_ALLOC(sweep->runs, sizeof *sweep->run, &sweep->run));
    for (size_t i = 0; i < sweep->runs; i++) {
        skel_job_file_run(file, i, &sweep->run[i].job);
        if (skel_sound_check(&sweep->run[i].job, &key) != SKEL_OK) {
            status = refuse_run(path, file, i, key);
            goto done;
        }
    }
done:
    skel_job_file_close(&file);
    return status;
}

skel_status skel_sweep_open(const skel_comm *comm, const char *path, size_t count,
                            const char *const overrides[], skel_sweep **out)
{
    uint64_t runs = 0;
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK && skel_comm_is_root(comm)) {
        status = read_runs(path, count, overrides, *out);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    runs = (*out)->runs;
    skel_comm_broadcast(comm, sizeof runs, &runs);
    if (!skel_comm_is_root(comm)) {
        (*out)->runs = runs;
        status = SKEL_ALLOC(runs, sizeof *(*out)->run, &(*out)->run);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, runs * sizeof *(*out)->run, (*out)->run);
done:
    if (status != SKEL_OK) {
        skel_sweep_close(out);
    }
    return status;
}

void skel_sweep_close(skel_sweep **sweep)
{
    if (*sweep != NULL) {
        SKEL_FREE(&(*sweep)->run);
        SKEL_FREE(sweep);
    }
}

void skel_sweep_path(const char *out, const skel_job *job, size_t index, size_t size, char path[])
{
    (void)snprintf(path, size, "%s/%s/%04zu-%s-s%.10g-seed%llu.h5", out, job->name, index,
                   job->prune.method, job->prune.sparsity, (unsigned long long)job->seed);
}

/* Tells the user if the file was made with other settings than the job asks for now. */
static skel_status compare_jobs(skel_reader *reader, const char *path, const skel_job *job)
{
    bool same = false;
    skel_status status = skel_stored_job_is(reader, job, &same);

    if (status == SKEL_OK && !same) {
        SKEL_WARN("%s was made with other settings than the job has now, and is kept; compare "
                  "`skel inspect --job`, or write to another --out",
                  path);
    }
    return status;
}

/* A file at the run's path is never overwritten, even if it is no run file. */
static skel_status open_run(const char *path, skel_reader **reader)
{
    char schema[64] = "";
    skel_status status = skel_reader_open(path, reader);

    if (status == SKEL_OK) {
        skel_reader_attribute(*reader, "/", "schema_name", sizeof schema, schema);
        if (strcmp(schema, SKEL_RUN_SCHEMA) != 0) {
            status =
                SKEL_FAIL(SKEL_ERR_DATA, "%s is no run file (schema_name \"%s\")", path, schema);
        }
    }
    if (status != SKEL_OK) {
        status = skel_error_prefix("what is in the place of the run's file is kept; move it away "
                                   "to do the run again");
    }
    return status;
}

static skel_status read_outcome(const char *path, const skel_job *job, skel_outcome *out)
{
    skel_reader *reader = NULL;
    char accuracy[64];
    char connected[64];
    skel_status status = SKEL_OK;

    SKEL_TRY(open_run(path, &reader));
    skel_reader_attribute(reader, "/summary", "test_accuracy", sizeof accuracy, accuracy);
    skel_reader_attribute(reader, "/summary", "connected", sizeof connected, connected);
    *out = (skel_outcome){
        .prunable = (size_t)skel_stored_number(reader, "/summary", "prunable"),
        .kept = (size_t)skel_stored_number(reader, "/summary", "kept"),
        .sparsity = skel_stored_number(reader, "/summary", "sparsity_reached"),
        .effective = (size_t)skel_stored_number(reader, "/summary", "kept_effective"),
        .collapsed = (size_t)skel_stored_number(reader, "/summary", "collapsed_layers"),
        .connected = strcmp(connected, "0") != 0, /* older files do not say */
        .objective = skel_stored_number(reader, "/summary", "objective"),
        .tested = accuracy[0] != '\0',
        .test_accuracy = skel_stored_number(reader, "/summary", "test_accuracy"),
        .test_loss = skel_stored_number(reader, "/summary", "test_loss"),
        .seconds_prune = skel_stored_number(reader, "/summary", "seconds_prune"),
        .seconds_train = skel_stored_number(reader, "/summary", "seconds_train"),
        .seconds = skel_stored_number(reader, "/summary", "seconds"),
    };
    skel_reader_attribute(reader, "/summary", "mask_hash", sizeof out->mask_hash, out->mask_hash);
    SKEL_TRY(compare_jobs(reader, path, job));
done:
    skel_reader_close(&reader);
    return status;
}

/* Whether the run's file is there already; its outcome then. */
static skel_status find_done(const skel_comm *comm, const char *path, skel_sweep_run *run,
                             bool *found)
{
    skel_status status = SKEL_OK;

    *found = false;
    if (skel_comm_is_root(comm) && access(path, F_OK) == 0) {
        *found = true;
        status = read_outcome(path, &run->job, &run->outcome);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, sizeof *found, found);
    skel_comm_broadcast(comm, sizeof run->outcome, &run->outcome);
done:
    return status;
}

double skel_sweep_removed(const skel_job *job, const skel_outcome *outcome)
{
    const skel_method *method = NULL;

    if (skel_method_find(job->prune.method, &method) == SKEL_OK && skel_method_prunes(method)) {
        return 100 * job->prune.sparsity;
    }
    return outcome != NULL ? 100 * outcome->sparsity : 0;
}

static void say_outcome(const skel_sweep_run *run, size_t number, size_t total, bool kept)
{
    const skel_outcome *outcome = &run->outcome;
    char took[SKEL_TEXT_DURATION];
    char tested[64] = "not trained";
    char collapsed[64] = "";

    skel_text_duration(outcome->seconds, took);
    if (outcome->tested) {
        (void)snprintf(tested, sizeof tested, "test %.2f %%", 100 * outcome->test_accuracy);
    }
    if (!outcome->connected) {
        (void)snprintf(collapsed, sizeof collapsed, " (disconnected)");
    } else if (outcome->collapsed > 0) {
        (void)snprintf(collapsed, sizeof collapsed, " (%zu layer%s collapsed)", outcome->collapsed,
                       outcome->collapsed == 1 ? "" : "s");
    }
    SKEL_INFO("[%zu/%zu] %-9s %.6g %% removed, seed %llu: kept %zu of %zu%s, %s, %s%s", number,
              total, run->job.prune.method, skel_sweep_removed(&run->job, outcome),
              (unsigned long long)run->job.seed, outcome->kept, outcome->prunable, collapsed,
              tested, took, kept ? " (its file exists: kept, skipped)" : "");
}

/* Does a run under a lock, unless another process has done it since its file was looked for. */
static skel_status do_locked(skel_session *session, skel_sweep_run *run, size_t index,
                             const char *path, bool *found)
{
    skel_assignment assignment = {.comm = session->comm,
                                  .job = &run->job,
                                  .invocation = &session->invocation,
                                  .index = index,
                                  .runs = session->runs,
                                  .path = path};
    skel_lock *lock = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_lock_take(session->comm, path, &lock));
    SKEL_TRY(find_done(session->comm, path, run, found));
    if (!*found) {
        SKEL_TRY(skel_session_dataset(session, &run->job, &assignment.dataset));
        SKEL_TRY(skel_experiment_run(&assignment, &run->outcome));
    }
done:
    skel_lock_release(&lock);
    return status;
}

static skel_status do_run(skel_session *session, skel_sweep *sweep, size_t index,
                          const skel_sweep_options *options)
{
    skel_sweep_run *run = &sweep->run[index];
    char path[SKEL_JOB_PATH + 256];
    bool found = false;
    skel_status status = SKEL_OK;

    skel_sweep_path(options->out, &run->job, index, sizeof path, path);
    SKEL_TRY(find_done(session->comm, path, run, &found));
    if (!found) {
        SKEL_TRY(do_locked(session, run, index, path, &found));
    }
    run->state = SKEL_RUN_DONE;
    say_outcome(run, index + 1, sweep->runs, found);
done:
    if (status != SKEL_OK) {
        status = skel_error_prefix("run %zu (%s, sparsity %.10g, seed %llu)", index,
                                   run->job.prune.method, run->job.prune.sparsity,
                                   (unsigned long long)run->job.seed);
    }
    return status;
}

/* The root looks for the data sets of runs that are not done, so that a missing one is found before
 * the first run. */
static skel_status look_for_data(const skel_sweep *sweep, size_t first, size_t end,
                                 const skel_sweep_options *options)
{
    skel_status status = SKEL_OK;

    for (size_t index = first; status == SKEL_OK && index < end; index++) {
        const skel_job *job = &sweep->run[index].job;
        char path[SKEL_JOB_PATH + 256];

        skel_sweep_path(options->out, job, index, sizeof path, path);
        if (access(path, F_OK) != 0 &&
            skel_dataset_check(job->data.set, job->data.dir) != SKEL_OK) {
            status = end - first > 1 ? skel_error_prefix("run %zu", index)
                                     : skel_error_prefix("data set");
        }
    }
    return status;
}

skel_status skel_sweep_run_all(skel_session *session, skel_sweep *sweep,
                               const skel_sweep_options *options)
{
    size_t first = options->only ? options->index : 0;
    size_t end = options->only ? options->index + 1 : sweep->runs;
    size_t failed = 0;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(end <= sweep->runs);
    session->runs = sweep->runs;
    if (skel_comm_is_root(session->comm)) {
        status = look_for_data(sweep, first, end, options);
    }
    status = skel_comm_agree(session->comm, status);
    if (status != SKEL_OK) {
        return status;
    }
    for (size_t index = first; index < end; index++) {
        status = do_run(session, sweep, index, options);
        if (status == SKEL_ERR_NUMBER && end - first > 1) {
            sweep->run[index].state = SKEL_RUN_FAILED;
            skel_log(SKEL_LOG_ERROR, "%s", skel_error_message());
            failed++;
        } else if (status != SKEL_OK) {
            return status;
        }
    }
    if (failed > 0) {
        return SKEL_FAIL(SKEL_ERR_NUMBER,
                         "%zu of %zu runs failed, as said above; the others' files "
                         "are complete",
                         failed, end - first);
    }
    return SKEL_OK;
}
