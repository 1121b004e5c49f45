/* Notices: the lines of the log on the runs of a sweep. */
#include "notice.h"

#include "stem.h"

#include "skel/line.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

void skel_notice_name(const skel_sweep *sweep, size_t index, char out[SKEL_NOTICE_NAME])
{
    const skel_sweep_run *run = &sweep->run[index];
    const skel_outcome *outcome = run->state == SKEL_RUN_DONE ? &run->outcome : NULL;

    (void)snprintf(out, SKEL_NOTICE_NAME, "%s %.6g %%, seed %llu", run->job.prune.method,
                   skel_sweep_removed(&run->job, outcome), (unsigned long long)run->job.seed);
    for (size_t i = 0; i < sweep->axes; i++) {
        size_t used = strlen(out);
        char *value = NULL;

        if (!skel_stem_has_always(sweep->axis[i]) &&
            skel_job_print_value(&run->job, sweep->axis[i], &value) == SKEL_OK) {
            (void)snprintf(out + used, SKEL_NOTICE_NAME - used, ", %s=%s", sweep->axis[i], value);
        }
        SKEL_FREE(&value);
    }
}

void skel_notice_done(const skel_sweep *sweep, size_t index, bool kept)
{
    const skel_sweep_run *run = &sweep->run[index];
    const skel_outcome *outcome = &run->outcome;
    char took[SKEL_TEXT_DURATION];
    char tested[64] = "not trained";
    char collapsed[64] = "";
    char reached[48] = "";
    char before[SKEL_SWEEP_FILE + 32] = "";
    char name[SKEL_NOTICE_NAME];
    char text[1024];

    if (kept && run->taken) {
        (void)snprintf(before, sizeof before, " (done before: taken from %s)", run->file);
    } else if (kept) {
        (void)snprintf(before, sizeof before, " (done before)");
    }
    skel_text_duration(outcome->seconds, took);
    if (outcome->tested) {
        (void)snprintf(tested, sizeof tested, "test %.2f %%", 100 * outcome->test_accuracy);
    }
    if (!outcome->connected) {
        (void)snprintf(collapsed, sizeof collapsed, " (disconnected)");
    } else if (outcome->collapsed > 0) {
        (void)snprintf(collapsed, sizeof collapsed, " (%zu layer%s collapsed)", outcome->collapsed,
                       outcome->collapsed == 1 ? "" : "s");
    }
    if (skel_sweep_misses_share(&run->job, 1 - outcome->sparsity)) {
        (void)snprintf(reached, sizeof reached, " (%.4g %% removed)", 100 * outcome->sparsity);
    }
    skel_notice_name(sweep, index, name);
    (void)snprintf(text, sizeof text, "[%zu/%zu] %s: kept %zu of %zu%s%s, %s, %s%s", sweep->done,
                   sweep->runs - sweep->repeated, name, outcome->kept, outcome->prunable, reached,
                   collapsed, tested, took, before);
    skel_line_result(text, skel_seconds());
}

void skel_notice_repeated(const skel_sweep *sweep, size_t index)
{
    const skel_job *job = &sweep->run[index].job;

    SKEL_INFO("run %zu (%s, seed %llu) is the same run as run %zu, as no setting that can change "
              "the result differs: not repeated",
              index, job->prune.method, (unsigned long long)job->seed, sweep->run[index].first);
}

void skel_notice_failed(const skel_sweep *sweep, size_t index, size_t tried)
{
    const char *failure = sweep->run[index].failure;
    char name[SKEL_NOTICE_NAME];

    if (tried > 1) {
        skel_notice_name(sweep, index, name);
        skel_log(SKEL_LOG_ERROR, "run %zu (%s): %s", index, name,
                 failure != NULL ? failure : "out of memory");
    }
}
