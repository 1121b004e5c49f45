/* Notices: the lines of the log on the runs of a sweep. */
#include "notice.h"

#include "skel/log.h"
#include "skel/text.h"

#include <stdio.h>

void skel_notice_name(const skel_sweep_run *run, char out[SKEL_NOTICE_NAME])
{
    const skel_outcome *outcome = run->state == SKEL_RUN_DONE ? &run->outcome : NULL;

    (void)snprintf(out, SKEL_NOTICE_NAME, "%s %.6g %%, seed %llu", run->job.prune.method,
                   skel_sweep_removed(&run->job, outcome), (unsigned long long)run->job.seed);
}

void skel_notice_done(const skel_sweep *sweep, size_t index, bool kept)
{
    const skel_sweep_run *run = &sweep->run[index];
    const skel_outcome *outcome = &run->outcome;
    char took[SKEL_TEXT_DURATION];
    char tested[64] = "not trained";
    char collapsed[64] = "";
    char before[SKEL_SWEEP_FILE + 32] = "";

    if (kept && run->taken) {
        (void)snprintf(before, sizeof before, " (done before: taken from %s)", run->file);
    } else if (kept) {
        (void)snprintf(before, sizeof before, " (its file exists: kept, skipped)");
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
    SKEL_INFO("[%zu/%zu] %-9s %.6g %% removed, seed %llu: kept %zu of %zu%s, %s, %s%s", sweep->done,
              sweep->runs - sweep->repeated, run->job.prune.method,
              skel_sweep_removed(&run->job, outcome), (unsigned long long)run->job.seed,
              outcome->kept, outcome->prunable, collapsed, tested, took, before);
}

void skel_notice_repeated(const skel_sweep *sweep, size_t index)
{
    const skel_job *job = &sweep->run[index].job;

    SKEL_INFO("run %zu (%s, seed %llu) is the same run as run %zu, as no setting that can change "
              "the result differs: not repeated",
              index, job->prune.method, (unsigned long long)job->seed, sweep->run[index].first);
}

void skel_notice_failed(const skel_sweep_run *run, size_t tried)
{
    if (tried > 1) {
        skel_log(SKEL_LOG_ERROR, "%s", run->failure != NULL ? run->failure : "out of memory");
    }
}
