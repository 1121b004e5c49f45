/* Turns: does the runs of a sweep one after the other, and skips those whose files exist. */
#include "finished.h"
#include "notice.h"

#include "skel/lock.h"
#include "skel/log.h"

#include <unistd.h>

/* Does a run under a lock, unless another process has done it since its file was looked for. */
static skel_status do_locked(skel_session *session, skel_sweep_run *run, size_t index,
                             const char *path, bool *found)
{
    skel_assignment assignment = {.comm = session->comm,
                                  .job = &run->job,
                                  .invocation = &session->invocation,
                                  .index = index,
                                  .runs = session->runs,
                                  .identity = run->identity,
                                  .path = path};
    skel_lock *lock = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_lock_take(session->comm, path, &lock));
    SKEL_TRY(skel_finished_find(session->comm, path, run, found));
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
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
    bool found = false;
    skel_status status = SKEL_OK;

    skel_sweep_path(options->out, run, sizeof path, path);
    SKEL_TRY(skel_finished_find(session->comm, path, run, &found));
    if (!found) {
        SKEL_TRY(do_locked(session, run, index, path, &found));
    }
    run->state = SKEL_RUN_DONE;
    skel_notice_done(run, index + 1, sweep->runs, found);
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
        char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];

        if (!options->only && sweep->run[index].first != index) {
            continue;
        }
        skel_sweep_path(options->out, &sweep->run[index], sizeof path, path);
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
    status = skel_sweep_locate(session->comm, sweep, options->out);
    if (status != SKEL_OK) {
        return status;
    }
    if (skel_comm_is_root(session->comm)) {
        status = look_for_data(sweep, first, end, options);
    }
    status = skel_comm_agree(session->comm, status);
    if (status != SKEL_OK) {
        return status;
    }
    for (size_t index = first; index < end; index++) {
        if (!options->only && sweep->run[index].first != index) {
            sweep->run[index].state = SKEL_RUN_REPEATED;
            skel_notice_repeated(sweep, index);
            continue;
        }
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
