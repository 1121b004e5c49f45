/* skel plan: lists the runs of a job with their cost. It runs nothing and never starts MPI. */
#include "command.h"
#include "plan_list.h"

#include "skel/log.h"
#include "skel/origin.h"
#include "skel/pace.h"
#include "skel/survey.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char details[] =
    "\"state\" is done for a run whose file is there, taken if another job below DIR has done the\n"
    "same run, repeated if an earlier run of the sweep is the same, running, checkpointed if the "
    "run\n"
    "goes on from its checkpoint, else waiting. The figures of a run that has begun are those of\n"
    "what is left of it, behind its last whole epoch or pruning iteration; \"resumes at\" says "
    "where\n"
    "it goes on. All other figures are those of whole runs. A line says in which parts of their\n"
    "provenance finished runs differ from this program.\n"
    "\"images\" counts the images that pass through the network, for gradients and for tests.\n"
    "\"dense\" counts those of the training that take the time of the dense network: all of them,\n"
    "or, where the sparse engine trains, those of steps that need the gradients of pruned "
    "weights.\n"
    "\"GFLOP\" counts two operations for each multiply-add of convolutions and linear layers. A\n"
    "gradient costs as much as three forward passes. \"memory\" is the expected peak of the\n"
    "resident memory of one rank. \"time\" is that of one rank of this processor, if the gradient\n"
    "of the network has been measured here once (--measure; kept in ~/.cache/skel). Where pruned\n"
    "weights take no time (the sparse engine), a run takes less.\n";

static const skel_option options[] = {
    {"ranks", 0, "N", "ranks on one node, which the memory depends on (default: 1)"},
    {"out", 0, "DIR", "folder of the run files (default: runs)"},
    {"format", 0, "NAME", "text, tsv (columns for other programs) or json (an object a line)"},
    {"measure", 0, NULL, "measure the gradient of each network for which that is not known yet"},
    {NULL, 0, NULL, NULL},
};

/* The command's options, and what all runs share. */
typedef struct run_plan {
    const char *out;
    skel_plan_format format;
    int ranks;
    bool has_ranks;
    skel_sweep *sweep;
    skel_costs *costs;
    skel_networks *networks;
    skel_paces *paces;
} run_plan;

/* Sums over the runs. */
typedef struct plan_sums {
    double images; /* of runs that are not done */
    double flop;
    double seconds;
    size_t most;       /* bytes */
    size_t to_do;      /* runs */
    size_t begun;      /* of these, running or checkpointed */
    size_t placed;     /* of these, it is known how far they are */
    size_t unmeasured; /* of these */
    size_t different;  /* finished runs with another provenance than the first of these */
    size_t alike;      /* finished runs with the provenance of `differs` */
    char differs[SKEL_ORIGIN];
} plan_sums;

static bool is_finished(const run_plan *plan, const skel_sweep_run *run)
{
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];

    skel_sweep_path(plan->out, run, sizeof path, path);
    return access(path, F_OK) == 0;
}

/* A file that cannot be read is an error of the run, not of the plan. */
static void compare_origin(const run_plan *plan, const skel_sweep_run *run, char out[SKEL_ORIGIN])
{
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];

    skel_sweep_path(plan->out, run, sizeof path, path);
    if (skel_origin_differs(path, &run->job, plan->has_ranks ? plan->ranks : 0, out) != SKEL_OK) {
        (void)snprintf(out, SKEL_ORIGIN, "cannot be read");
        SKEL_WARN("%s", skel_error_message());
    }
}

static void add_to_do(plan_sums *sums, const skel_plan_row *row)
{
    sums->to_do++;
    sums->images += row->cost.gradient_images + row->cost.forward_images;
    sums->flop += row->cost.flop;
    sums->seconds += row->seconds;
    sums->unmeasured += row->seconds == 0;
    sums->most = row->cost.bytes > sums->most ? row->cost.bytes : sums->most;
}

static void add_finished(plan_sums *sums, const char *differs)
{
    if (differs[0] == '\0') {
        return;
    }
    if (sums->alike == 0) {
        (void)snprintf(sums->differs, sizeof sums->differs, "%s", differs);
    }
    sums->alike += strcmp(sums->differs, differs) == 0;
    sums->different += strcmp(sums->differs, differs) != 0;
}

/* Of a run that the sweep does not have twice and that has no file. */
static skel_status plan_to_do(run_plan *plan, skel_plan_row *row, char place[SKEL_REMAINDER_TEXT],
                              plan_sums *sums)
{
    skel_remainder left;
    skel_status status = skel_remainder_of(plan->costs, plan->out, row->run, plan->ranks, &left);

    SKEL_TRY(status);
    row->state = skel_survey_word(left.state);
    row->cost = left.cost;
    row->seconds = skel_paces_seconds(plan->paces, &row->run->job, &row->cost);
    skel_remainder_text(&left, place);
    add_to_do(sums, row);
    sums->begun += left.state != SKEL_SURVEY_WAITING;
    sums->placed += left.is_placed;
done:
    return status;
}

/* A run that is not to be done is listed with the cost of a whole one. */
static skel_status plan_other(run_plan *plan, skel_plan_row *row, char differs[SKEL_ORIGIN],
                              plan_sums *sums)
{
    skel_status status = skel_cost_of(plan->costs, &row->run->job, plan->ranks, &row->cost);

    SKEL_TRY(status);
    row->seconds = skel_paces_seconds(plan->paces, &row->run->job, &row->cost);
    if (row->run->first != row->index) {
        row->state = "repeated";
        goto done;
    }
    row->state = row->run->taken ? "taken" : "done";
    compare_origin(plan, row->run, differs);
    add_finished(sums, differs);
done:
    return status;
}

static skel_status plan_run(run_plan *plan, size_t index, plan_sums *sums)
{
    const skel_sweep_run *run = &plan->sweep->run[index];
    char differs[SKEL_ORIGIN] = "";
    char place[SKEL_REMAINDER_TEXT] = "";
    skel_plan_row row = {.index = index, .run = run, .differs = differs, .place = place};
    bool to_do = run->first == index && !is_finished(plan, run);
    skel_status status =
        to_do ? plan_to_do(plan, &row, place, sums) : plan_other(plan, &row, differs, sums);

    if (status != SKEL_OK) {
        return skel_error_prefix("run %zu", index);
    }
    return skel_plan_print(plan->sweep, plan->format, &row);
}

/* Tells of idle ranks, once for runs in a row that have the same. */
static void print_idle(const run_plan *plan)
{
    char last[SKEL_COST_IDLE] = "";

    for (size_t i = 0; i < plan->sweep->runs; i++) {
        char idle[SKEL_COST_IDLE];

        skel_cost_idle(&plan->sweep->run[i].job, (size_t)plan->ranks, idle);
        if (idle[0] != '\0' && strcmp(idle, last) != 0) {
            printf("run %zu: %s\n", i, idle);
        }
        (void)snprintf(last, sizeof last, "%s", idle);
    }
}

static void print_time(const run_plan *plan, const plan_sums *sums)
{
    char took[SKEL_TEXT_DURATION];

    skel_text_duration(sums->seconds, took);
    if (sums->unmeasured == sums->to_do) {
        printf("time: not known, as no gradient of these networks has been measured on %s; "
               "--measure does it\n",
               skel_paces_processor(plan->paces));
        return;
    }
    printf("time: %s of one rank, by a gradient measured on %s", took,
           skel_paces_processor(plan->paces));
    if (sums->unmeasured > 0) {
        printf("; without %zu run%s that no measurement is known for: --measure", sums->unmeasured,
               sums->unmeasured == 1 ? "" : "s");
    }
    printf("\n");
}

/* How far a run is, its journal knows. */
static void print_begun(const plan_sums *sums)
{
    size_t unknown = sums->begun - sums->placed;

    if (sums->placed > 0) {
        printf("%zu run%s begun: only what is left is counted\n", sums->placed,
               sums->placed == 1 ? " has" : "s have");
    }
    if (unknown > 0) {
        printf("%zu run%s begun, and %s not say how far: counted as %s\n", unknown,
               unknown == 1 ? " has" : "s have",
               unknown == 1 ? "its journal does" : "their journals do",
               unknown == 1 ? "a whole one" : "whole ones");
    }
}

static void print_sums(const run_plan *plan, const plan_sums *sums)
{
    size_t runs = plan->sweep->runs;
    char memory[SKEL_TEXT_BYTES];

    skel_text_bytes((double)sums->most, memory);
    printf("%zu run%s, %zu to do", runs, runs == 1 ? "" : "s", sums->to_do);
    if (sums->to_do > 0) {
        printf(": %.0f images, %.1f GFLOP, at most %s per rank with %d rank%s\n", sums->images,
               sums->flop * 1e-9, memory, plan->ranks, plan->ranks == 1 ? "" : "s");
        print_time(plan, sums);
        print_begun(sums);
    } else {
        printf("\n");
    }
    if (sums->alike > 0) {
        printf("%zu finished run%s computed in another way than here: %s\n", sums->alike,
               sums->alike == 1 ? " was" : "s were", sums->differs);
    }
    if (sums->different > 0) {
        printf("%zu finished run%s in yet another way: see the column differs of --format tsv\n",
               sums->different, sums->different == 1 ? " was" : "s were");
    }
    print_idle(plan);
}

static skel_status measure(const run_plan *plan)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < plan->sweep->runs; i++) {
        status = skel_paces_measure(plan->paces, plan->networks, &plan->sweep->run[i].job);
    }
    return status;
}

static skel_status print_plan(run_plan *plan)
{
    plan_sums sums = {0};
    skel_status status = SKEL_OK;

    skel_plan_head(plan->sweep, plan->format);
    for (size_t i = 0; status == SKEL_OK && i < plan->sweep->runs; i++) {
        status = plan_run(plan, i, &sums);
    }
    if (status == SKEL_OK && plan->format == SKEL_PLAN_TEXT) {
        print_sums(plan, &sums);
    }
    return status;
}

static skel_status read_options(const skel_arguments *arguments, run_plan *out)
{
    static const char *const formats[] = {"text", "tsv", "json"};
    const char *folder = skel_arguments_get(arguments, "out");
    uint64_t ranks = 1;
    size_t format = SKEL_PLAN_TEXT;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_arguments_number(arguments, "ranks", 1, 1000000, &ranks));
    SKEL_TRY(skel_arguments_choice(arguments, "format", 3, formats, &format));
    out->ranks = (int)ranks;
    out->has_ranks = skel_arguments_has(arguments, "ranks");
    out->format = (skel_plan_format)format;
    out->out = folder != NULL ? folder : "runs";
    if (out->out[0] == '\0' || strlen(out->out) >= SKEL_JOB_PATH) {
        status = SKEL_FAIL(SKEL_ERR_USAGE, "skel plan: --out: %s folder name",
                           out->out[0] == '\0' ? "empty" : "too long a");
    }
done:
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    skel_comm *self = NULL;
    run_plan plan = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(read_options(arguments, &plan));
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_sweep_open(self, arguments->word[0], arguments->count - 1,
                             (const char *const *)(arguments->word + 1), &plan.sweep));
    SKEL_TRY(skel_sweep_locate(self, plan.sweep, plan.out));
    SKEL_TRY(skel_costs_create(&plan.costs));
    SKEL_TRY(skel_networks_create(&plan.networks));
    SKEL_TRY(skel_paces_open(&plan.paces));
    if (skel_arguments_has(arguments, "measure")) {
        SKEL_TRY(measure(&plan));
    }
    SKEL_TRY(print_plan(&plan));
done:
    skel_paces_close(&plan.paces);
    skel_networks_destroy(&plan.networks);
    skel_costs_destroy(&plan.costs);
    skel_sweep_close(&plan.sweep);
    skel_comm_destroy(&self);
    return status;
}

SKEL_COMMAND(plan, "JOB.yaml [key=value ...] [options]",
             "list the runs of a job with their state, cost, memory and time; run nothing", 1,
             SKEL_ANY);
