/* skel status: what each run is doing. It never starts MPI. */
#include "command.h"

#include "skel/folder.h"
#include "skel/survey.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char details[] =
    "  skel status runs                     # all runs below a folder\n"
    "  skel status job.yaml --out runs      # the runs of a job, also those that have not begun\n\n"
    "done: the run's file is there. running: with host and job, rate, time left, the age of the\n"
    "last sign of life, and the epoch or pruning iteration that goes on: epoch 3/30.\n"
    "checkpointed: stopped, and will go on from its checkpoint: epoch 2/30 done. waiting: not\n"
    "begun, in the queue of `skel submit` or not. failed: with the error. stale: neither an end\n"
    "nor a sign of life; its process was killed, or hangs. Running a job again does all its runs\n"
    "that are not done.\n"
    "Reads the journals RUN.log.jsonl, and asks squeue if there is one. Works without MPI.\n"
    "Exit status: 0 whatever the runs' states are; 74 if the folder cannot be read.\n";

static const skel_option options[] = {
    {"out", 0, "DIR", "folder of the run files of a job (default: runs)"},
    {"watch", 'w', NULL, "print again and again, until no run is left or you press Ctrl-C"},
    {"interval", 0, "SECONDS", "time between two prints of --watch (default: 5)"},
    {"json", 0, NULL, "print one line of JSON, for scripts"},
    {"stale", 0, "SECONDS", "silence after which a run is stale (default: 600)"},
    {NULL, 0, NULL, NULL},
};

/* What is surveyed, and how often. */
typedef struct question {
    const char *folder;
    const skel_comm *comm; /* of this process alone */
    skel_sweep *sweep;     /* NULL: all that lies in the folder */
    skel_survey_options options;
    bool json;
    bool watch;
    double interval;
} question;

static skel_status read_options(const skel_arguments *arguments, question *out)
{
    const char *folder = skel_arguments_get(arguments, "out");
    bool whole = skel_folder_is(arguments->word[0]);
    skel_status status = SKEL_OK;

    *out = (question){
        .folder = whole            ? arguments->word[0]
                  : folder != NULL ? folder
                                   : "runs",
        .options = {.stale = SKEL_SURVEY_STALE_AFTER},
        .json = skel_arguments_has(arguments, "json"),
        .watch = skel_arguments_has(arguments, "watch"),
        .interval = 5,
    };
    SKEL_TRY(skel_arguments_real(arguments, "stale", 1e9, &out->options.stale));
    SKEL_TRY(skel_arguments_real(arguments, "interval", 86400, &out->interval));
    if (skel_arguments_has(arguments, "interval") && !out->watch) {
        status = SKEL_FAIL(SKEL_ERR_USAGE, "skel status: --interval needs --watch");
    } else if (whole && (folder != NULL || arguments->count > 1)) {
        status = SKEL_FAIL(SKEL_ERR_USAGE, "skel status: %s is a folder: %s is for a job file",
                           arguments->word[0], folder != NULL ? "--out" : arguments->word[1]);
    } else if (out->folder[0] == '\0' || strlen(out->folder) >= SKEL_JOB_PATH) {
        status = SKEL_FAIL(SKEL_ERR_USAGE, "skel status: --out: %s folder name",
                           out->folder[0] == '\0' ? "empty" : "too long a");
    }
done:
    return status;
}

static bool anything_left(const skel_survey *survey)
{
    return survey->of_state[SKEL_SURVEY_RUNNING] + survey->of_state[SKEL_SURVEY_WAITING] +
               survey->of_state[SKEL_SURVEY_CHECKPOINTED] >
           0;
}

/* On a terminal each table replaces the one before, and is no longer than the screen. */
static skel_status print_survey(const question *asked, const skel_survey *survey)
{
    struct winsize size = {0};
    bool redraw = asked->watch && !asked->json && isatty(STDOUT_FILENO) != 0 &&
                  ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    size_t rows = redraw && size.ws_row > 6 ? size.ws_row - 5U : 0;

    if (asked->json) {
        return skel_survey_json(survey);
    }
    if (redraw) {
        printf("\033[H\033[2J");
    }
    skel_survey_table(survey, rows, redraw ? size.ws_col : 0);
    return SKEL_OK;
}

static skel_status survey_once(const question *asked, bool *left)
{
    skel_survey survey = {0};
    skel_status status = SKEL_OK;

    if (asked->sweep != NULL) {
        SKEL_TRY(skel_sweep_locate(asked->comm, asked->sweep, asked->folder));
        SKEL_TRY(
            skel_survey_sweep(asked->comm, asked->sweep, asked->folder, &asked->options, &survey));
    } else {
        SKEL_TRY(skel_survey_folder(asked->folder, &asked->options, &survey));
    }
    SKEL_TRY(print_survey(asked, &survey));
    if (fflush(stdout) != 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "cannot write to standard output: %s", strerror(errno));
        goto done;
    }
    *left = anything_left(&survey);
done:
    skel_survey_clear(&survey);
    return status;
}

static skel_status survey_often(const question *asked)
{
    bool left = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(survey_once(asked, &left));
    while (asked->watch && left) {
        (void)usleep((useconds_t)(1e6 * asked->interval));
        if (!asked->json && isatty(STDOUT_FILENO) == 0) {
            printf("\n");
        }
        SKEL_TRY(survey_once(asked, &left));
    }
done:
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    skel_comm *self = NULL;
    skel_sweep *sweep = NULL;
    question asked;
    skel_status status = SKEL_OK;

    SKEL_TRY(read_options(arguments, &asked));
    if (asked.folder != arguments->word[0]) {
        SKEL_TRY(skel_comm_create_self(&self));
        SKEL_TRY(skel_sweep_open(self, arguments->word[0], arguments->count - 1,
                                 (const char *const *)(arguments->word + 1), &sweep));
        asked.comm = self;
        asked.sweep = sweep;
    }
    SKEL_TRY(survey_often(&asked));
done:
    skel_sweep_close(&sweep);
    skel_comm_destroy(&self);
    return status;
}

SKEL_COMMAND(status, "DIR|JOB.yaml [key=value ...] [options]",
             "show what each run is doing: done, running, waiting, failed", 1, SKEL_ANY);
