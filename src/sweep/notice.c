/* Notices: the lines of the log on the runs of a sweep. */
#include "notice.h"

#include "skel/log.h"
#include "skel/text.h"

#include <stdio.h>

void skel_notice_done(const skel_sweep_run *run, size_t number, size_t total, bool kept)
{
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
    SKEL_INFO("[%zu/%zu] %-9s %.6g %% removed, seed %llu: kept %zu of %zu%s, %s, %s%s", number,
              total, run->job.prune.method, skel_sweep_removed(&run->job, outcome),
              (unsigned long long)run->job.seed, outcome->kept, outcome->prunable, collapsed,
              tested, took, before);
}

void skel_notice_repeated(const skel_sweep *sweep, size_t index)
{
    const skel_job *job = &sweep->run[index].job;

    SKEL_INFO("[%zu/%zu] %-9s seed %llu: the same run as [%zu/%zu], as no setting that can change "
              "the result differs: not repeated",
              index + 1, sweep->runs, job->prune.method, (unsigned long long)job->seed,
              sweep->run[index].first + 1, sweep->runs);
}
