/* skel plan: the runs of a job with their prices; runs nothing and never starts MPI. */
#include "command.h"

#include "skel/cost.h"
#include "skel/memory.h"
#include "skel/sweep.h"
#include "skel/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const skel_option options[] = {
    {"ranks", 0, "N", "ranks on one node, for the memory (default: 1)"},
    {NULL, 0, NULL, NULL},
};

static skel_status read_ranks(const char *text, int *out)
{
    char *end = NULL;
    long value = 1;

    if (text != NULL) {
        errno = 0;
        value = strtol(text, &end, 10);
        if (*end != '\0' || errno != 0 || value < 1 || value > 1000000) {
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel plan: --ranks %s: not a number from 1", text);
        }
    }
    *out = (int)value;
    return SKEL_OK;
}

static void print_run(size_t index, const skel_job *job, const skel_cost *cost)
{
    char memory[SKEL_TEXT_BYTES];

    skel_text_bytes((double)cost->bytes, memory);
    printf("%5zu  %-14s %-12s %-18s %9.6g %5llu %12.0f %14.1f  %10s\n", index, job->model.name,
           job->data.set, job->prune.method, skel_sweep_removed(job, NULL),
           (unsigned long long)job->seed, cost->gradient_images + cost->forward_images,
           cost->flop * 1e-9, memory);
}

/* Tells of idle ranks, once for runs in a row that have the same. */
static void print_idle(const skel_sweep *sweep, int ranks)
{
    char last[SKEL_COST_IDLE] = "";

    for (size_t i = 0; i < sweep->runs; i++) {
        char idle[SKEL_COST_IDLE];

        skel_cost_idle(&sweep->run[i].job, (size_t)ranks, idle);
        if (idle[0] != '\0' && strcmp(idle, last) != 0) {
            printf("run %zu: %s\n", i, idle);
        }
        (void)snprintf(last, sizeof last, "%s", idle);
    }
}

static skel_status print_plan(const skel_sweep *sweep, int ranks)
{
    double images = 0;
    double flop = 0;
    size_t most = 0;
    char memory[SKEL_TEXT_BYTES];

    printf("%5s  %-14s %-12s %-18s %9s %5s %12s %14s  %10s\n", "index", "model", "data", "method",
           "removed %", "seed", "images", "GFLOP", "memory");
    for (size_t i = 0; i < sweep->runs; i++) {
        skel_cost cost;
        skel_status status = skel_cost_of(&sweep->run[i].job, ranks, &cost);

        if (status != SKEL_OK) {
            return skel_error_prefix("run %zu", i);
        }
        print_run(i, &sweep->run[i].job, &cost);
        images += cost.gradient_images + cost.forward_images;
        flop += cost.flop;
        most = cost.bytes > most ? cost.bytes : most;
    }
    skel_text_bytes((double)most, memory);
    printf("%zu run%s: %.0f images, %.1f GFLOP, at most %s per rank with %d rank%s\n", sweep->runs,
           sweep->runs == 1 ? "" : "s", images, flop * 1e-9, memory, ranks, ranks == 1 ? "" : "s");
    print_idle(sweep, ranks);
    return SKEL_OK;
}

static skel_status run(const skel_arguments *arguments, int argc, char **argv)
{
    skel_comm *self = NULL;
    skel_sweep *sweep = NULL;
    int ranks = 1;
    skel_status status = SKEL_OK;

    (void)argc;
    (void)argv;
    SKEL_TRY(read_ranks(skel_arguments_get(&skel_command_plan, arguments, "ranks"), &ranks));
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_sweep_open(self, arguments->word[0], arguments->count - 1,
                             (const char *const *)(arguments->word + 1), &sweep));
    SKEL_TRY(print_plan(sweep, ranks));
done:
    skel_sweep_close(&sweep);
    skel_comm_destroy(&self);
    return status;
}

const skel_command skel_command_plan = {
    .name = "plan",
    .usage = "JOB.yaml [key=value ...] [options]",
    .summary = "list the job's runs with index, cost and memory; runs nothing",
    .details =
        "Images are those sent through the network, for gradients and for tests. GFLOP counts two\n"
        "operations per multiply-add of convolutions and linear layers; a gradient costs three\n"
        "forward passes. Memory is the expected peak of one rank's resident memory.\n",
    .options = options,
    .words_min = 1,
    .words_max = SKEL_ANY,
    .run = run,
};
