/* The plan of a submission: what it will cost, and until when. */
#include "submission.h"

#include "skel/cost.h"
#include "skel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* Reads numbers between colons; returns how many, 0 for anything else. */
static size_t read_numbers(const char *text, double number[3])
{
    size_t count = 0;

    while (count < 3) {
        char *end = NULL;

        if (*text < '0' || *text > '9') {
            return 0;
        }
        number[count++] = (double)strtoul(text, &end, 10);
        if (*end == '\0') {
            return count;
        }
        if (*end != ':') {
            return 0;
        }
        text = end + 1;
    }
    return 0;
}

skel_status skel_submit_time(const char *text, double *seconds)
{
    /* the units of one, two and three numbers, without days and with them */
    static const double unit[2][3][3] = {{{MINUTE}, {MINUTE, 1}, {HOUR, MINUTE, 1}},
                                         {{HOUR}, {HOUR, MINUTE}, {HOUR, MINUTE, 1}}};
    double number[3] = {0, 0, 0};
    char *dash = NULL;
    double days = (double)strtoul(text, &dash, 10);
    bool has_days = dash != text && *dash == '-';
    size_t count = read_numbers(has_days ? dash + 1 : text, number);

    *seconds = 0;
    if (strcasecmp(text, "infinite") == 0 || strcasecmp(text, "unlimited") == 0) {
        return SKEL_OK;
    }
    for (size_t i = 0; i < count; i++) {
        *seconds += number[i] * unit[has_days][count - 1][i];
    }
    *seconds += has_days ? days * DAY : 0;
    if (count == 0 || *seconds <= 0) {
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

skel_status skel_submit_plan(const skel_submission *submission)
{
    const skel_submit_options *options = submission->options;
    uint64_t per_node = (options->ranks + options->nodes - 1) / options->nodes;
    double images = 0;
    double flop = 0;
    size_t most = 0;
    char memory[SKEL_TEXT_BYTES];
    skel_costs *costs = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_costs_create(&costs));
    for (size_t i = 0; i < submission->sweep->runs; i++) {
        skel_cost cost;

        if (submission->place[i] != SKEL_PLACE_MISSING) {
            continue;
        }
        if (skel_cost_of(costs, &submission->sweep->run[i].job, (int)per_node, &cost) != SKEL_OK) {
            status = skel_error_prefix("run %zu", i);
            goto done;
        }
        images += cost.gradient_images + cost.forward_images;
        flop += cost.flop;
        most = cost.bytes > most ? cost.bytes : most;
    }
    print_runs(submission);
    if (submission->count[SKEL_PLACE_MISSING] == 0) {
        goto done;
    }
    print_ranks(submission);
    skel_text_bytes((double)most, memory);
    printf("cost: %.0f images, %.1f GFLOP, at most %s per rank\n", images, flop * 1e-9, memory);
    print_hours(submission);
done:
    skel_costs_destroy(&costs);
    return status;
}
