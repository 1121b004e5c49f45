/* Gradients of kept weights alone, and workers of masks that change. */
#include "suite.h"
#include "work.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

/* Kept weights, as many of each tensor for every seed, and all that is not prunable. */
static void draw_mask(const skel_network *network, uint64_t seed, uint8_t keep[])
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];
        size_t left = parameter->prunable ? parameter->count / 9 + 1 : 0;

        memset(keep + parameter->offset, parameter->prunable ? 0 : 1, parameter->count);
        while (left > 0) {
            size_t j = skel_stream_below(&stream, (uint32_t)parameter->count);

            left -= keep[parameter->offset + j] == 0;
            keep[parameter->offset + j] = 1;
        }
    }
}

START_TEST(with_a_mask_kept_weights_have_the_same_gradient_and_pruned_ones_none)
{
    work all;
    work kept;
    skel_worker_options options;
    uint8_t *keep = NULL;
    bool same = true;

    work_make("resnet20", 32, 24, 12, &all);
    work_make("resnet20", 32, 24, 12, &kept);
    ck_assert_ok(SKEL_ALLOC(all.network->parameter_count, 1, &keep));
    draw_mask(all.network, 9, keep);
    memset(keep + all.network->parameter[3].offset, 0, all.network->parameter[3].count);
    all.keep = keep;
    kept.keep = keep;
    options = work_options(&all, 4);
    work_gradient(skel_suite_comm(), &all, &options);
    options.engine.kept_only = true;
    work_gradient(skel_suite_comm(), &kept, &options);
    for (size_t i = 0; i < all.network->parameter_count; i++) {
        /* the scale of a tensor's fixed point may be another without its pruned elements */
        double error = fabs((double)kept.gradient[i] - (double)all.gradient[i]);

        same = same && (keep[i] != 0 ? error <= 1e-6 * (1 + fabs((double)all.gradient[i]))
                                     : kept.gradient[i] == 0.0F);
    }
    ck_assert(skel_suite_all(same));
    ck_assert(skel_suite_all(
        memcmp(all.statistics, kept.statistics, all.network->buffer_count * sizeof(float)) == 0));
    SKEL_FREE(&keep);
    work_free(&kept);
    work_free(&all);
}
END_TEST

/* A worker whose mask has moved computes what one does that was made with the second mask. */
static void ck_remasked(const char *kind)
{
    work moved;
    work fresh;
    skel_worker_options options;
    skel_worker *worker = NULL;
    uint8_t *keep = NULL;
    skel_result result[3];

    work_make("resnet20", 32, 24, 12, &moved);
    work_make("resnet20", 32, 24, 12, &fresh);
    ck_assert_ok(SKEL_ALLOC(moved.network->parameter_count, 1, &keep));
    draw_mask(moved.network, 1, keep);
    moved.keep = keep;
    options = work_options(&moved, 4);
    options.kind = kind;
    options.engine.kept_only = true;
    options.engine.density = 0.12;
    ck_assert(skel_suite_all(
        skel_worker_create(skel_suite_comm(), moved.network, &options, &worker) == SKEL_OK));
    ck_assert(skel_suite_all(skel_worker_gradient(worker, moved.parameters, &moved.batches,
                                                  moved.gradient, moved.statistics,
                                                  &result[0]) == SKEL_OK));
    draw_mask(moved.network, 2, keep);
    skel_worker_remask(worker);
    ck_assert(skel_suite_all(skel_worker_gradient(worker, moved.parameters, &moved.batches,
                                                  moved.gradient, moved.statistics,
                                                  &result[1]) == SKEL_OK));
    skel_worker_destroy(&worker);
    result[2] = work_gradient(skel_suite_comm(), &fresh, &options);
    ck_assert(skel_suite_all(memcmp(moved.gradient, fresh.gradient,
                                    moved.network->parameter_count * sizeof(float)) == 0));
    ck_assert(
        skel_suite_all(work_same(&result[1], &result[2]) && !work_same(&result[0], &result[1])));
    SKEL_FREE(&keep);
    work_free(&fresh);
    work_free(&moved);
}

START_TEST(a_worker_whose_mask_has_moved_is_as_good_as_a_new_one)
{
    ck_remasked("dense");
    ck_remasked("sparse");
}
END_TEST

/* Prunes every third of the kept weights. */
static void thin(const skel_network *network, uint8_t keep[])
{
    size_t kept = 0;

    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        uint8_t *of = keep + network->parameter[i].offset;

        for (size_t j = 0; j < network->parameter[i].count; j++) {
            kept += of[j] != 0;
            of[j] = of[j] != 0 && kept % 3 != 0;
        }
    }
}

/* A worker that takes over another one's engine computes what a new one does. */
static void ck_replaced(const char *kind)
{
    work thinned;
    work fresh;
    skel_worker_options options;
    skel_worker *worker = NULL;
    uint8_t *keep = NULL;
    skel_result result[2];

    work_make("resnet20", 32, 24, 12, &thinned);
    work_make("resnet20", 32, 24, 12, &fresh);
    ck_assert_ok(SKEL_ALLOC(thinned.network->parameter_count, 1, &keep));
    memset(keep, 1, thinned.network->parameter_count);
    thinned.keep = keep;
    options = work_options(&thinned, 4);
    options.kind = kind;
    options.engine.kept_only = true;
    options.engine.density = 1;
    for (int time = 0; time < 3; time++) {
        ck_assert(skel_suite_all(
            skel_worker_replace(skel_suite_comm(), thinned.network, &options, &worker) == SKEL_OK));
        ck_assert(skel_suite_all(skel_worker_gradient(worker, thinned.parameters, &thinned.batches,
                                                      thinned.gradient, thinned.statistics,
                                                      &result[0]) == SKEL_OK));
        result[1] = work_gradient(skel_suite_comm(), &fresh, &options);
        ck_assert(skel_suite_all(memcmp(thinned.gradient, fresh.gradient,
                                        thinned.network->parameter_count * sizeof(float)) == 0));
        ck_assert(skel_suite_all(work_same(&result[0], &result[1])));
        thin(thinned.network, keep);
        options.engine.density *= 0.7; /* at least what is left of two thirds */
    }
    skel_worker_destroy(&worker);
    SKEL_FREE(&keep);
    work_free(&fresh);
    work_free(&thinned);
}

START_TEST(a_worker_that_takes_over_an_engine_is_as_good_as_a_new_one)
{
    ck_replaced("dense");
    ck_replaced("sparse");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, with_a_mask_kept_weights_have_the_same_gradient_and_pruned_ones_none);
    tcase_add_test(tcase, a_worker_whose_mask_has_moved_is_as_good_as_a_new_one);
    tcase_add_test(tcase, a_worker_that_takes_over_an_engine_is_as_good_as_a_new_one);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "worker_masks", fill);
}
