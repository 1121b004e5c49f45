/* Surveys for scripts. */
#include "skel/survey.h"

#include "skel/journal.h"
#include "skel/json.h"
#include "skel/memory.h"

#include <stdio.h>

static void add_run(const skel_survey_run *run, skel_json *json)
{
    skel_json_open(json, NULL);
    skel_json_add_text(json, "run", run->name);
    skel_json_add_text(json, "state", skel_survey_word(run->state));
    skel_json_add_text(json, "method", run->method);
    skel_json_add_number(json, "sparsity", run->sparsity);
    skel_json_add_number(json, "seed", run->seed);
    skel_json_add_text(json, "swept", run->swept);
    skel_json_add_number(json, "test_accuracy", run->test_accuracy);
    skel_json_add_number(json, "seconds", run->seconds);
    skel_json_add_text(json, "phase", run->phase);
    skel_json_add_number(json, "iteration", run->iteration);
    skel_json_add_number(json, "iterations", run->iterations);
    skel_json_add_number(json, "epoch", run->epoch);
    skel_json_add_number(json, "epochs", run->epochs);
    skel_json_add_number(json, "images_per_second", run->images_per_second);
    skel_json_add_number(json, "seconds_left", run->seconds_left);
    skel_json_add_number(json, "last_sign_seconds", run->age);
    skel_json_add_text(json, "host", run->host);
    skel_json_add_number(json, "pid", run->pid);
    skel_json_add_number(json, "ranks", run->ranks);
    skel_json_add_text(json, "scheduler_job", run->job);
    skel_json_add_text(json, "scheduler_state", run->job_state);
    skel_json_add_text(json, "message", run->message);
    skel_json_close(json);
}

skel_status skel_survey_json(const skel_survey *survey)
{
    char time[SKEL_JOURNAL_TIME];
    skel_json *json = NULL;
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_json_create(&json));
    skel_journal_time_text(survey->now, time);
    skel_json_add_text(json, "time", time);
    skel_json_open(json, "states");
    for (skel_survey_state state = 0; state < SKEL_SURVEY_STATES; state++) {
        skel_json_add_count(json, skel_survey_word(state), survey->of_state[state]);
    }
    skel_json_close(json);
    skel_json_add_number(json, "seconds_left", skel_survey_left(survey));
    skel_json_add_count(json, "foreign_files", survey->foreign);
    skel_json_open_list(json, "runs");
    for (size_t i = 0; i < survey->runs; i++) {
        add_run(&survey->run[i], json);
    }
    skel_json_close(json);
    SKEL_TRY(skel_json_print(json, &text));
    printf("%s\n", text);
done:
    SKEL_FREE(&text);
    skel_json_destroy(&json);
    return status;
}
