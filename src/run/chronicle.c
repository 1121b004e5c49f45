/* Chronicles: events of a run with its position, its rate and the time that is left. */
#include "skel/chronicle.h"

#include "skel/isa.h"
#include "skel/journal.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/process.h"
#include "skel/progress.h"
#include "skel/version.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Seconds without another line after which a sign of life is due. */
static const double alive_interval = 30;

/* The images of one kind of work, and how fast they pass. */
typedef struct work {
    double left; /* images */
    double rate; /* images per second so far; 0: not known */
} work;

/* A phase that has begun. */
typedef struct phase {
    const char *name; /* "" before the first one */
    const skel_progress *progress;
    double left; /* images of its kind of work that were left when it began */
} phase;

struct skel_chronicle {
    const skel_assignment *assignment;
    skel_journal *journal;
    skel_settings settings;
    skel_position position;
    phase now;
    phase training; /* goes on after tests and, between legs, after prunings */
    double rate;    /* of the phase, images per second; NaN: not known */
    work prune;
    work train;
};

static double prune_images(const skel_chronicle *chronicle, size_t iterations)
{
    const skel_settings *settings = &chronicle->settings;

    return (double)(settings->iterations - iterations) * (double)settings->prune_batches *
           (double)settings->prune_batch_size;
}

static size_t epochs_left(const skel_chronicle *chronicle, skel_position position)
{
    return skel_leg_epochs_left(chronicle->assignment->job, &chronicle->settings,
                                position.iterations, position.epochs);
}

static double train_images(const skel_chronicle *chronicle, skel_position position)
{
    const skel_job *job = chronicle->assignment->job;

    const skel_settings *settings = &chronicle->settings;
    size_t spared = skel_leg_steps_spared(job, settings, position);

    return (double)epochs_left(chronicle, position) *
               (double)(settings->train_samples - settings->validation_samples) -
           (double)(spared * job->train.batch_size);
}

/* What is left is worked off at the rate of its own kind; before there is one, training goes as
 * fast as gradients for pruning. NaN if there is no rate yet. */
static double seconds_left(const skel_chronicle *chronicle)
{
    bool gradients = chronicle->settings.method->signal == SKEL_SIGNAL_GRADIENT;
    double prune = chronicle->prune.rate;
    double train = chronicle->train.rate > 0 ? chronicle->train.rate : gradients ? prune : 0;
    double seconds = 0;

    if (chronicle->prune.left > 0) {
        seconds += prune > 0 ? chronicle->prune.left / prune : (double)NAN;
    }
    if (chronicle->train.left > 0) {
        seconds += train > 0 ? chronicle->train.left / train : (double)NAN;
    }
    return seconds;
}

/* Estimates need no more digits. */
static double rounded(double number)
{
    return round(10 * number) / 10;
}

static void add_position(const skel_chronicle *chronicle, skel_json *line)
{
    size_t epochs = epochs_left(chronicle, (skel_position){0, 0});

    skel_json_add_count(line, "iteration", chronicle->position.iterations);
    skel_json_add_count(line, "iterations", chronicle->settings.iterations);
    skel_json_add_count(line, "epoch", epochs - epochs_left(chronicle, chronicle->position));
    skel_json_add_count(line, "epochs", epochs);
    skel_json_add_number(line, "images_per_second", rounded(chronicle->rate));
    skel_json_add_number(line, "seconds_left", rounded(seconds_left(chronicle)));
}

void skel_chronicle_move(skel_chronicle *chronicle, skel_position position)
{
    if (chronicle != NULL) {
        chronicle->position = position;
        chronicle->prune.left = prune_images(chronicle, position.iterations);
        chronicle->train.left = train_images(chronicle, position);
    }
}

void skel_chronicle_enter(skel_chronicle *chronicle, const char *name,
                          const skel_progress *progress)
{
    bool trains = strcmp(name, "train") == 0;

    if (chronicle == NULL) {
        return;
    }
    chronicle->now =
        (phase){name, progress, trains ? chronicle->train.left : chronicle->prune.left};
    if (trains) {
        chronicle->training = chronicle->now;
    }
}

/* Images that a phase has done change the rate and the images that are left. */
static void follow(skel_chronicle *chronicle, size_t done, double seconds)
{
    const char *name = chronicle->now.name;
    work *kind = strcmp(name, "prune") == 0   ? &chronicle->prune
                 : strcmp(name, "train") == 0 ? &chronicle->train
                                              : NULL;

    chronicle->rate = seconds > 0 && done > 0 ? (double)done / seconds : (double)NAN;
    if (kind != NULL) {
        kind->left = fmax(chronicle->now.left - (double)done, 0);
        kind->rate = isnan(chronicle->rate) ? kind->rate : chronicle->rate;
    }
}

static void write_alive(skel_chronicle *chronicle, size_t done)
{
    skel_json *line = NULL;

    if (skel_journal_begin(chronicle->journal, "alive", &line)) {
        skel_json_add_text(line, "phase", chronicle->now.name);
        skel_json_add_count(line, "images", done);
        skel_json_add_count(line, "images_of_phase", chronicle->now.progress->total);
        add_position(chronicle, line);
        skel_journal_append(chronicle->journal, &line);
    }
}

static void hear_progress(void *context, const skel_progress *progress, size_t done, double seconds)
{
    skel_chronicle *chronicle = context;

    if (progress == chronicle->training.progress) {
        chronicle->now = chronicle->training;
    }
    if (progress == chronicle->now.progress) {
        follow(chronicle, done, seconds);
        if (skel_journal_silence(chronicle->journal) >= alive_interval) {
            write_alive(chronicle, done);
        }
    }
}

static void hear_warning(void *context, const char *warning)
{
    skel_chronicle *chronicle = context;
    skel_json *line = NULL;

    if (skel_journal_begin(chronicle->journal, "warning", &line)) {
        skel_json_add_text(line, "message", warning);
        skel_journal_append(chronicle->journal, &line);
    }
}

static void add_metrics(const skel_metrics *table, skel_json *line)
{
    const char *name = NULL;
    double value = 0;

    skel_json_open(line, "metrics");
    for (size_t i = 0; skel_metrics_latest(table, i, &name, &value); i++) {
        skel_json_add_number(line, name, value);
    }
    skel_json_close(line);
}

void skel_chronicle_write(skel_chronicle *chronicle, const char *event, skel_position position,
                          const skel_metrics *table)
{
    skel_json *line = NULL;

    if (chronicle == NULL) {
        return;
    }
    skel_chronicle_move(chronicle, position);
    if (strcmp(event, "epoch") == 0) { /* the test that ends an epoch is a part of it */
        chronicle->now = chronicle->training;
        chronicle->rate = chronicle->train.rate;
    }
    if (skel_journal_begin(chronicle->journal, event, &line)) {
        skel_json_add_text(line, "phase", chronicle->now.name);
        add_position(chronicle, line);
        if (table != NULL) {
            add_metrics(table, line);
        }
        skel_journal_append(chronicle->journal, &line);
    }
}

/* An object of texts from lines NAME=VALUE. */
static void add_pairs(skel_json *line, const char *object, const char *lines)
{
    skel_json_open(line, object);
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        size_t name = strcspn(lines, "=");
        char entry[2][256];

        if (name < length) {
            (void)snprintf(entry[0], sizeof entry[0], "%.*s", (int)name, lines);
            (void)snprintf(entry[1], sizeof entry[1], "%.*s", (int)(length - name - 1),
                           lines + name + 1);
            skel_json_add_text(line, entry[0], entry[1]);
        }
        lines += length + (lines[length] == '\n' ? 1 : 0);
    }
    skel_json_close(line);
}

/* The run's place in its job. */
static void add_run(const skel_assignment *assignment, skel_json *line)
{
    const skel_job *job = assignment->job;
    const char *slash = strrchr(assignment->path, '/');

    skel_json_add_text(line, "file", slash != NULL ? slash + 1 : assignment->path);
    skel_json_add_text(line, "job", job->name);
    skel_json_add_count(line, "index", assignment->index);
    skel_json_add_count(line, "runs", assignment->runs);
    skel_json_add_text(line, "model", job->model.name);
    skel_json_add_text(line, "data", job->data.set);
    skel_json_add_text(line, "method", job->prune.method);
    skel_json_add_number(line, "sparsity", job->prune.sparsity);
    skel_json_add_count(line, "seed", job->seed);
    skel_json_add_text(line, "identity", assignment->identity != NULL ? assignment->identity : "");
    add_pairs(line, "swept", assignment->swept != NULL ? assignment->swept : "");
}

/* Where the run goes on, and by which program. */
static void add_process(const skel_assignment *assignment, skel_json *line)
{
    const skel_process process = skel_process_self();
    char isa[SKEL_ISA_TEXT];

    skel_isa_text(isa);
    skel_json_add_text(line, "host", process.host);
    skel_json_add_count(line, "ranks", (uint64_t)skel_comm_size(assignment->comm));
    skel_json_add_count(line, "pid", process.pid);
    skel_json_add_text(line, "process", process.mark);
    skel_json_add_text(line, "scheduler_job", process.job);
    add_pairs(line, "scheduler", assignment->invocation->scheduler);
    skel_json_add_text(line, "instruction_set", isa);
    skel_json_add_text(line, "version", skel_version());
    skel_json_add_text(line, "revision", skel_revision());
}

static void write_start(skel_chronicle *chronicle)
{
    skel_json *line = NULL;

    if (skel_journal_begin(chronicle->journal, "start", &line)) {
        skel_json_add_text(line, "schema_name", SKEL_JOURNAL_SCHEMA);
        skel_json_add_count(line, "schema_version", 1);
        add_run(chronicle->assignment, line);
        add_position(chronicle, line);
        add_process(chronicle->assignment, line);
        skel_journal_append(chronicle->journal, &line);
    }
}

skel_chronicle *skel_chronicle_open(const skel_assignment *assignment)
{
    skel_chronicle *chronicle = NULL;

    if (!skel_comm_is_root(assignment->comm) ||
        SKEL_ALLOC(1, sizeof *chronicle, &chronicle) != SKEL_OK) {
        return NULL;
    }
    chronicle->assignment = assignment;
    chronicle->now.name = "";
    chronicle->rate = (double)NAN;
    if (skel_settings_resolve(assignment->job, &chronicle->settings) == SKEL_OK) {
        skel_journal_open(assignment->path, &chronicle->journal);
    }
    if (chronicle->journal == NULL) {
        SKEL_FREE(&chronicle);
        return NULL;
    }
    skel_chronicle_move(chronicle, (skel_position){0, 0});
    write_start(chronicle);
    skel_log_listen(hear_warning, chronicle);
    skel_progress_listen(hear_progress, chronicle);
    return chronicle;
}

static void add_outcome(const skel_outcome *outcome, skel_json *line)
{
    skel_json_add_count(line, "kept", outcome->kept);
    skel_json_add_count(line, "prunable", outcome->prunable);
    skel_json_add_count(line, "collapsed_layers", outcome->collapsed);
    skel_json_add_number(line, "test_accuracy",
                         outcome->tested ? outcome->test_accuracy : (double)NAN);
    skel_json_add_number(line, "test_loss", outcome->tested ? outcome->test_loss : (double)NAN);
    skel_json_add_number(line, "seconds_prune", outcome->seconds_prune);
    skel_json_add_number(line, "seconds_train", outcome->seconds_train);
    skel_json_add_number(line, "seconds", outcome->seconds);
}

static void write_end(skel_chronicle *chronicle, skel_status status, const skel_outcome *outcome)
{
    int exit_code = skel_status_exit_code(status);
    skel_json *line = NULL;

    if (!skel_journal_begin(chronicle->journal, "end", &line)) {
        return;
    }
    skel_json_add_text(line, "result",
                       status == SKEL_OK            ? "done"
                       : status == SKEL_ERR_STOPPED ? "stopped"
                                                    : "failed");
    skel_json_add_count(line, "exit_status", (uint64_t)exit_code);
    add_position(chronicle, line);
    if (status == SKEL_OK) {
        add_outcome(outcome, line);
    } else {
        skel_json_add_text(line, "message", skel_error_message());
    }
    skel_journal_append(chronicle->journal, &line);
}

void skel_chronicle_close(skel_chronicle **chronicle, skel_status status,
                          const skel_outcome *outcome)
{
    if (*chronicle == NULL) {
        return;
    }
    skel_progress_listen(NULL, NULL);
    skel_log_listen(NULL, NULL);
    write_end(*chronicle, status, outcome);
    skel_journal_close(&(*chronicle)->journal);
    SKEL_FREE(chronicle);
}
