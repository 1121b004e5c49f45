/* Reads what a report needs of one run. */
#include "skel/report_run.h"

#include "skel/journal.h"
#include "skel/memory.h"
#include "skel/reader.h"
#include "skel/run_file.h"
#include "skel/survey.h"

#include "report_job.h"
#include "report_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Attributes of /summary, by the number that they are. */
static const char *const attributes[SKEL_REPORT_NUMBERS] = {
    [SKEL_REPORT_TEST_ACCURACY] = "test_accuracy",
    [SKEL_REPORT_TEST_LOSS] = "test_loss",
    [SKEL_REPORT_SPARSITY] = "sparsity",
    [SKEL_REPORT_SPARSITY_REACHED] = "sparsity_reached",
    [SKEL_REPORT_SPARSITY_EFFECTIVE] = "sparsity_effective",
    [SKEL_REPORT_PRUNABLE] = "prunable",
    [SKEL_REPORT_KEPT] = "kept",
    [SKEL_REPORT_KEPT_EFFECTIVE] = "kept_effective",
    [SKEL_REPORT_COLLAPSED_LAYERS] = "collapsed_layers",
    [SKEL_REPORT_CONNECTED] = "connected",
    [SKEL_REPORT_OBJECTIVE] = "objective",
    [SKEL_REPORT_GRADIENT_NORM] = "gradient_norm",
    [SKEL_REPORT_MACS_DENSE] = "macs_dense",
    [SKEL_REPORT_MACS_KEPT] = "macs_kept",
    [SKEL_REPORT_TEST_SPEED] = "test_images_per_second",
    [SKEL_REPORT_SECONDS_PRUNE] = "seconds_prune",
    [SKEL_REPORT_SECONDS_TRAIN] = "seconds_train",
    [SKEL_REPORT_SECONDS] = "seconds",
};

static const char *const words[SKEL_REPORT_STATES] = {
    [SKEL_REPORT_DONE] = "done",
    [SKEL_REPORT_DAMAGED] = "damaged",
    [SKEL_REPORT_FAILED] = "failed",
    [SKEL_REPORT_RUNNING] = "running",
    [SKEL_REPORT_UNFINISHED] = "unfinished",
    [SKEL_REPORT_MISSING] = "missing",
};

const char *skel_report_state_word(skel_report_state state)
{
    return words[state];
}

/* A run of which only the path is known. */
static skel_status begin(const char *path, skel_report_run *out)
{
    const char *slash = NULL;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < SKEL_REPORT_NUMBERS; i++) {
        out->number[i] = (double)NAN;
    }
    SKEL_TRY(skel_strdup(path, &out->path));
    slash = strrchr(out->path, '/');
    out->name = slash != NULL ? slash + 1 : out->path;
done:
    return status;
}

static double read_number(skel_reader *reader, const char *object, const char *name)
{
    char text[64];
    char *end = NULL;
    double number = 0;

    skel_reader_attribute(reader, object, name, sizeof text, text);
    number = strtod(text, &end);
    return end != text ? number : (double)NAN;
}

static void read_numbers(skel_reader *reader, skel_report_run *run)
{
    char accuracy[64];

    skel_reader_attribute(reader, "/summary", "test_accuracy", sizeof accuracy, accuracy);
    run->tested = accuracy[0] != '\0';
    for (size_t i = 0; i < SKEL_REPORT_NUMBERS; i++) {
        if (attributes[i] != NULL) {
            run->number[i] = read_number(reader, "/summary", attributes[i]);
        }
    }
    if (strcmp(run->method, "none") == 0) {
        run->number[SKEL_REPORT_SPARSITY] = 0; /* some releases wrote the asked one */
    }
}

/* The classifier's outputs, for files that do not count the classes. */
static skel_status count_outputs(skel_reader *reader, double *classes)
{
    size_t count = 0;
    size_t dims = 0;
    size_t shape[4] = {0};
    char **names = NULL;
    char path[SKEL_READER_PATH];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_list(reader, "/masks", &count, &names));
    for (size_t i = 0; i < count; i++) {
        skel_reader_member("/masks", names[i], path);
        SKEL_TRY(skel_reader_shape(reader, path, &dims, shape));
        if (dims == 2) {
            *classes = (double)shape[0];
        }
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

static skel_status read_classes(skel_reader *reader, skel_report_run *run)
{
    static const char path[] = "/provenance/test_class_counts";
    size_t classes = 0;
    double *counts = NULL;
    double most = 0;
    double sum = 0;
    skel_status status = SKEL_OK;

    if (!skel_reader_has(reader, path)) {
        return count_outputs(reader, &run->number[SKEL_REPORT_CLASSES]);
    }
    SKEL_TRY(skel_reader_doubles(reader, path, &classes, &counts));
    for (size_t i = 0; i < classes; i++) {
        most = fmax(most, counts[i]);
        sum += counts[i];
    }
    run->number[SKEL_REPORT_CLASSES] = (double)classes;
    run->number[SKEL_REPORT_TEST_SAMPLES] = sum;
    run->number[SKEL_REPORT_CHANCE] = sum > 0 ? most / sum : (double)NAN;
done:
    SKEL_FREE(&counts);
    return status;
}

static void read_machine(skel_reader *reader, skel_report_run *run)
{
    static const char at[] = "/provenance";
    char prune[30];
    char train[30];

    skel_reader_attribute(reader, at, "git_revision", sizeof run->revision, run->revision);
    skel_reader_attribute(reader, at, "instruction_set", sizeof run->machine, run->machine);
    skel_reader_attribute(reader, at, "engine_prune", sizeof prune, prune);
    skel_reader_attribute(reader, at, "engine_train", sizeof train, train);
    (void)snprintf(run->engine, sizeof run->engine, "%s%s%s", prune,
                   prune[0] != '\0' && train[0] != '\0' ? ", " : "", train);
}

/* Images of all epochs by the seconds of their training, without tests and checkpoints. */
static skel_status read_train_speed(skel_reader *reader, skel_report_run *run)
{
    static const char path[] = "/metrics/train/seconds";
    double images = read_number(reader, "/summary", "train_images");
    size_t epochs = 0;
    double *seconds = NULL;
    double sum = 0;
    skel_status status = SKEL_OK;

    if (isnan(images) || !skel_reader_has(reader, path)) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_doubles(reader, path, &epochs, &seconds));
    for (size_t i = 0; i < epochs; i++) {
        sum += seconds[i];
    }
    if (sum > 0) {
        run->number[SKEL_REPORT_TRAIN_SPEED] = images * (double)epochs / sum;
    }
done:
    SKEL_FREE(&seconds);
    return status;
}

static skel_status check_schema(skel_reader *reader, bool *is_foreign)
{
    char schema[64];

    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    *is_foreign = strcmp(schema, SKEL_RUN_SCHEMA) != 0;
    if (*is_foreign) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is no run file (schema_name \"%s\", expected \"%s\")",
                         skel_reader_path(reader), schema, SKEL_RUN_SCHEMA);
    }
    return skel_run_file_check_version(reader);
}

static skel_status read_all(skel_networks *networks, const char *path, skel_report_run *run)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(check_schema(reader, &run->is_foreign));
    SKEL_TRY(skel_reader_verify_once(reader));
    skel_reader_attribute(reader, "/summary", "data", sizeof run->data, run->data);
    skel_reader_attribute(reader, "/summary", "model", sizeof run->model, run->model);
    skel_reader_attribute(reader, "/summary", "method", sizeof run->method, run->method);
    read_numbers(reader, run);
    read_machine(reader, run);
    SKEL_TRY(read_classes(reader, run));
    SKEL_TRY(read_train_speed(reader, run));
    SKEL_TRY(skel_report_job_read(reader, networks, run));
done:
    return skel_reader_close(&reader, status);
}

/* A damaged file is known by its journal, if there is one. */
static skel_status judge_damage(const char *path, skel_status failure, skel_report_run *run)
{
    char *message = NULL;
    char *stem = NULL;
    /* nobody knows what a file is that the disk did not give */
    bool is_foreign = run->is_foreign && failure == SKEL_ERR_DATA;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_strdup(skel_error_message(), &message));
    SKEL_TRY(skel_strdup(path, &stem));
    stem[strlen(stem) - (strlen(stem) > 3 ? 3 : 0)] = '\0';
    skel_report_run_clear(run);
    SKEL_TRY(skel_report_run_trace(stem, run));
    run->state = SKEL_REPORT_DAMAGED;
    run->failure = failure;
    run->is_foreign = is_foreign;
    SKEL_FREE(&run->message);
    run->message = message;
    message = NULL;
done:
    SKEL_FREE(&stem);
    SKEL_FREE(&message);
    if (status == SKEL_OK) {
        skel_error_clear();
    }
    return status;
}

/* A journal that is lost, or cannot be read, is no fault of the run. */
static skel_status read_warnings(const char *path, skel_report_run *run)
{
    const double collapsed = run->number[SKEL_REPORT_COLLAPSED_LAYERS];
    char journal[SKEL_JOB_PATH];
    skel_status status = SKEL_OK;

    skel_journal_path(path, sizeof journal, journal);
    status = skel_journal_warnings(journal, &run->warnings);
    if (status == SKEL_OK || status == SKEL_ERR_MEMORY) {
        return status;
    }
    skel_error_clear();
    return collapsed > 0
               ? skel_texts_add(
                     &run->warnings,
                     "layer collapse: %.0f layers have no weight on a path "
                     "from image to output%s",
                     collapsed,
                     run->number[SKEL_REPORT_CONNECTED] == 0 ? "; nothing connects the two" : "")
               : SKEL_OK;
}

skel_status skel_report_run_read(skel_networks *networks, const char *path, skel_report_run *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(begin(path, out));
    SKEL_TRY(skel_strdup("", &out->message));
    status = read_all(networks, path, out);
    if (status == SKEL_ERR_DATA || status == SKEL_ERR_IO) {
        status = judge_damage(path, status, out);
    } else if (status == SKEL_OK) {
        status = read_warnings(path, out);
    }
done:
    return status;
}

/* The journal's own words for what the run computes. */
static skel_status read_start(const char *stem, skel_report_run *run)
{
    char path[SKEL_JOB_PATH];
    skel_journal_story story = {0};
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s%s", stem, SKEL_JOURNAL_SUFFIX);
    if (skel_journal_read(path, &story) == SKEL_OK) {
        double seed = skel_json_number(story.start, "seed");

        (void)snprintf(run->data, sizeof run->data, "%s", skel_json_text(story.start, "data"));
        (void)snprintf(run->model, sizeof run->model, "%s", skel_json_text(story.start, "model"));
        (void)snprintf(run->method, sizeof run->method, "%s",
                       skel_json_text(story.start, "method"));
        (void)snprintf(run->identity, sizeof run->identity, "%s",
                       skel_json_text(story.start, "identity"));
        run->number[SKEL_REPORT_SPARSITY] =
            strcmp(run->method, "none") == 0 ? 0 : skel_json_number(story.start, "sparsity");
        run->has_seed = seed >= 0 && seed < 18446744073709551616.0;
        run->seed = run->has_seed ? (uint64_t)seed : 0;
        status = skel_report_settings_of_journal(story.start, run);
    } else {
        skel_error_clear();
    }
    skel_journal_forget(&story);
    return status;
}

skel_status skel_report_run_trace(const char *stem, skel_report_run *out)
{
    const skel_survey_options options = {.stale = SKEL_SURVEY_STALE_AFTER};
    char path[SKEL_JOB_PATH];
    skel_survey_run doing;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s.h5", stem);
    SKEL_TRY(begin(path, out));
    skel_survey_ask(stem, &options, &doing);
    out->state = doing.state == SKEL_SURVEY_FAILED    ? SKEL_REPORT_FAILED
                 : doing.state == SKEL_SURVEY_RUNNING ? SKEL_REPORT_RUNNING
                                                      : SKEL_REPORT_UNFINISHED;
    SKEL_TRY(skel_strdup(doing.message, &out->message));
    SKEL_TRY(read_start(stem, out));
done:
    return status;
}

void skel_report_run_clear(skel_report_run *run)
{
    SKEL_FREE(&run->path);
    SKEL_FREE(&run->message);
    SKEL_FREE(&run->setting);
    SKEL_FREE(&run->text);
    skel_texts_clear(&run->warnings);
    run->settings = 0;
    run->name = NULL;
}

bool skel_report_run_is_at_chance(const skel_report_run *run)
{
    const double deviations = 2.58; /* one such result in 200 is better by luck */
    double accuracy = run->number[SKEL_REPORT_TEST_ACCURACY];
    double chance = run->number[SKEL_REPORT_CHANCE];
    double samples = run->number[SKEL_REPORT_TEST_SAMPLES];
    double margin = 0.01;

    if (isnan(chance)) {
        chance = 1 / run->number[SKEL_REPORT_CLASSES];
    }
    if (samples > 0) {
        margin = deviations * sqrt(chance * (1 - chance) / samples);
    }
    return accuracy <= chance + margin; /* not if one of them is NaN */
}
