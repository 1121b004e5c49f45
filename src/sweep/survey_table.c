/* Surveys for people: a line for each run, and one for all. */
#include "skel/survey.h"

#include "skel/control.h"
#include "skel/text.h"
#include "skel/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LINE = 2048, CELL = 96, PLACE = 384, NAME_MIN = 3, NAME_MAX = 100 };

/* Counts are cut at the end of a line, never in the middle of a character. */
static void print_cut(const char *line, size_t columns)
{
    size_t bytes = columns > 0 ? skel_utf8_first(line, columns) : strlen(line);

    for (size_t i = 0; i < bytes; i++) {
        (void)putchar(skel_control_is(line[i]) ? '?' : line[i]);
    }
    (void)putchar('\n');
}

/* "epoch 3/30" of one that goes on, as skel run counts, and "epoch 2/30 done" of a run that does
 * not go on. */
static void write_count(const skel_survey_run *run, const char *noun, double done, double of,
                        char out[CELL])
{
    bool goes_on = run->state == SKEL_SURVEY_RUNNING;

    (void)snprintf(out, CELL, "%s %.0f/%.0f%s", noun, goes_on ? fmin(done + 1, of) : done, of,
                   goes_on ? "" : " done");
}

static void write_progress(const skel_survey_run *run, char out[CELL])
{
    out[0] = '\0';
    if (run->state == SKEL_SURVEY_DONE) {
        (void)snprintf(out, CELL, isnan(run->test_accuracy) ? "not trained" : "test %.2f %%",
                       100 * run->test_accuracy);
    } else if (run->epoch > 0 || (run->epochs > 0 && run->iteration >= run->iterations)) {
        write_count(run, "epoch", run->epoch, run->epochs, out);
    } else if (run->iterations > 0 && run->iteration >= 0) {
        write_count(run, "iteration", run->iteration, run->iterations, out);
    }
}

/* The time that a run still takes, or has taken. */
static void write_time(const skel_survey_run *run, char out[CELL])
{
    double seconds = run->state == SKEL_SURVEY_DONE ? run->seconds : run->seconds_left;
    char duration[SKEL_TEXT_DURATION];

    out[0] = '\0';
    if (isnan(seconds) || run->state == SKEL_SURVEY_FAILED || run->state == SKEL_SURVEY_STALE ||
        run->state == SKEL_SURVEY_WAITING) {
        return;
    }
    skel_text_duration(seconds, duration);
    (void)snprintf(out, CELL, "%s%s", duration, run->state == SKEL_SURVEY_DONE ? "" : " left");
}

/* Where the run goes on, or went on: host, the scheduler's job and its state. */
static void write_place(const skel_survey_run *run, char out[PLACE])
{
    bool over = run->state == SKEL_SURVEY_DONE || run->state == SKEL_SURVEY_WAITING;
    bool has_job = run->job[0] != '\0' && (!over || run->job_state[0] != '\0');

    (void)snprintf(out, PLACE, "%s%s%s%s%s%s", over ? "" : run->host, has_job && !over ? ", " : "",
                   has_job ? "job " : "", has_job ? run->job : "",
                   has_job && run->job_state[0] != '\0' ? " " : "", has_job ? run->job_state : "");
}

static void write_age(const skel_survey_run *run, char out[CELL])
{
    char duration[SKEL_TEXT_DURATION];

    out[0] = '\0';
    if (!isnan(run->age) && run->state != SKEL_SURVEY_WAITING) {
        skel_text_duration(fmax(run->age, 10), duration);
        if (run->age < 10) {
            (void)snprintf(out, CELL, "%.0f s ago", floor(run->age));
        } else {
            (void)snprintf(out, CELL, "%s ago", duration);
        }
    }
}

static void print_run(const skel_survey_run *run, size_t width, size_t columns)
{
    char cell[4][CELL] = {"", "", "", ""};
    char place[PLACE];
    char line[LINE];

    write_progress(run, cell[0]);
    if (!isnan(run->images_per_second)) {
        (void)snprintf(cell[1], CELL, "%.*f", run->images_per_second < 10 ? 1 : 0,
                       run->images_per_second);
    }
    write_time(run, cell[2]);
    write_age(run, cell[3]);
    write_place(run, place);
    (void)snprintf(line, sizeof line, "%-*s  %-12s  %-19s %8s  %16s  %15s  %s%s%s", (int)width,
                   run->name, skel_survey_word(run->state), cell[0], cell[1], cell[2], cell[3],
                   place, run->message[0] != '\0' && place[0] != '\0' ? ": " : "", run->message);
    line[sizeof line - 1] = '\0';
    for (size_t end = strlen(line); end > 0 && line[end - 1] == ' '; end--) {
        line[end - 1] = '\0';
    }
    print_cut(line, columns);
}

static size_t name_width(const skel_survey *survey)
{
    size_t width = NAME_MIN;

    for (size_t i = 0; i < survey->runs; i++) {
        size_t length = strlen(survey->run[i].name);

        width = length > width ? length : width;
    }
    return width < NAME_MAX ? width : NAME_MAX;
}

/* The states of runs that a short list shows, the most interesting first. */
static void print_some(const skel_survey *survey, size_t rows, size_t width, size_t columns)
{
    size_t printed = 0;

    for (skel_survey_state state = 0; state < SKEL_SURVEY_STATES; state++) {
        for (size_t i = 0; i < survey->runs && printed < rows; i++) {
            if (survey->run[i].state == state) {
                print_run(&survey->run[i], width, columns);
                printed++;
            }
        }
    }
    if (printed < survey->runs) {
        printf("... and %zu more\n", survey->runs - printed);
    }
}

static void print_left(const skel_survey *survey)
{
    double left = skel_survey_left(survey);
    time_t end = (time_t)(survey->now + (isnan(left) ? 0 : left));
    char duration[SKEL_TEXT_DURATION];
    char when[32] = "";
    struct tm local;

    if (left > 0) {
        skel_text_duration(left, duration);
        if (localtime_r(&end, &local) != NULL) {
            (void)strftime(when, sizeof when, "%a %d %b %H:%M", &local);
        }
        printf("; all will be done in about %s (%s)", duration, when);
    }
}

static void print_summary(const skel_survey *survey)
{
    static const skel_survey_state order[] = {SKEL_SURVEY_DONE,         SKEL_SURVEY_RUNNING,
                                              SKEL_SURVEY_CHECKPOINTED, SKEL_SURVEY_WAITING,
                                              SKEL_SURVEY_FAILED,       SKEL_SURVEY_STALE};
    const char *separator = ": ";

    printf("%zu run%s", survey->runs, survey->runs == 1 ? "" : "s");
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (survey->of_state[order[i]] > 0) {
            printf("%s%zu %s", separator, survey->of_state[order[i]], skel_survey_word(order[i]));
            separator = ", ";
        }
    }
    print_left(survey);
    printf("\n");
    if (survey->foreign > 0) {
        printf("%zu file%s left out: %s%s\n", survey->foreign, survey->foreign == 1 ? "" : "s",
               survey->example, survey->foreign > 1 ? "; ..." : "");
    }
}

void skel_survey_table(const skel_survey *survey, size_t rows, size_t columns)
{
    size_t width = name_width(survey);
    char line[LINE];

    if (survey->runs > 0) {
        (void)snprintf(line, sizeof line, "%-*s  %-12s  %-19s %8s  %16s  %15s  %s", (int)width,
                       "run", "state", "progress", "images/s", "time", "last sign", "where");
        print_cut(line, columns);
    }
    if (rows > 0 && survey->runs > rows) {
        print_some(survey, rows, width, columns);
    } else {
        for (size_t i = 0; i < survey->runs; i++) {
            print_run(&survey->run[i], width, columns);
        }
    }
    print_summary(survey);
}
