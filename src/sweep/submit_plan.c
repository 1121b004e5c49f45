/* The plan of a submission: what it will cost, and until when. */
#include "submission.h"

#include "skel/duration.h"
#include "skel/pace.h"
#include "skel/remainder.h"
#include "skel/text.h"

#include <stdio.h>
#include <strings.h>

enum { HOUR = 3600 };

skel_status skel_submit_time(const char *text, double *seconds)
{
    *seconds = 0;
    if (strcasecmp(text, "infinite") == 0 || strcasecmp(text, "unlimited") == 0) {
        return SKEL_OK;
    }
    if (!skel_duration_slurm(text, seconds) || *seconds <= 0) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel submit: --time %s: no time limit; expected minutes, "
                         "hours:minutes:seconds, days-hours, or another of sbatch's forms",
                         text);
    }
    return SKEL_OK;
}

static void print_runs(const skel_submission *submission)
{
    const size_t *count = submission->count;
    size_t runs = submission->sweep->runs;

    printf("%s: %zu run%s: %zu %s done, %zu %s in the queue", submission->sweep->run[0].job.name,
           runs, runs == 1 ? "" : "s", count[SKEL_PLACE_DONE],
           count[SKEL_PLACE_DONE] == 1 ? "is" : "are", count[SKEL_PLACE_QUEUED],
           count[SKEL_PLACE_QUEUED] == 1 ? "is" : "are");
    if (count[SKEL_PLACE_QUEUED] > 0) {
        printf(" (job %s%s)", submission->queued_by,
               count[SKEL_PLACE_QUEUED] > 1 ? " and others" : "");
    }
    printf(", %zu %s missing\n", count[SKEL_PLACE_MISSING],
           count[SKEL_PLACE_MISSING] == 1 ? "is" : "are");
}

static void print_ranks(const skel_submission *submission)
{
    const skel_submit_options *options = submission->options;
    size_t missing = submission->count[SKEL_PLACE_MISSING];

    printf("ranks: %llu on %llu node%s", (unsigned long long)options->ranks,
           (unsigned long long)options->nodes, options->nodes == 1 ? "" : "s");
    if (options->groups > 0) {
        printf(", in one job, in %llu groups\n", (unsigned long long)options->groups);
    } else if (options->parallel > 0 && options->parallel < missing) {
        printf(" for each run, %llu runs at a time\n", (unsigned long long)options->parallel);
    } else {
        printf(" for each run\n");
    }
}

/* An upper bound: an array's runs may each take the whole limit. */
static void print_hours(const skel_submission *submission)
{
    const skel_submit_options *options = submission->options;
    size_t jobs = options->groups > 0 ? 1 : submission->count[SKEL_PLACE_MISSING];
    double hours = (double)jobs * submission->seconds / HOUR;

    if (submission->seconds > 0) {
        printf("node-hours: at most %.6g before a first return to the queue (%zu job%s of at most "
               "%.6g h on %llu node%s)\n",
               hours * (double)options->nodes, jobs, jobs == 1 ? "" : "s",
               submission->seconds / HOUR, (unsigned long long)options->nodes,
               options->nodes == 1 ? "" : "s");
    }
}

/* Sums over the runs that are missing. */
typedef struct plan_sums {
    double images;
    double flop;
    double seconds; /* of one rank, of the runs whose gradient was measured */
    size_t measured;
    size_t begun; /* of which only what is left counts */
    size_t most;  /* bytes of a rank */
} plan_sums;

static skel_status add_up(const skel_submission *submission, const skel_paces *paces,
                          skel_costs *costs, plan_sums *sums)
{
    const skel_submit_options *options = submission->options;
    uint64_t per_node = (options->ranks + options->nodes - 1) / options->nodes;

    for (size_t i = 0; i < submission->sweep->runs; i++) {
        const skel_sweep_run *run = &submission->sweep->run[i];
        double seconds = 0;
        skel_remainder left;

        if (submission->place[i] != SKEL_PLACE_MISSING) {
            continue;
        }
        if (skel_remainder_of(costs, submission->out, run, (int)per_node, &left) != SKEL_OK) {
            return skel_error_prefix("run %zu", i);
        }
        seconds = skel_paces_seconds(paces, &run->job, &left.cost);
        sums->images += left.cost.gradient_images + left.cost.forward_images;
        sums->flop += left.cost.flop;
        sums->begun += left.is_placed;
        sums->seconds += seconds;
        sums->measured += seconds > 0;
        sums->most = left.cost.bytes > sums->most ? left.cost.bytes : sums->most;
    }
    return SKEL_OK;
}

/* As if the ranks of a run shared its work without loss. */
static void print_expected(const skel_submission *submission, const skel_paces *paces,
                           const plan_sums *sums)
{
    const skel_submit_options *options = submission->options;
    size_t missing = submission->count[SKEL_PLACE_MISSING];
    double hours = sums->seconds / (double)options->ranks * (double)options->nodes / HOUR;

    if (sums->measured == missing) {
        printf("expected: %.3g node-hours, by a gradient measured on %s\n", hours,
               skel_paces_processor(paces));
    } else {
        printf("expected: not known, as the gradients of %zu run%s were not measured on %s; "
               "skel plan --measure does it\n",
               missing - sums->measured, missing - sums->measured == 1 ? "" : "s",
               skel_paces_processor(paces));
    }
}

skel_status skel_submit_plan(const skel_submission *submission)
{
    plan_sums sums = {0};
    char memory[SKEL_TEXT_BYTES];
    skel_costs *costs = NULL;
    skel_paces *paces = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_costs_create(&costs));
    SKEL_TRY(skel_paces_open(&paces));
    SKEL_TRY(add_up(submission, paces, costs, &sums));
    print_runs(submission);
    if (submission->count[SKEL_PLACE_MISSING] == 0) {
        goto done;
    }
    print_ranks(submission);
    skel_text_bytes((double)sums.most, memory);
    printf("cost: %.0f images, %.1f GFLOP, at most %s per rank", sums.images, sums.flop * 1e-9,
           memory);
    if (sums.begun > 0) {
        printf(" (%zu run%s begun: what is left)", sums.begun, sums.begun == 1 ? " has" : "s have");
    }
    printf("\n");
    print_expected(submission, paces, &sums);
    print_hours(submission);
done:
    skel_paces_close(&paces);
    skel_costs_destroy(&costs);
    return status;
}
