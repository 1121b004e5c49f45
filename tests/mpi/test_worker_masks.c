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
    skel_work all;
    skel_work kept;
    skel_worker_options options;
    uint8_t *keep = NULL;
    bool same = true;

    skel_work_make("resnet20", 32, 24, 12, &all);
    skel_work_make("resnet20", 32, 24, 12, &kept);
    ck_assert_ok(SKEL_ALLOC(all.network->parameter_count, 1, &keep));
    draw_mask(all.network, 9, keep);
    memset(keep + all.network->parameter[3].offset, 0, all.network->parameter[3].count);
    all.keep = keep;
    kept.keep = keep;
    options = skel_work_options(&all, 4);
    skel_work_gradient(skel_suite_comm(), &all, &options);
    options.engine.kept_only = true;
    skel_work_gradient(skel_suite_comm(), &kept, &options);
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
    skel_work_free(&kept);
    skel_work_free(&all);
}
END_TEST

/* A worker of kept weights alone whose mask changes, beside fresh workers for each mask. */
typedef struct change {
    skel_work changed;
    skel_work fresh;
    uint8_t *keep;
    skel_worker_options options;
    skel_worker *worker;
} change;

static void change_make(const char *kind, double density, change *out)
{
    memset(out, 0, sizeof *out);
    skel_work_make("resnet20", 32, 24, 12, &out->changed);
    skel_work_make("resnet20", 32, 24, 12, &out->fresh);
    ck_assert_ok(SKEL_ALLOC(out->changed.network->parameter_count, 1, &out->keep));
    memset(out->keep, 1, out->changed.network->parameter_count);
    out->changed.keep = out->keep;
    out->options = skel_work_options(&out->changed, 4);
    out->options.kind = kind;
    out->options.engine.kept_only = true;
    out->options.engine.density = density;
}

static void change_free(change *from)
{
    skel_worker_destroy(&from->worker);
    SKEL_FREE(&from->keep);
    skel_work_free(&from->fresh);
    skel_work_free(&from->changed);
}

/* The worker's gradient is that of a fresh worker, bit by bit. */
static void ck_as_fresh(change *of)
{
    skel_work *work = &of->changed;
    skel_result result[2];

    ck_assert(skel_suite_all(skel_worker_gradient(of->worker, work->parameters, &work->batches,
                                                  work->gradient, work->statistics,
                                                  &result[0]) == SKEL_OK));
    result[1] = skel_work_gradient(skel_suite_comm(), &of->fresh, &of->options);
    ck_assert(skel_suite_all(memcmp(work->gradient, of->fresh.gradient,
                                    work->network->parameter_count * sizeof(float)) == 0));
    ck_assert(skel_suite_all(skel_work_same(&result[0], &result[1])));
}

/* A worker whose mask has moved computes what one does that was made with the second mask. */
static void ck_remasked(const char *kind)
{
    change of;

    change_make(kind, 0.12, &of);
    draw_mask(of.changed.network, 1, of.keep);
    ck_assert(skel_suite_all(skel_worker_create(skel_suite_comm(), of.changed.network, &of.options,
                                                &of.worker) == SKEL_OK));
    ck_as_fresh(&of);
    draw_mask(of.changed.network, 2, of.keep);
    skel_worker_remask(of.worker);
    ck_as_fresh(&of);
    change_free(&of);
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

/* A worker that takes over another one's engine or memory computes what a new one does; also one
 * that keeps more weights than there is memory for, but no more than the engine was promised. */
static void ck_replaced(const char *kind)
{
    enum { TIMES = 5 };
    double promised = 0;
    change of;

    change_make(kind, 1, &of);
    promised = of.options.engine.density;
    for (int time = 0; time < TIMES; time++) {
        ck_assert(skel_suite_all(skel_worker_replace(skel_suite_comm(), of.changed.network,
                                                     &of.options, &of.worker) == SKEL_OK));
        ck_as_fresh(&of);
        thin(of.changed.network, of.keep);
        of.options.engine.density *= 0.7; /* at least what is left of two thirds */
        if (time == TIMES - 2) {
            draw_mask(of.changed.network, 3, of.keep);
            thin(of.changed.network, of.keep);
            of.options.engine.density = promised;
        }
    }
    change_free(&of);
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
