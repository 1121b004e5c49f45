/* Surveys: the runs of a folder or of a sweep. */
#include "survey_internal.h"
#include "swept.h"

#include "skel/journal.h"
#include "skel/memory.h"
#include "skel/run_folder.h"
#include "skel/texts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH = SKEL_JOB_PATH + 512 };

const char *skel_survey_word(skel_survey_state state)
{
    static const char *const words[SKEL_SURVEY_STATES] = {
        [SKEL_SURVEY_RUNNING] = "running", [SKEL_SURVEY_FAILED] = "failed",
        [SKEL_SURVEY_STALE] = "stale",     [SKEL_SURVEY_CHECKPOINTED] = "checkpointed",
        [SKEL_SURVEY_WAITING] = "waiting", [SKEL_SURVEY_DONE] = "done",
    };

    return words[state];
}

/* A run of which nothing is known yet but its job, or not even that. */
static skel_survey_run unknown_run(const skel_job *job)
{
    const double unknown = (double)NAN;
    skel_survey_run run = {.sparsity = unknown,
                           .seed = unknown,
                           .pid = unknown,
                           .ranks = unknown,
                           .iteration = unknown,
                           .iterations = unknown,
                           .epoch = unknown,
                           .epochs = unknown,
                           .images_per_second = unknown,
                           .seconds_left = unknown,
                           .age = unknown,
                           .test_accuracy = unknown,
                           .seconds = unknown};

    if (job != NULL) {
        (void)snprintf(run.method, sizeof run.method, "%s", job->prune.method);
        run.sparsity = job->prune.sparsity;
        run.seed = (double)job->seed;
    }
    return run;
}

static skel_status make_room(skel_survey *survey)
{
    bool is_full = (survey->runs & (survey->runs - 1)) == 0; /* a power of two, or 0 */
    size_t room = survey->runs == 0 ? 1 : 2 * survey->runs;

    return is_full ? SKEL_GROW(room, sizeof *survey->run, &survey->run) : SKEL_OK;
}

skel_status skel_survey_add(skel_survey *survey, const char *stem, const char *root,
                            const skel_job *job, const skel_survey_options *options)
{
    skel_survey_run run = unknown_run(job);
    size_t above = strlen(root);
    bool belongs = false;
    skel_status status = make_room(survey);

    if (status != SKEL_OK) {
        return status;
    }
    if (strncmp(stem, root, above) != 0) {
        above = 0;
    }
    (void)snprintf(run.name, sizeof run.name, "%s", stem + above + strspn(stem + above, "/"));
    skel_survey_look(stem, survey->now, job != NULL, options, &run, &belongs);
    if (belongs) {
        survey->run[survey->runs++] = run;
    } else if (survey->foreign++ == 0) {
        (void)snprintf(survey->example, sizeof survey->example, "%s", skel_error_message());
    }
    skel_error_clear();
    return SKEL_OK;
}

void skel_survey_ask(const char *stem, const skel_survey_options *options, skel_survey_run *out)
{
    bool belongs = false;

    *out = unknown_run(NULL);
    skel_survey_look(stem, skel_journal_now(), true, options, out, &belongs);
    skel_error_clear();
}

static void count_states(skel_survey *survey)
{
    skel_survey_ask_slurm(survey);
    memset(survey->of_state, 0, sizeof survey->of_state);
    for (size_t i = 0; i < survey->runs; i++) {
        survey->of_state[survey->run[i].state]++;
    }
}

/* "KEY=VALUE, KEY=VALUE" from lines. */
static void join_lines(const char *lines, size_t size, char out[])
{
    size_t used = 0;

    out[0] = '\0';
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");

        if (used + length + 3 > size) {
            return;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%.*s", used > 0 ? ", " : "",
                                 (int)length, lines);
        lines += length + 1;
    }
}

skel_status skel_survey_sweep(const skel_comm *self, const skel_sweep *sweep, const char *folder,
                              const skel_survey_options *options, skel_survey *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_survey){.now = skel_journal_now()};
    for (size_t i = 0; status == SKEL_OK && i < sweep->runs; i++) {
        const skel_sweep_run *run = &sweep->run[i];
        char path[PATH];
        char swept[SKEL_SWEPT];

        if (run->first != i) {
            continue; /* the sweep has it twice */
        }
        skel_sweep_path(folder, run, sizeof path, path);
        path[strlen(path) - strlen(".h5")] = '\0';
        status = skel_survey_add(out, path, folder, &run->job, options);
        if (status == SKEL_OK) {
            skel_swept_lines(sweep, &run->job, swept);
            join_lines(swept, sizeof out->run->swept, out->run[out->runs - 1].swept);
        }
    }
    count_states(out);
    if (status == SKEL_OK) {
        skel_survey_ask_queue(self, sweep, folder, out);
    }
    return status;
}

skel_status skel_survey_folder(const char *folder, const skel_survey_options *options,
                               skel_survey *out)
{
    skel_texts all = {0};
    skel_status status = SKEL_OK;

    *out = (skel_survey){.now = skel_journal_now()};
    SKEL_TRY(skel_run_folder_walk(folder, 0, skel_run_folder_add_stem, &all));
    skel_texts_sort(&all); /* a run has several files */
    for (size_t i = 0; i < all.count; i++) {
        SKEL_TRY(skel_survey_add(out, all.text[i], folder, NULL, options));
    }
    count_states(out);
done:
    skel_texts_clear(&all);
    return status;
}

void skel_survey_clear(skel_survey *survey)
{
    SKEL_FREE(&survey->run);
    survey->runs = 0;
}

double skel_survey_left(const skel_survey *survey)
{
    size_t others =
        survey->of_state[SKEL_SURVEY_WAITING] + survey->of_state[SKEL_SURVEY_CHECKPOINTED];
    size_t known = 0;
    double taken = 0;
    double longest = 0;
    double sum = 0;

    for (size_t i = 0; i < survey->runs; i++) {
        const skel_survey_run *run = &survey->run[i];

        if (run->state == SKEL_SURVEY_RUNNING) {
            sum += run->seconds_left;
            longest = fmax(longest, run->seconds_left);
        } else if (run->state == SKEL_SURVEY_DONE && !isnan(run->seconds)) {
            taken += run->seconds;
            known++;
        }
    }
    if (others == 0) {
        return isnan(sum) ? sum : longest;
    }
    if (survey->of_state[SKEL_SURVEY_RUNNING] == 0 || known == 0) {
        return (double)NAN;
    }
    sum += (double)others * taken / (double)known;
    return isnan(sum) ? sum : fmax(longest, sum / (double)survey->of_state[SKEL_SURVEY_RUNNING]);
}
