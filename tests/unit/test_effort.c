/* The arithmetic that finds a mask, and that of the training after it. */
#include "suite.h"

#include "job/file_read.h"
#include "skel/effort.h"

#include <math.h>
#include <string.h>

/* Of a network of 784 x 30 + 30 x 10 + 10 x 10 weights; 5 batches of 20 images an epoch. */
static const double macs = 784 * 30 + 30 * 10 + 10 * 10;
static const char text[] = "data: {set: fashion-mnist, train-samples: 100, test-samples: 30}\n"
                           "model: {name: lenet-300-100, width: 30}\n"
                           "prune: {sparsity: 0.9, iterations: 4, batches: 2, batch-size: 16}\n"
                           "train: {epochs: 3, batch-size: 20}\n"
                           "compute: {microbatch: 10}\n"
                           "sweep: {prune.method: [none, random, force, rigl, imp, obs]}\n";

/* Effort in images of gradients. */
static void effort_of(size_t number, double *mask, double *training)
{
    skel_job_file *file = NULL;
    skel_networks *networks = NULL;
    skel_effort effort;
    skel_job job;

    ck_assert_ok(skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file));
    ck_assert_ok(skel_networks_create(&networks));
    skel_job_file_run(file, number, &job);
    job.prune.finetune_epochs = 1;
    job.prune.fisher_samples = 50;
    ck_assert_ok(skel_effort_of(networks, &job, &effort));
    *mask = effort.mask / (3 * macs);
    *training = effort.training / (3 * macs);
    skel_networks_destroy(&networks);
    skel_job_file_close(&file);
}

static void expect(size_t number, double mask, double training)
{
    double found_mask = 0;
    double found_training = 0;

    effort_of(number, &found_mask, &found_training);
    ck_assert_double_eq_tol(found_mask, mask, 1e-9 * (1 + mask));
    ck_assert_double_eq_tol(found_training, training, 1e-9 * training);
}

START_TEST(no_mask_and_a_random_mask_cost_nothing)
{
    expect(0, 0, 300);
    expect(1, 0, 300);
}
END_TEST

START_TEST(a_gradient_method_costs_its_batches_and_a_moving_mask_is_training)
{
    expect(2, 4 * 2 * 16, 300);
    expect(3, 0, 300);
}
END_TEST

START_TEST(lottery_tickets_cost_all_their_rounds_but_the_last)
{
    expect(4, 4 * 300, 300);
}
END_TEST

/* The square of 50 samples for each weight in the Gram matrix, in the solution, and for each one
 * that stays. */
START_TEST(optimal_brain_surgeon_costs_its_training_its_samples_and_its_matrices)
{
    const double weights = macs;
    double kept[5] = {weights};
    double flop = 0;
    double mask = 0;
    double training = 0;

    for (int t = 1; t <= 4; t++) {
        kept[t] = t < 4 ? (double)(size_t)(weights * exp(t / 4.0 * log(0.1)) + 1e-6)
                        : (double)(size_t)(weights * 0.1 + 1e-6);
        flop += 50 * 50 * (2 * kept[t - 1] + kept[t]);
    }
    effort_of(5, &mask, &training);
    ck_assert_double_eq_tol(training, 100, 1e-9); /* the last fine-tuning */
    ck_assert_double_eq_tol(mask, 300 + 3 * 100 + 4 * 50 + flop / 2 / (3 * macs), 1e-6);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, no_mask_and_a_random_mask_cost_nothing);
    tcase_add_test(tcase, a_gradient_method_costs_its_batches_and_a_moving_mask_is_training);
    tcase_add_test(tcase, lottery_tickets_cost_all_their_rounds_but_the_last);
    tcase_add_test(tcase, optimal_brain_surgeon_costs_its_training_its_samples_and_its_matrices);
}

int main(void)
{
    return skel_suite_run("effort", fill);
}
