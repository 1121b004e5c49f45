/* Runs that wait in Slurm's queue, because `skel submit` has put them there. */
#include "survey_internal.h"

#include "skel/memory.h"
#include "skel/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Job, state, number in its array, reason, comment, as skel_queue_line() takes them. A controller
 * that does not answer must not stop us. */
static const char command[] =
    "timeout 10 squeue --noheader --array --format='%i|%T|%K|%r|%k' 2>/dev/null";

/* One call of skel_survey_ask_queue(). */
typedef struct search {
    const skel_sweep *sweep;
    skel_survey *survey;
    char *folder; /* real path of the folder of the job's files; NULL: it does not exist */
    const skel_comm *self;
    char frozen[SKEL_JOB_PATH]; /* the job file that `queued` was read from */
    skel_sweep *queued;         /* NULL: it cannot be read */
} search;

/* A frozen job lies beside its run files; the same run in another folder is another matter. */
static bool is_here(const search *in, const char *frozen)
{
    char folder[SKEL_JOB_PATH];
    char *real = NULL;
    char *slash = NULL;
    bool here = false;

    (void)snprintf(folder, sizeof folder, "%s", frozen);
    slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
        real = realpath(folder, NULL);
        here = real != NULL && strcmp(real, in->folder) == 0;
        free(real); /* realpath's own block */
    }
    return here;
}

/* The surveyed run that computes the same as a queued one, if it waits. */
static void mark(const search *in, const skel_sweep_run *queued, const skel_queue_job *job)
{
    size_t place = 0;

    for (size_t i = 0; i < in->sweep->runs; i++) {
        const skel_sweep_run *run = &in->sweep->run[i];
        skel_survey_run *surveyed = &in->survey->run[place];

        if (run->first != i) {
            continue; /* the survey has it once */
        }
        place++;
        if (surveyed->state != SKEL_SURVEY_WAITING ||
            strcmp(run->identity, queued->identity) != 0) {
            continue;
        }
        (void)snprintf(surveyed->job, sizeof surveyed->job, "%s", job->id);
        (void)snprintf(surveyed->job_state, sizeof surveyed->job_state, "%s%s%s%s", job->state,
                       strcmp(job->reason, "None") == 0 ? "" : " (",
                       strcmp(job->reason, "None") == 0 ? "" : job->reason,
                       strcmp(job->reason, "None") == 0 ? "" : ")");
        return;
    }
}

static void take_job(search *in, const skel_queue_job *job)
{
    if (!is_here(in, job->frozen)) {
        return;
    }
    if (strcmp(in->frozen, job->frozen) != 0) {
        memcpy(in->frozen, job->frozen, sizeof in->frozen);
        skel_sweep_close(&in->queued);
        if (skel_sweep_open(in->self, job->frozen, 0, NULL, &in->queued) != SKEL_OK) {
            skel_error_clear(); /* its runs are shown as waiting, without their job */
        }
    }
    for (size_t i = 0; in->queued != NULL && i < in->queued->runs; i++) {
        if (!job->is_element || job->index == i) {
            mark(in, &in->queued->run[i], job);
        }
    }
}

void skel_survey_ask_queue(const skel_comm *self, const skel_sweep *sweep, const char *folder,
                           skel_survey *survey)
{
    search in = {.sweep = sweep, .survey = survey, .self = self};
    char path[SKEL_JOB_PATH + SKEL_JOB_TEXT + 2];
    char line[SKEL_JOB_PATH + 512];
    skel_queue_job *job = NULL;
    FILE *list = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", folder, sweep->run[0].job.name);
    in.folder = realpath(path, NULL);
    if (survey->of_state[SKEL_SURVEY_WAITING] > 0 && in.folder != NULL &&
        SKEL_ALLOC(1, sizeof *job, &job) == SKEL_OK) {
        list = popen(command, "re");
    }
    while (list != NULL && fgets(line, sizeof line, list) != NULL) {
        if (skel_queue_line(line, job)) {
            take_job(&in, job);
        }
    }
    if (list != NULL) {
        (void)pclose(list);
    }
    skel_sweep_close(&in.queued);
    SKEL_FREE(&job);
    free(in.folder); /* realpath's own block */
}
