/* Where each run of a submission stands: done, in Slurm's queue, or missing. */
#include "submission.h"

#include "skel/dataset.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/queue.h"
#include "skel/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether the run's file exists. */
static bool is_done(const skel_submission *submission, const skel_sweep_run *run)
{
    char path[SKEL_SUBMISSION_PATH];

    skel_sweep_path(submission->out, run, sizeof path, path);
    return access(path, F_OK) == 0;
}

/* The queued job will do this run, if it is one of ours. */
static void mark_run(skel_submission *submission, const skel_sweep_run *run, const char *id)
{
    for (size_t i = 0; i < submission->sweep->runs; i++) {
        if (submission->place[i] == SKEL_PLACE_MISSING &&
            strcmp(submission->sweep->run[i].identity, run->identity) == 0) {
            submission->place[i] = SKEL_PLACE_QUEUED;
            (void)snprintf(submission->queued_by, sizeof submission->queued_by, "%s", id);
        }
    }
}

/* Marks the runs that a queued job of the sweep will do: one run, or all. */
static void mark_job(skel_submission *submission, const skel_sweep *queued,
                     const skel_queue_job *job)
{
    size_t first = job->is_element ? job->index : 0;
    size_t end = job->is_element ? job->index + 1 : queued->runs;

    for (size_t i = first; i < end && i < queued->runs; i++) {
        if (!is_done(submission, &queued->run[i])) {
            mark_run(submission, &queued->run[i], job->id);
        }
    }
}

/* The queue's jobs may be of several frozen jobs, each of which is opened once. */
static void find_queued(skel_submission *submission, const skel_comm *self, const skel_queue *queue)
{
    const char *opened = "";
    skel_sweep *queued = NULL;

    for (size_t i = 0; i < queue->jobs; i++) {
        const skel_queue_job *job = &queue->job[i];

        if (!skel_queue_is_in(submission->folder, job->frozen)) {
            continue;
        }
        if (strcmp(opened, job->frozen) != 0) {
            opened = job->frozen;
            skel_sweep_close(&queued);
            if (skel_sweep_open(self, job->frozen, 0, NULL, &queued) != SKEL_OK) {
                SKEL_WARN("job %s is in the queue, but its job file cannot be read: %s", job->id,
                          skel_error_message());
            }
        }
        if (queued != NULL) {
            mark_job(submission, queued, job);
        }
    }
    skel_sweep_close(&queued);
}

/* In a dry run Slurm need not be there. */
static skel_status ask_queue(skel_submission *submission, const skel_comm *self)
{
    skel_queue queue = {.jobs = 0};
    skel_status status = skel_queue_read(&queue);

    submission->has_slurm = status == SKEL_OK;
    if (status == SKEL_OK) {
        find_queued(submission, self, &queue);
    } else if (status == SKEL_ERR_MISSING && submission->options->dry_run) {
        SKEL_WARN("%s; the plan does not know of runs in the queue", skel_error_message());
        skel_error_clear();
        status = SKEL_OK;
    } else if (status == SKEL_ERR_MISSING) {
        status = skel_error_prefix("this machine has no Slurm, or its module is not loaded, or it "
                                   "does not answer; `mpirun -n 4 skel run %s` does the runs here",
                                   submission->path);
    }
    skel_queue_clear(&queue);
    return status;
}

static skel_status check_data(const skel_submission *submission)
{
    const skel_job *last = NULL;

    for (size_t i = 0; i < submission->sweep->runs; i++) {
        const skel_job *job = &submission->sweep->run[i].job;
        const skel_dataset_source source = skel_settings_source(job);
        const skel_dataset_source before = skel_settings_source(last != NULL ? last : job);

        if (submission->place[i] != SKEL_PLACE_MISSING ||
            (last != NULL && skel_dataset_is_same(&before, &source))) {
            continue;
        }
        if (skel_dataset_check(&source) != SKEL_OK) {
            return skel_error_prefix("run %zu", i);
        }
        last = job;
    }
    return SKEL_OK;
}

skel_status skel_submit_look(skel_submission *submission)
{
    size_t runs = submission->sweep->runs;
    skel_comm *self = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(SKEL_ALLOC(runs, sizeof *submission->place, &submission->place));
    SKEL_TRY(skel_sweep_locate(self, submission->sweep, submission->out));
    for (size_t i = 0; i < runs; i++) {
        const skel_sweep_run *run = &submission->sweep->run[i];

        /* the first of equal runs is done for all of them */
        submission->place[i] =
            run->first != i || is_done(submission, run) ? SKEL_PLACE_DONE : SKEL_PLACE_MISSING;
    }
    SKEL_TRY(ask_queue(submission, self));
    for (size_t i = 0; i < runs; i++) {
        submission->count[submission->place[i]]++;
    }
    SKEL_TRY(check_data(submission));
done:
    skel_comm_destroy(&self);
    return status;
}
