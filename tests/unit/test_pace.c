/* Times of runs from one measured gradient. */
#include "scratch.h"
#include "suite.h"

#include "job/file_read.h"
#include "skel/pace.h"

#include <stdlib.h>
#include <string.h>

static void make_cache(void)
{
    skel_scratch_make();
    ck_assert_int_eq(setenv("XDG_CACHE_HOME", skel_scratch_folder(), 1), 0);
}

/* Two jobs of one network: `snip` takes its pruning batch and the training, `obs` linear algebra,
 * too. */
static const char text[] = "data: {set: fashion-mnist, train-samples: 100, test-samples: 30}\n"
                           "model: {name: lenet-300-100, width: 30}\n"
                           "prune: {sparsity: 0.9, iterations: 1}\n"
                           "train: {epochs: 2}\n"
                           "compute: {microbatch: 10}\n"
                           "sweep: {prune.method: [snip, obs]}\n";

START_TEST(a_run_takes_the_time_of_its_images_and_of_its_linear_algebra_at_half_the_rate)
{
    skel_job_file *file = NULL;
    skel_costs *costs = NULL;
    skel_networks *networks = NULL;
    skel_paces *paces = NULL;
    double image[2];

    ck_assert_ok(skel_job_file_read("j.yaml", "j", false, strlen(text), text, 0, NULL, &file));
    ck_assert_ok(skel_costs_create(&costs));
    ck_assert_ok(skel_networks_create(&networks));
    ck_assert_ok(skel_paces_open(&paces));
    for (size_t i = 0; i < 2; i++) {
        double images = 0;
        skel_cost cost;
        skel_job job;

        skel_job_file_run(file, i, &job);
        ck_assert_ok(skel_cost_of(costs, &job, 1, &cost));
        ck_assert((cost.linalg_flop > 0) == (i == 1));
        if (i == 0) {
            ck_assert_double_eq(skel_paces_seconds(paces, &job, &cost), 0);
            ck_assert_ok(skel_paces_measure(paces, networks, &job));
        }
        images = cost.gradient_images + cost.forward_images / 3;
        ck_assert_double_gt(skel_paces_seconds(paces, &job, &cost), 0);
        images += images * 2 * cost.linalg_flop / (cost.flop - cost.linalg_flop);
        image[i] = skel_paces_seconds(paces, &job, &cost) / images;
        cost = (skel_cost){0};
        ck_assert_double_eq(skel_paces_seconds(paces, &job, &cost), 0);
    }
    ck_assert_double_eq_tol(image[0], image[1], 1e-12 * image[0]);
    skel_paces_close(&paces);
    skel_networks_destroy(&networks);
    skel_costs_destroy(&costs);
    skel_job_file_close(&file);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, make_cache, skel_scratch_remove);
    tcase_add_test(tcase,
                   a_run_takes_the_time_of_its_images_and_of_its_linear_algebra_at_half_the_rate);
}

int main(void)
{
    return skel_suite_run("pace", fill);
}
