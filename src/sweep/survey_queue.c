/* Runs that wait in Slurm's queue, because `skel submit` has put them there. */
#include "survey_internal.h"

#include "skel/queue.h"

#include <stdio.h>
#include <string.h>

/* One call of skel_survey_ask_queue(). */
typedef struct search {
    const skel_sweep *sweep;
    skel_survey *survey;
    const char *folder; /* of the job's files */
    const skel_comm *self;
    char frozen[SKEL_JOB_PATH]; /* the job file that `queued` was read from */
    skel_sweep *queued;         /* NULL: it cannot be read */
} search;

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
    if (!skel_queue_is_in(in->folder, job->frozen)) {
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
    skel_queue queue = {.jobs = 0};

    (void)snprintf(path, sizeof path, "%s/%s", folder, sweep->run[0].job.name);
    in.folder = path;
    if (survey->of_state[SKEL_SURVEY_WAITING] == 0) {
        return;
    }
    if (skel_queue_read(&queue) != SKEL_OK) {
        skel_error_clear(); /* no Slurm: nothing is queued */
    }
    for (size_t i = 0; i < queue.jobs; i++) {
        take_job(&in, &queue.job[i]);
    }
    skel_sweep_close(&in.queued);
    skel_queue_clear(&queue);
}
