/* skel plan: lists the runs of a job with their cost. It runs nothing and never starts MPI. */
#include "command.h"

#include "skel/cost.h"
#include "skel/memory.h"
#include "skel/sweep.h"
#include "skel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char details[] =
    "\"images\" counts the images that pass through the network, for gradients and for tests.\n"
    "\"GFLOP\" counts two operations for each multiply-add of convolutions and linear layers. A\n"
    "gradient costs as much as three forward passes. \"memory\" is the expected peak of the\n"
    "resident memory of one rank.\n";

static const skel_option options[] = {
    {"ranks", 0, "N", "ranks on one node, which the memory depends on (default: 1)"},
    {NULL, 0, NULL, NULL},
};

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

static skel_status print_plan(const skel_sweep *sweep, skel_costs *costs, int ranks)
{
    double images = 0;
    double flop = 0;
    size_t most = 0;
    char memory[SKEL_TEXT_BYTES];

    printf("%5s  %-14s %-12s %-18s %9s %5s %12s %14s  %10s\n", "index", "model", "data", "method",
           "removed %", "seed", "images", "GFLOP", "memory");
    for (size_t i = 0; i < sweep->runs; i++) {
        skel_cost cost;
        skel_status status = skel_cost_of(costs, &sweep->run[i].job, ranks, &cost);

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

static skel_status run(const skel_arguments *arguments)
{
    skel_comm *self = NULL;
    skel_sweep *sweep = NULL;
    skel_costs *costs = NULL;
    uint64_t ranks = 1;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_arguments_number(arguments, "ranks", 1, 1000000, &ranks));
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_sweep_open(self, arguments->word[0], arguments->count - 1,
                             (const char *const *)(arguments->word + 1), &sweep));
    SKEL_TRY(skel_costs_create(&costs));
    SKEL_TRY(print_plan(sweep, costs, (int)ranks));
done:
    skel_costs_destroy(&costs);
    skel_sweep_close(&sweep);
    skel_comm_destroy(&self);
    return status;
}

SKEL_COMMAND(plan, "JOB.yaml [key=value ...] [options]",
             "list the runs of a job with their cost and memory; run nothing", 1, SKEL_ANY);
