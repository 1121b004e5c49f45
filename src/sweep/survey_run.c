/* What one run is doing: from its file, its checkpoint and its journal. */
#include "survey_internal.h"

#include "skel/journal.h"
#include "skel/process.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/stored.h"
#include "skel/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH = SKEL_JOB_PATH + 512 };

/* Clocks of two machines may differ by this much without a word, in seconds. */
static const double clock_tolerance = 60;

static bool exists(const char *stem, const char *suffix)
{
    char path[PATH];

    (void)snprintf(path, sizeof path, "%s%s", stem, suffix);
    return access(path, F_OK) == 0;
}

static bool has_checkpoint(const char *stem)
{
    return exists(stem, ".h5.checkpoint") || exists(stem, ".h5.checkpoint.old") ||
           exists(stem, ".h5.checkpoint.new");
}

static void take_start(const skel_json *line, skel_survey_run *run)
{
    (void)snprintf(run->method, sizeof run->method, "%s", skel_json_text(line, "method"));
    (void)snprintf(run->host, sizeof run->host, "%s", skel_json_text(line, "host"));
    (void)snprintf(run->job, sizeof run->job, "%s", skel_json_text(line, "scheduler_job"));
    skel_json_pairs(line, "swept", sizeof run->swept, run->swept);
    run->sparsity = skel_json_number(line, "sparsity");
    run->seed = skel_json_number(line, "seed");
    run->pid = skel_json_number(line, "pid");
    run->ranks = skel_json_number(line, "ranks");
}

static void take_position(const skel_json *line, double now, skel_survey_run *run)
{
    double passed = fmax(now - skel_journal_time(line), 0);

    (void)snprintf(run->phase, sizeof run->phase, "%s", skel_json_text(line, "phase"));
    run->iteration = skel_json_number(line, "iteration");
    run->iterations = skel_json_number(line, "iterations");
    run->epoch = skel_json_number(line, "epoch");
    run->epochs = skel_json_number(line, "epochs");
    run->images_per_second = skel_json_number(line, "images_per_second");
    run->seconds_left = skel_json_number(line, "seconds_left");
    if (!isnan(run->seconds_left) && !isnan(passed)) {
        run->seconds_left = fmax(run->seconds_left - passed, 0);
    }
}

/* A clock that is behind the run's must not make it look dead, nor ahead in age. */
static void take_age(const skel_json *latest, double now, skel_survey_run *run)
{
    double age = now - skel_journal_time(latest);

    run->age = isnan(age) ? age : fmax(age, 0);
    if (age < -clock_tolerance) {
        char ahead[SKEL_TEXT_DURATION];

        skel_text_duration(-age, ahead);
        (void)snprintf(run->message, sizeof run->message, "its clock is %s ahead of this one",
                       ahead);
    }
}

/* A run without an end: it runs, unless its process is gone or has been silent for long. */
static void judge_life(const skel_json *start, const skel_survey_options *options,
                       skel_survey_run *run)
{
    skel_process_state process =
        skel_process_find((uint64_t)fmax(run->pid, 0), skel_json_text(start, "process"));

    run->state = SKEL_SURVEY_RUNNING;
    if (process == SKEL_PROCESS_GONE) {
        run->state = SKEL_SURVEY_STALE;
        (void)snprintf(run->message, sizeof run->message,
                       "its process %.0f on this machine has ended without a word", run->pid);
    } else if (!(run->age <= options->stale)) {
        run->state = SKEL_SURVEY_STALE;
        (void)snprintf(run->message, sizeof run->message, "%s",
                       process == SKEL_PROCESS_EXISTS ? "no sign of life, but its process exists"
                                                      : "no sign of life");
    }
}

static void judge_end(const skel_json *end, skel_survey_run *run)
{
    const char *result = skel_json_text(end, "result");

    (void)snprintf(run->message, sizeof run->message, "%s", skel_json_text(end, "message"));
    run->seconds = skel_json_number(end, "seconds");
    run->test_accuracy = skel_json_number(end, "test_accuracy");
    if (strcmp(result, "failed") == 0) {
        run->state = SKEL_SURVEY_FAILED;
    } else if (strcmp(result, "stopped") == 0 && run->has_checkpoint) {
        run->state = SKEL_SURVEY_CHECKPOINTED;
    } else if (strcmp(result, "stopped") == 0) {
        run->state = SKEL_SURVEY_WAITING;
    } else {
        run->state = SKEL_SURVEY_WAITING;
        (void)snprintf(run->message, sizeof run->message, "it was done, but its file is missing");
    }
}

static void judge_journal(const skel_journal_story *story, double now,
                          const skel_survey_options *options, skel_survey_run *run)
{
    const skel_json *latest = story->latest != NULL ? story->latest : story->start;
    bool ended = strcmp(skel_json_text(latest, "event"), "end") == 0;

    take_start(story->start, run);
    take_position(story->position != NULL ? story->position : story->start, now, run);
    take_age(latest, now, run);
    if (ended) {
        judge_end(latest, run);
    } else {
        judge_life(story->start, options, run);
    }
    if (run->state != SKEL_SURVEY_RUNNING && story->checkpoint != NULL && run->has_checkpoint) {
        take_position(story->checkpoint, now, run); /* from which it goes on */
    }
}

/* Figures of a run's file, for a run without a journal that says them. */
static skel_status read_file(const char *stem, skel_survey_run *run)
{
    char path[PATH];
    char text[SKEL_JOB_TEXT] = "";
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s.h5", stem);
    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_run_file_check_schema(reader));
    SKEL_TRY(skel_reader_check(reader, "/summary", NULL));
    skel_reader_attribute(reader, "/summary", "method", sizeof run->method, run->method);
    run->sparsity = skel_stored_number(reader, "/summary", "sparsity");
    run->seed = skel_stored_number(reader, "/summary", "seed");
    run->seconds = skel_stored_number(reader, "/summary", "seconds");
    skel_reader_attribute(reader, "/summary", "test_accuracy", sizeof text, text);
    run->test_accuracy =
        text[0] != '\0' ? skel_stored_number(reader, "/summary", "test_accuracy") : (double)NAN;
done:
    return skel_reader_close(&reader, status);
}

static void forget_motion(skel_survey_run *run)
{
    run->seconds_left = run->images_per_second = (double)NAN;
}

/* The run's file is there. Returns whether it is one. */
static bool look_at_file(const char *stem, const skel_journal_story *story, skel_survey_run *run)
{
    bool told =
        story->latest != NULL && strcmp(skel_json_text(story->latest, "result"), "done") == 0;
    bool is_run = told || read_file(stem, run) == SKEL_OK;

    run->state = is_run ? SKEL_SURVEY_DONE : SKEL_SURVEY_FAILED;
    run->age = (double)NAN;
    forget_motion(run);
    (void)snprintf(run->message, sizeof run->message, "%s", is_run ? "" : skel_error_message());
    return is_run;
}

void skel_survey_look(const char *stem, double now, bool expected,
                      const skel_survey_options *options, skel_survey_run *run, bool *belongs)
{
    char journal[PATH];
    skel_journal_story story = {0};
    bool has_file = exists(stem, ".h5");
    bool has_journal = exists(stem, SKEL_JOURNAL_SUFFIX);
    bool told = false;

    (void)snprintf(journal, sizeof journal, "%s%s", stem, SKEL_JOURNAL_SUFFIX);
    *belongs = true;
    run->state = SKEL_SURVEY_WAITING;
    run->has_checkpoint = has_checkpoint(stem);
    if (has_journal) {
        told = skel_journal_read(journal, &story) == SKEL_OK;
    }
    if (told) {
        judge_journal(&story, now, options, run);
    }
    if (has_file) {
        *belongs = look_at_file(stem, &story, run) || expected || told;
    } else if (!told && run->has_checkpoint) {
        run->state = SKEL_SURVEY_CHECKPOINTED;
    } else if (!told && has_journal) {
        (void)snprintf(run->message, sizeof run->message, "%s", skel_error_message());
        *belongs = expected;
    }
    if (run->state != SKEL_SURVEY_RUNNING) {
        run->images_per_second = (double)NAN;
    }
    skel_journal_forget(&story);
}
