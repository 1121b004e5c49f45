/* Sweeps: reads the runs of a job, and names their files. */
#include "skel/sweep.h"

#include "finished.h"

#include "skel/memory.h"
#include "skel/method.h"
#include "skel/sound.h"

#include <stdio.h>

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

skel_status skel_sweep_find_done(const skel_comm *comm, skel_sweep *sweep,
                                 const skel_sweep_options *which)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sweep->runs; i++) {
        char path[SKEL_JOB_PATH + 256];
        bool found = false;

        skel_sweep_path(which->out, &sweep->run[i].job, i, sizeof path, path);
        SKEL_TRY(skel_finished_find(comm, path, &sweep->run[i], &found));
        sweep->run[i].state = found ? SKEL_RUN_DONE : SKEL_RUN_PENDING;
    }
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
