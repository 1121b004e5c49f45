/* What Slurm says about the jobs of runs. */
#include "survey_internal.h"

#include "skel/memory.h"

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

/* Runs with open jobs, in the order of the jobs' ids. */
typedef struct open_runs {
    size_t count;
    skel_survey_run **run; /* [count] owned; the runs are the survey's */
} open_runs;

static int by_job(const void *a, const void *b)
{
    const skel_survey_run *const *left = a;
    const skel_survey_run *const *right = b;

    return strcmp((*left)->job, (*right)->job);
}

static skel_status collect(skel_survey *survey, open_runs *out)
{
    skel_status status = SKEL_ALLOC(survey->runs, sizeof *out->run, &out->run);

    for (size_t i = 0; status == SKEL_OK && i < survey->runs; i++) {
        if (has_open_job(&survey->run[i])) {
            out->run[out->count++] = &survey->run[i];
        }
    }
    if (out->count > 0) {
        qsort(out->run, out->count, sizeof *out->run, by_job);
    }
    return status;
}

/* Gives a line of the list to all runs of its job. */
static void take_line(const char *line, const open_runs *runs)
{
    size_t id = strcspn(line, "|");
    size_t low = 0;
    size_t high = runs->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strncmp(runs->run[middle]->job, line, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < runs->count && strncmp(runs->run[low]->job, line, id) == 0; low++) {
        (void)skel_survey_slurm_line(line, runs->run[low]);
    }
}

void skel_survey_ask_slurm(skel_survey *survey)
{
    open_runs runs = {0};
    char line[512];
    FILE *list = NULL;

    if (collect(survey, &runs) == SKEL_OK && runs.count > 0) {
        list = popen(command, "re");
    }
    while (list != NULL && fgets(line, sizeof line, list) != NULL) {
        take_line(line, &runs);
    }
    if (list != NULL && pclose(list) == 0) {
        for (size_t i = 0; i < runs.count; i++) {
            judge(runs.run[i]);
        }
    }
    SKEL_FREE(&runs.run);
}
