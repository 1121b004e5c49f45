/* Runs that have not begun, but wait in Slurm's queue: `skel submit` has left there which they are.
 */
#include "survey_internal.h"

#include "skel/queue.h"

#include <stdio.h>
#include <string.h>

static bool may_be_queued(const skel_survey_run *run)
{
    return run->state == SKEL_SURVEY_WAITING && run->job[0] == '\0';
}

/* Marks the run of the survey that has this file. */
static void mark_run(skel_survey *survey, const char *file, const skel_queue_job *job)
{
    size_t length = strlen(file) - strlen(".h5");

    for (size_t i = 0; i < survey->runs; i++) {
        skel_survey_run *run = &survey->run[i];

        if (may_be_queued(run) && strlen(run->name) == length &&
            strncmp(run->name, file, length) == 0) {
            bool has_reason = job->reason[0] != '\0' && strcmp(job->reason, "None") != 0;

            (void)snprintf(run->job, sizeof run->job, "%s", job->id);
            (void)snprintf(run->job_state, sizeof run->job_state, "%s%s%.80s%s", job->state,
                           has_reason ? " (" : "", has_reason ? job->reason : "",
                           has_reason ? ")" : "");
        }
    }
}

/* The frozen jobs of a queue are few, and one after the other: the last one stays open. */
static void mark_all(skel_survey *survey, const skel_comm *self, const skel_queue *queue)
{
    skel_sweep *sweep = NULL;
    const char *opened = "";

    for (size_t i = 0; i < queue->jobs; i++) {
        const skel_queue_job *job = &queue->job[i];

        if (strcmp(opened, job->frozen) != 0) {
            opened = job->frozen;
            skel_sweep_close(&sweep);
            (void)(skel_sweep_open(self, job->frozen, 0, NULL, &sweep) == SKEL_OK);
        }
        for (size_t run = job->is_element ? job->index : 0;
             sweep != NULL && run < sweep->runs && (!job->is_element || run == job->index); run++) {
            mark_run(survey, sweep->run[run].file, job);
        }
    }
    skel_sweep_close(&sweep);
}

void skel_survey_ask_queue(skel_survey *survey)
{
    skel_queue queue = {.jobs = 0};
    skel_comm *self = NULL;
    bool any = false;

    for (size_t i = 0; i < survey->runs; i++) {
        any = any || may_be_queued(&survey->run[i]);
    }
    if (any && skel_queue_read(&queue) == SKEL_OK && skel_comm_create_self(&self) == SKEL_OK) {
        mark_all(survey, self, &queue);
    }
    skel_error_clear(); /* without Slurm, or without the frozen job, the runs just wait */
    skel_comm_destroy(&self);
    skel_queue_clear(&queue);
}
