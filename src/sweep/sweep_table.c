/* The table at the end of a sweep: a line per setting, mean and deviation over its seeds. */
#include "skel/sweep.h"

#include "skel/memory.h"
#include "skel/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    COLLAPSES = 8, /* runs with collapsed layers that are named */
    REMOVED = 32   /* bytes of a percentage, or of two */
};

/* Runs that differ in their seed alone. */
typedef struct group {
    const skel_sweep_run *first;
    size_t runs;
    size_t tested;
    double kept;     /* weights, sum */
    double removed;  /* share that was reached, sum */
    double accuracy; /* sum */
    double squares;
    double lowest;
    double highest;
    double seconds;
} group;

/* Equal bytes mean equal settings: jobs have no padding that differs (see skel_job). */
bool skel_sweep_same_but_seed(const skel_job *a, const skel_job *b)
{
    skel_job copy = *a;

    copy.seed = b->seed;
    return memcmp(&copy, b, sizeof copy) == 0;
}

static group *group_of(group groups[], size_t *count, const skel_sweep_run *run)
{
    for (size_t i = 0; i < *count; i++) {
        if (skel_sweep_same_but_seed(&groups[i].first->job, &run->job)) {
            return &groups[i];
        }
    }
    groups[*count] = (group){.first = run, .lowest = 1};
    return &groups[(*count)++];
}

static void add_run(group *to, const skel_sweep_run *run)
{
    const skel_outcome *outcome = &run->outcome;

    to->runs++;
    to->kept += (double)outcome->kept;
    to->removed += outcome->sparsity;
    to->seconds += outcome->seconds;
    if (outcome->tested) {
        to->tested++;
        to->accuracy += outcome->test_accuracy;
        to->squares += outcome->test_accuracy * outcome->test_accuracy;
        to->lowest = fmin(to->lowest, outcome->test_accuracy);
        to->highest = fmax(to->highest, outcome->test_accuracy);
    }
}

static void print_accuracy(const group *line)
{
    double n = (double)line->tested;
    double mean = line->tested > 0 ? line->accuracy / n : 0;
    double variance = line->tested > 1 ? (line->squares - n * mean * mean) / (n - 1) : 0;

    if (line->tested == 0) {
        printf("  %16s", "not trained");
    } else if (line->tested == 1) {
        printf("  %16.2f", 100 * mean);
    } else {
        printf("  %8.2f +- %-4.2f", 100 * mean, 100 * sqrt(fmax(variance, 0)));
    }
}

/* Whether the table has a column for the key, or is over its values. */
static bool is_common(const char *key)
{
    static const char *const common[] = {"model.name", "prune.method", "prune.sparsity", "seed"};

    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (strcmp(common[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* The other swept keys at the line's end: their names, or the values of a job. */
static void print_swept(const skel_sweep *sweep, const skel_job *job)
{
    for (size_t i = 0; i < sweep->axes; i++) {
        char *value = NULL;

        if (is_common(sweep->axis[i]) ||
            (job != NULL && skel_job_print_value(job, sweep->axis[i], &value) != SKEL_OK)) {
            continue;
        }
        printf("  %*s", (int)strlen(sweep->axis[i]), job != NULL ? value : sweep->axis[i]);
        SKEL_FREE(&value);
    }
    printf("\n");
}

static bool misses_share(const group *line)
{
    return skel_sweep_misses_share(&line->first->job, 1 - line->removed / (double)line->runs);
}

/* The percentage that was asked for, and the reached one where it is another. */
static void write_removed(const group *line, char out[REMOVED])
{
    double asked = skel_sweep_removed(&line->first->job, &line->first->outcome);

    if (misses_share(line)) {
        (void)snprintf(out, REMOVED, "%.6g -> %.4g", asked,
                       100 * line->removed / (double)line->runs);
    } else {
        (void)snprintf(out, REMOVED, "%.6g", asked);
    }
}

static void print_line(const skel_sweep *sweep, const group *line, int width)
{
    const skel_job *job = &line->first->job;
    char took[SKEL_TEXT_DURATION];
    char removed[REMOVED];

    skel_text_duration(line->seconds, took);
    write_removed(line, removed);
    printf("%-16s %-20s %*s %10.0f %6zu", job->model.name, job->prune.method, width, removed,
           line->kept / (double)line->runs, line->runs);
    print_accuracy(line);
    printf("  %12s", took);
    print_swept(sweep, job);
}

/* The words that the head has no room for. */
static void print_notes(size_t count, const group groups[])
{
    bool repeated = false;
    bool missed = false;

    for (size_t i = 0; i < count; i++) {
        repeated = repeated || groups[i].runs > 1;
        missed = missed || misses_share(&groups[i]);
    }
    if (repeated) {
        printf(
            "over the seeds: kept, removed and accuracy are means, +- is the standard deviation, "
            "time is the sum\n");
    }
    if (missed) {
        printf(
            "removed %%: ASKED -> REACHED where another share of the weights was removed than was "
            "asked for\n");
    }
}

/* Collapsed layers, which accuracies do not show; the first files that have some. */
static void print_collapses(const skel_sweep *sweep, const char *out)
{
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
    size_t collapsed = 0;
    size_t disconnected = 0;

    for (size_t i = 0; i < sweep->runs; i++) {
        const skel_sweep_run *run = &sweep->run[i];

        if (run->state == SKEL_RUN_DONE) {
            collapsed += run->outcome.collapsed > 0;
            disconnected += !run->outcome.connected;
        }
    }
    if (collapsed > 0) {
        printf("collapsed layers: in %zu run%s, of which %zu %s disconnected; skel inspect FILE "
               "names the layers\n",
               collapsed, collapsed == 1 ? "" : "s", disconnected,
               disconnected == 1 ? "is" : "are");
    }
    for (size_t i = 0, listed = 0; i < sweep->runs && listed < collapsed; i++) {
        const skel_sweep_run *run = &sweep->run[i];

        if (run->state != SKEL_RUN_DONE || run->outcome.collapsed == 0) {
            continue;
        }
        if (listed == COLLAPSES) {
            printf("  and %zu more\n", collapsed - listed);
            break;
        }
        skel_sweep_path(out, run, sizeof path, path);
        printf("  %s\n", path);
        listed++;
    }
}

void skel_sweep_table(const skel_sweep *sweep, const char *out)
{
    group *groups = NULL;
    size_t count = 0;
    int width = 9;

    if (SKEL_ALLOC(sweep->runs, sizeof *groups, &groups) != SKEL_OK) {
        return; /* the files hold all results */
    }
    for (size_t i = 0; i < sweep->runs; i++) {
        if (sweep->run[i].state == SKEL_RUN_DONE) {
            add_run(group_of(groups, &count, &sweep->run[i]), &sweep->run[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        char removed[REMOVED];

        write_removed(&groups[i], removed);
        width = (int)strlen(removed) > width ? (int)strlen(removed) : width;
    }
    if (count > 0) {
        printf("%-16s %-20s %*s %10s %6s  %16s  %12s", "model", "method", width, "removed %",
               "kept", "seeds", "test accuracy %", "time");
        print_swept(sweep, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        print_line(sweep, &groups[i], width);
    }
    print_notes(count, groups);
    print_collapses(sweep, out);
    SKEL_FREE(&groups);
}
