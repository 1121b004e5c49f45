/* What Slurm says about the jobs of runs. */
#include "survey_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A job that has just begun or ended may not be in the list, or still be. */
static const double list_is_late = 60;

/* All jobs, each element of an array in a line of its own. A controller that does not answer must
 * not stop us. */
static const char command[] =
    "timeout 10 squeue --noheader --array --format='%i|%T|%r' 2>/dev/null";

bool skel_survey_slurm_line(const char *line, skel_survey_run *run)
{
    size_t id = strcspn(line, "|");
    const char *state = line[id] == '|' ? line + id + 1 : "";
    size_t length = strcspn(state, "|\n");
    const char *reason = state[length] == '|' ? state + length + 1 : "";
    size_t words = strcspn(reason, "\n");

    if (id == 0 || length == 0 || strlen(run->job) != id || strncmp(line, run->job, id) != 0) {
        return false;
    }
    if (words == 0 || strncmp(reason, "None", words) == 0) {
        (void)snprintf(run->job_state, sizeof run->job_state, "%.*s", (int)length, state);
    } else {
        (void)snprintf(run->job_state, sizeof run->job_state, "%.*s (%.*s)", (int)length, state,
                       (int)words, reason);
    }
    return true;
}

static bool has_open_job(const skel_survey_run *run)
{
    return run->state != SKEL_SURVEY_DONE && run->job[0] >= '0' && run->job[0] <= '9';
}

static bool is_pending(const skel_survey_run *run)
{
    return strncmp(run->job_state, "PENDING", 7) == 0 || strncmp(run->job_state, "REQUEUE", 7) == 0;
}

/* A run that neither ended nor has its job in the list any more, or whose job waits again. */
static void judge(skel_survey_run *run)
{
    if (run->state != SKEL_SURVEY_RUNNING && run->state != SKEL_SURVEY_STALE) {
        return;
    }
    if (is_pending(run)) {
        run->state = run->has_checkpoint ? SKEL_SURVEY_CHECKPOINTED : SKEL_SURVEY_WAITING;
        run->message[0] = '\0';
    } else if (run->job_state[0] == '\0' && run->state == SKEL_SURVEY_RUNNING &&
               run->age > list_is_late) {
        run->state = SKEL_SURVEY_STALE;
        (void)snprintf(run->message, sizeof run->message,
                       "its job %s is not in Slurm's queue any more", run->job);
    }
}

static size_t open_jobs(const skel_survey *survey)
{
    size_t count = 0;

    for (size_t i = 0; i < survey->runs; i++) {
        count += has_open_job(&survey->run[i]);
    }
    return count;
}

void skel_survey_ask_slurm(skel_survey *survey)
{
    FILE *list = open_jobs(survey) > 0 ? popen(command, "re") : NULL;
    char line[512];

    if (list == NULL) {
        return;
    }
    while (fgets(line, sizeof line, list) != NULL) {
        for (size_t i = 0; i < survey->runs; i++) {
            if (has_open_job(&survey->run[i])) {
                (void)skel_survey_slurm_line(line, &survey->run[i]);
            }
        }
    }
    if (pclose(list) == 0) {
        for (size_t i = 0; i < survey->runs; i++) {
            if (has_open_job(&survey->run[i])) {
                judge(&survey->run[i]);
            }
        }
    }
}
