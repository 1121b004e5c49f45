/* Submitting a job: freeze it, see which runs are missing, show the plan, give them to sbatch. */
#include "skel/submit.h"

#include "submission.h"

#include "skel/lock.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the batch scripts will start, and the scripts. */
static skel_status check_programs(const skel_submission *submission)
{
    static const char *const names[] = {"job.sh", "array.sh", "groups.sh", "table.sh"};
    const char *program = submission->options->program;
    const char *folder = submission->site.scripts[0] != '\0' ? submission->site.scripts
                                                             : submission->options->scripts;
    char path[SKEL_SUBMISSION_PATH];

    if (access(program, X_OK) != 0) {
        return SKEL_FAIL(SKEL_ERR_MISSING, "the program that the jobs would start, %s: %s", program,
                         strerror(errno));
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (access(path, R_OK) != 0) {
            return SKEL_FAIL(SKEL_ERR_MISSING, "the batch script %s: %s", path, strerror(errno));
        }
    }
    return SKEL_OK;
}

/* One job with groups does every run of the job, also those that another job does now. */
static skel_status check_groups(const skel_submission *submission)
{
    const skel_submit_options *options = submission->options;

    if (options->groups > options->ranks) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel submit: --groups %llu with --ranks %llu: a group needs a rank",
                         (unsigned long long)options->groups, (unsigned long long)options->ranks);
    }
    if (options->groups > 0 && submission->count[SKEL_PLACE_QUEUED] > 0 &&
        submission->count[SKEL_PLACE_MISSING] > 0) {
        return SKEL_FAIL(
            SKEL_ERR_USAGE,
            "skel submit: --groups: %zu runs are in the queue (job %s); wait for them, "
            "cancel them, or submit the others without --groups",
            submission->count[SKEL_PLACE_QUEUED], submission->queued_by);
    }
    return SKEL_OK;
}

static void tell(const skel_submission *submission)
{
    if (submission->count[SKEL_PLACE_MISSING] == 0) {
        printf("nothing to submit\n");
    } else if (!submission->options->dry_run) {
        printf("frozen: %s; later changes of %s do not count\n", submission->frozen,
               submission->path);
    }
}

static skel_status plan_and_send(skel_submission *submission)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_submit_look(submission));
    SKEL_TRY(check_groups(submission));
    SKEL_TRY(skel_submit_plan(submission));
    tell(submission);
    if (submission->count[SKEL_PLACE_MISSING] > 0) {
        SKEL_TRY(skel_submit_send(submission));
    }
done:
    return status;
}

/* Two submissions of a job at once would each see an empty queue. */
static skel_status under_lock(skel_submission *submission)
{
    char path[SKEL_SUBMISSION_PATH + 8];
    skel_comm *self = NULL;
    skel_lock *lock = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/submit", submission->folder);
    SKEL_TRY(skel_comm_create_self(&self));
    if (skel_lock_take(self, path, &lock) != SKEL_OK) {
        status = skel_error_prefix("submitting the job's runs");
        goto done;
    }
    SKEL_TRY(plan_and_send(submission));
done:
    skel_lock_release(&lock);
    skel_comm_destroy(&self);
    return status;
}

skel_status skel_submit(const char *path, size_t count, const char *const overrides[],
                        const skel_submit_options *options)
{
    skel_submission *submission = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(1, sizeof *submission, &submission));
    submission->options = options;
    submission->path = path;
    SKEL_TRY(skel_site_read(&submission->site));
    if (options->time != NULL) {
        SKEL_TRY(skel_submit_time(options->time, &submission->seconds));
    }
    SKEL_TRY(skel_submit_freeze(submission, count, overrides));
    SKEL_TRY(check_programs(submission));
    SKEL_TRY((options->dry_run ? plan_and_send : under_lock)(submission));
done:
    if (submission != NULL) {
        skel_sweep_close(&submission->sweep);
        SKEL_FREE(&submission->text);
        SKEL_FREE(&submission->place);
    }
    SKEL_FREE(&submission);
    return status;
}
