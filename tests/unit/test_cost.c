/* Costs that are remembered from run to run. */
#include "suite.h"

#include "job/file_read.h"
#include "run/active_paths.h"
#include "run/disturbance.h"
#include "setup/cost_signal.h"
#include "skel/cost.h"
#include "skel/folded.h"
#include "skel/gated.h"
#include "skel/memory.h"
#include "skel/traits.h"

#include <stdio.h>
#include <string.h>

/* Networks, methods, engines, batches and densities in turn, so that all that is remembered is
 * asked for again after another question. */
static const char text[] = "data: {set: fashion-mnist, pad-to: 32}\n"
                           "model: {name: vgg11, width: 8}\n"
                           "prune: {method: force, iterations: 5}\n"
                           "train: {epochs: 3}\n"
                           "compute: {microbatch: 16}\n"
                           "sweep:\n"
                           "  prune.sparsity: [0.5, 0.97, 0.99]\n"
                           "  prune.method: [random, rigl, grasp, imp, px]\n"
                           "  prune.batches: [1, 2]\n"
                           "  model.width: [8, 16]\n"
                           "  train.label-smoothing: [0.0, 0.1]\n";

START_TEST(what_is_remembered_of_other_runs_changes_no_cost)
{
    skel_job_file *file = NULL;
    skel_costs *all = NULL;
    size_t largest = 0;
    size_t smallest = SIZE_MAX;

    ck_assert_ok(skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file));
    ck_assert_ok(skel_costs_create(&all));
    for (size_t i = 0; i < skel_job_file_runs(file); i++) {
        int ranks = 1 + (int)(i % 2);
        skel_costs *alone = NULL;
        skel_cost remembered;
        skel_cost fresh;
        skel_job job;

        skel_job_file_run(file, i, &job);
        ck_assert_ok(skel_costs_create(&alone));
        ck_assert_ok(skel_cost_of(all, &job, ranks, &remembered));
        ck_assert_ok(skel_cost_of(alone, &job, ranks, &fresh));
        ck_assert_uint_eq(remembered.bytes, fresh.bytes);
        ck_assert_double_eq(remembered.flop, fresh.flop);
        ck_assert_double_eq(remembered.gradient_images, fresh.gradient_images);
        ck_assert_double_eq(remembered.forward_images, fresh.forward_images);
        largest = fresh.bytes > largest ? fresh.bytes : largest;
        smallest = fresh.bytes < smallest ? fresh.bytes : smallest;
        skel_costs_destroy(&alone);
    }
    ck_assert_uint_gt(largest, smallest);
    skel_costs_destroy(&all);
    skel_job_file_close(&file);
}
END_TEST

/* Bytes of a second network's description alone. */
static size_t described_by(const skel_inputs *in)
{
    size_t before = skel_memory_bytes();
    skel_gated *gated = NULL;
    skel_folded *folded = NULL;
    size_t taken = 0;

    if (skel_method_disturbs(in->settings.method)) {
        ck_assert_ok(skel_folded_create(in->network, &folded));
    } else {
        ck_assert_ok(skel_gated_create(in->network, &gated));
    }
    taken = skel_memory_bytes() - before;
    skel_gated_destroy(&gated);
    skel_folded_destroy(&folded);
    return taken;
}

/* Bytes that the second network of a signal takes, with its workers and vectors. */
static size_t taken_by(const skel_inputs *in)
{
    size_t before = skel_memory_bytes();
    skel_active_paths *paths = NULL;
    skel_disturbance *disturbance = NULL;
    uint8_t *keep = NULL;
    size_t taken = 0;

    if (skel_method_disturbs(in->settings.method)) {
        ck_assert_ok(SKEL_ALLOC(in->network->parameter_count, 1, &keep));
        before = skel_memory_bytes();
        ck_assert_ok(skel_disturbance_create(in, keep, &disturbance));
    } else {
        ck_assert_ok(skel_active_paths_create(in, &paths));
    }
    taken = skel_memory_bytes() - before;
    skel_active_paths_destroy(&paths);
    skel_disturbance_destroy(&disturbance);
    SKEL_FREE(&keep);
    return taken;
}

/* Bytes of a whole run that does not train, and that has one worker more for its trace. */
static size_t plan_of(const skel_job *job, const char *method)
{
    skel_costs *costs = NULL;
    skel_job run = *job;
    skel_cost cost;

    (void)snprintf(run.prune.method, sizeof run.prune.method, "%s", method);
    run.train.epochs = 0;
    run.prune.trace = true;
    ck_assert_ok(skel_costs_create(&costs));
    ck_assert_ok(skel_cost_of(costs, &run, 1, &cost));
    skel_costs_destroy(&costs);
    return cost.bytes;
}

/* Not in the plan are the description and the objects' own records, whose size does not depend on
 * the width; running averages alone take more. */
START_TEST(the_second_network_of_a_signal_is_in_the_plan)
{
    static const size_t records = 8192;
    static const char *const methods[] = {"px", "ntk-sap"};
    static const char *const models[] = {"lenet-5", "resnet20", "vgg11"};
    static const char *const engines[] = {"reference", "dense"};

    for (size_t i = 0; i < 12; i++) {
        const char *method = methods[i % 2];
        const char *model = models[i / 2 % 3];
        skel_dataset none = {0};
        skel_inputs in = {.dataset = &none};
        skel_comm *comm = NULL;
        size_t planned = 0;
        size_t taken = 0;
        size_t described = 0;
        skel_job job;
        char words[512];

        (void)snprintf(words, sizeof words,
                       "data: {set: fashion-mnist, pad-to: %s}\n"
                       "model: {name: %s, width: 32}\n"
                       "prune: {method: %s, sparsity: 0.9, batches: 1, batch-size: 32}\n"
                       "compute: {microbatch: 16, engine: %s}\n",
                       strcmp(model, "lenet-5") == 0 ? "~" : "32", model, method, engines[i / 6]);
        ck_assert_ok(skel_job_parse("test", words, &job));
        ck_assert_ok(skel_settings_resolve(&job, &in.settings));
        ck_assert_ok(skel_settings_network(&job, &in.settings, &in.network));
        ck_assert_ok(skel_comm_create_self(&comm));
        in.comm = comm;
        in.job = &job;
        taken = taken_by(&in);
        ck_assert_ok(skel_cost_signal_bytes(&job, &in.settings, in.network, 1, &planned));
        described = described_by(&in);
        ck_assert_msg(planned <= taken && taken <= planned + described + records,
                      "%s, %s, %s: planned %zu, taken %zu, of which the description %zu", method,
                      model, engines[i / 6], planned, taken, described);
        if (skel_method_disturbs(in.settings.method)) { /* it has no other worker */
            ck_assert_uint_eq(plan_of(&job, method), plan_of(&job, "random") + planned);
        }
        skel_network_destroy(&in.network);
        skel_comm_destroy(&comm);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_remembered_of_other_runs_changes_no_cost);
    tcase_add_test(tcase, the_second_network_of_a_signal_is_in_the_plan);
}

int main(void)
{
    return skel_suite_run("cost", fill);
}
