/* Sweeps: reads the runs of a job, and names their files. */
#include "skel/sweep.h"

#include "finished.h"
#include "stem.h"

#include "skel/identity.h"
#include "skel/memory.h"
#include "skel/sound.h"
#include "skel/traits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The error of a run's check: at the key to blame, else at the run. */
static skel_status refuse_run(const char *path, const skel_job_file *file, size_t index,
                              const char *key, skel_status status)
{
    if (key != NULL) {
        return skel_job_file_blame(file, index, key, status);
    }
    return skel_job_file_runs(file) == 1 ? skel_error_prefix("%s", path)
                                         : skel_error_prefix("%s: run %zu", path, index);
}

/* Names the file of each run by what the run computes. */
static skel_status name_runs(skel_sweep *sweep)
{
    skel_identities *identities = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_identities_create(&identities));
    for (size_t i = 0; i < sweep->runs; i++) {
        skel_sweep_run *run = &sweep->run[i];
        char stem[SKEL_STEM];

        SKEL_TRY(skel_identity_of(identities, &run->job, run->identity));
        SKEL_TRY(skel_identity_contents(identities, &run->job, &run->contents));
        SKEL_TRY(skel_stem_of(sweep, run, stem));
        (void)snprintf(run->file, sizeof run->file, "%s/%s", run->job.name, stem);
        run->first = i;
    }
done:
    skel_identities_destroy(&identities);
    return status;
}

static int by_file_and_place(const void *left, const void *right)
{
    const skel_sweep_run *a = *(skel_sweep_run *const *)left;
    const skel_sweep_run *b = *(skel_sweep_run *const *)right;
    int order = strcmp(a->file, b->file);

    order = order != 0 ? order : strcmp(a->identity, b->identity);
    return order != 0 ? order : (a > b) - (a < b);
}

static int by_identity_and_place(const void *left, const void *right)
{
    const skel_sweep_run *a = *(skel_sweep_run *const *)left;
    const skel_sweep_run *b = *(skel_sweep_run *const *)right;
    int order = strcmp(a->identity, b->identity);

    return order != 0 ? order : (a > b) - (a < b);
}

/* Finds runs that are the same, and refuses different ones that would have the same file: their
 * identities begin alike. */
static skel_status compare_runs(skel_sweep *sweep)
{
    skel_sweep_run **sorted = NULL;
    skel_status status = SKEL_ALLOC(sweep->runs, sizeof *sorted, &sorted);

    SKEL_TRY(status);
    for (size_t i = 0; i < sweep->runs; i++) {
        sorted[i] = &sweep->run[i];
    }
    qsort(sorted, sweep->runs, sizeof(skel_sweep_run *), by_identity_and_place);
    for (size_t i = 1; i < sweep->runs; i++) {
        if (strcmp(sorted[i]->identity, sorted[i - 1]->identity) == 0) {
            sorted[i]->first = sorted[i - 1]->first;
            memcpy(sorted[i]->file, sorted[i - 1]->file, sizeof sorted[i]->file);
        }
    }
    qsort(sorted, sweep->runs, sizeof(skel_sweep_run *), by_file_and_place);
    for (size_t i = 1; i < sweep->runs; i++) {
        if (strcmp(sorted[i]->file, sorted[i - 1]->file) == 0 &&
            strcmp(sorted[i]->identity, sorted[i - 1]->identity) != 0) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_CONFIG,
                               "runs %zu and %zu are different, but would have the same file %s, "
                               "because their identities %s and %s begin alike: put one of them "
                               "into a job of another name",
                               (size_t)(sorted[i - 1] - sweep->run),
                               (size_t)(sorted[i] - sweep->run), sorted[i]->file,
                               sorted[i - 1]->identity, sorted[i]->identity));
        }
    }
done:
    SKEL_FREE(&sorted);
    return status;
}

static void copy_axes(const skel_job_file *file, skel_sweep *sweep)
{
    sweep->axes = skel_job_file_axes(file);
    SKEL_ASSERT(sweep->axes <= SKEL_SWEEP_AXES);
    for (size_t i = 0; i < sweep->axes; i++) {
        (void)snprintf(sweep->axis[i], SKEL_SWEEP_KEY, "%s", skel_job_file_axis(file, i));
    }
}

static skel_status read_runs(const char *path, size_t count, const char *const overrides[],
                             skel_sweep *sweep)
{
    skel_job_file *file = NULL;
    skel_networks *networks = NULL;
    const char *key = NULL;
    size_t runs = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_networks_create(&networks));
    SKEL_TRY(skel_job_file_open(path, count, overrides, &file));
    runs = skel_job_file_runs(file);
    SKEL_TRY(SKEL_ALLOC_RAW(runs, sizeof *sweep->run, &sweep->run));
    for (size_t i = 0; i < runs; i++) {
        /* One by one: memory of a long array is not touched before it is needed. */
        memset(&sweep->run[i], 0, sizeof sweep->run[i]);
        sweep->runs = i + 1; /* skel_sweep_close() looks at these alone */
        skel_job_file_run(file, i, &sweep->run[i].job);
        status = skel_sound_check(networks, &sweep->run[i].job, &key);
        if (status != SKEL_OK) {
            status = refuse_run(path, file, i, key, status);
            goto done;
        }
    }
    copy_axes(file, sweep);
    SKEL_TRY(name_runs(sweep));
    SKEL_TRY(compare_runs(sweep));
done:
    skel_networks_destroy(&networks);
    skel_job_file_close(&file);
    return status;
}

skel_status skel_sweep_open(const skel_comm *comm, const char *path, size_t count,
                            const char *const overrides[], skel_sweep **out)
{
    skel_sweep_run *own = NULL;
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK && skel_comm_is_root(comm)) {
        status = read_runs(path, count, overrides, *out);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    own = (*out)->run;
    skel_comm_broadcast(comm, sizeof **out, *out);
    (*out)->run = own;
    if (!skel_comm_is_root(comm)) {
        status = SKEL_ALLOC((*out)->runs, sizeof *(*out)->run, &(*out)->run);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, (*out)->runs * sizeof *(*out)->run, (*out)->run);
done:
    if (status != SKEL_OK) {
        skel_sweep_close(out);
    }
    return status;
}

void skel_sweep_close(skel_sweep **sweep)
{
    if (*sweep != NULL) {
        for (size_t i = 0; (*sweep)->run != NULL && i < (*sweep)->runs; i++) {
            SKEL_FREE(&(*sweep)->run[i].failure);
        }
        SKEL_FREE(&(*sweep)->run);
        SKEL_FREE(sweep);
    }
}

void skel_sweep_path(const char *out, const skel_sweep_run *run, size_t size, char path[])
{
    (void)snprintf(path, size, "%s/%s", out, run->file);
}

skel_status skel_sweep_find_done(const skel_comm *comm, skel_sweep *sweep,
                                 const skel_sweep_options *which)
{
    skel_status status = skel_sweep_locate(comm, sweep, which->out);

    for (size_t i = 0; status == SKEL_OK && i < sweep->runs; i++) {
        skel_sweep_run *run = &sweep->run[i];
        char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
        bool found = false;

        if (run->first != i) {
            run->state = SKEL_RUN_REPEATED;
            continue;
        }
        skel_sweep_path(which->out, run, sizeof path, path);
        status = skel_finished_find(comm, path, which->verify_full, run, &found);
        run->state = found ? SKEL_RUN_DONE : SKEL_RUN_PENDING;
    }
    return status;
}

void skel_sweep_settle(skel_sweep *sweep, size_t index, skel_status status, const char *words)
{
    skel_sweep_run *run = &sweep->run[index];

    sweep->done += status == SKEL_OK;
    run->state = status == SKEL_OK ? SKEL_RUN_DONE : SKEL_RUN_FAILED;
    run->status = status;
    SKEL_FREE(&run->failure);
    if (status != SKEL_OK && skel_strdup(words, &run->failure) != SKEL_OK) {
        run->failure = NULL;
    }
}

static bool prunes(const skel_job *job)
{
    const skel_method *method = NULL;

    return skel_method_find(job->prune.method, &method) == SKEL_OK && skel_method_prunes(method);
}

bool skel_sweep_misses_share(const skel_job *job, double kept)
{
    return prunes(job) && skel_method_misses_share(kept, 1 - job->prune.sparsity);
}

double skel_sweep_removed(const skel_job *job, const skel_outcome *outcome)
{
    if (prunes(job)) {
        return 100 * job->prune.sparsity;
    }
    return outcome != NULL ? 100 * outcome->sparsity : 0;
}
