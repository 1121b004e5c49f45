/* Costs that are remembered from run to run. */
#include "suite.h"

#include "job/file_read.h"
#include "skel/cost.h"

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

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_remembered_of_other_runs_changes_no_cost);
}

int main(void)
{
    return skel_suite_run("cost", fill);
}
