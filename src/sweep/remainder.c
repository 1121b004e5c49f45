/* What is left of runs, by the positions that their journals tell. */
#include "skel/remainder.h"

#include "skel/leg.h"

#include <stdio.h>
#include <string.h>

/* What a run is doing, in the words of a list of what is to be done. */
static skel_survey_state state_of(const skel_survey_run *found)
{
    if (found->state == SKEL_SURVEY_RUNNING) {
        return SKEL_SURVEY_RUNNING;
    }
    return found->has_checkpoint ? SKEL_SURVEY_CHECKPOINTED : SKEL_SURVEY_WAITING;
}

/* A number of a journal; false if there is none. */
static bool take_count(double number, size_t *out)
{
    bool is_count = number >= 0 && number < 1e15;

    *out = is_count ? (size_t)number : 0;
    return is_count;
}

static skel_status take_position(const skel_survey_run *found, const skel_job *job,
                                 skel_position *position, skel_remainder *out)
{
    skel_settings settings;
    skel_status status = skel_settings_resolve(job, &settings);

    SKEL_TRY(status);
    out->is_placed = out->state != SKEL_SURVEY_WAITING &&
                     take_count(found->iteration, &out->iterations) &&
                     take_count(found->epoch, &out->epochs) &&
                     skel_leg_position(job, &settings, out->iterations, out->epochs, position);
    out->all_iterations = settings.iterations;
    out->all_epochs = skel_leg_epochs_left(job, &settings, 0, 0);
done:
    return status;
}

skel_status skel_remainder_of(skel_costs *costs, const char *folder, const skel_sweep_run *run,
                              int ranks, skel_remainder *out)
{
    const skel_survey_options silence = {.stale = SKEL_SURVEY_STALE_AFTER};
    char stem[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
    skel_position position = {0};
    skel_survey_run found;
    skel_status status = SKEL_OK;

    skel_sweep_path(folder, run, sizeof stem, stem);
    stem[strlen(stem) - strlen(".h5")] = '\0';
    skel_survey_ask(stem, &silence, &found);
    *out = (skel_remainder){.state = state_of(&found)};
    SKEL_TRY(take_position(&found, &run->job, &position, out));
    SKEL_TRY(skel_cost_left(costs, &run->job, ranks, position, &out->cost));
done:
    return status;
}

/* The next one counts from 1. */
void skel_remainder_text(const skel_remainder *left, char out[SKEL_REMAINDER_TEXT])
{
    const char *verb = left->state == SKEL_SURVEY_RUNNING ? "is" : "resumes";
    bool prunes = left->iterations < left->all_iterations && left->epochs == 0;

    out[0] = '\0';
    if (!left->is_placed) {
        return;
    }
    if (!prunes && left->epochs == left->all_epochs) {
        (void)snprintf(out, SKEL_REMAINDER_TEXT, "%s at its end", verb);
        return;
    }
    (void)snprintf(out, SKEL_REMAINDER_TEXT, "%s at %s %zu/%zu", verb,
                   prunes ? "iteration" : "epoch", 1 + (prunes ? left->iterations : left->epochs),
                   prunes ? left->all_iterations : left->all_epochs);
}
