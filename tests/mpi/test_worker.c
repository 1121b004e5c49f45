/* Gradients and evaluations of whole batches, which are the same on any number of ranks. */
#include "suite.h"
#include "work.h"

#include "skel/memory.h"
#include "skel/worker.h"

#include <math.h>
#include <string.h>

static double distance(size_t count, const float a[], const float b[])
{
    double difference = 0;
    double norm = 0;

    for (size_t i = 0; i < count; i++) {
        difference += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        norm += (double)b[i] * (double)b[i];
    }
    return sqrt(difference / norm);
}

/* Compares all ranks together with each rank alone: same bits. */
static void ck_same_as_alone(const char *model, size_t side, bool over_batch, size_t microbatch)
{
    skel_work all;
    skel_work alone;
    skel_comm *self = NULL;
    skel_worker_options options;
    skel_result together;
    skel_result single;

    skel_work_make(model, side, 28, 12, &all); /* 12 + 12 + 4: a last batch that is smaller */
    skel_work_make(model, side, 28, 12, &alone);
    options = skel_work_options(&all, microbatch);
    options.batchnorm_over_batch = over_batch;
    ck_assert_ok(skel_comm_create_self(&self));
    together = skel_work_gradient(skel_suite_comm(), &all, &options);
    single = skel_work_gradient(self, &alone, &options);
    ck_assert(skel_suite_all(
        memcmp(all.gradient, alone.gradient, all.network->parameter_count * sizeof(float)) == 0));
    ck_assert(skel_suite_all(
        all.network->buffer_count == 0 ||
        memcmp(all.statistics, alone.statistics, all.network->buffer_count * sizeof(float)) == 0));
    ck_assert(skel_suite_all(skel_work_same(&together, &single)));
    skel_comm_destroy(&self);
    skel_work_free(&alone);
    skel_work_free(&all);
}

START_TEST(a_gradient_has_the_same_bits_on_any_number_of_ranks)
{
    ck_same_as_alone("lenet-300-100", SKEL_WORK_SIDE, false, 3);
    ck_same_as_alone("lenet-5", SKEL_WORK_SIDE, false, 12);
    ck_same_as_alone("resnet20", 32, false, 4);
}
END_TEST

START_TEST(statistics_over_the_batch_have_the_same_bits_on_any_number_of_ranks)
{
    ck_same_as_alone("resnet20", 32, true, 3);
    ck_same_as_alone("resnet20", 32, true, 12);
}
END_TEST

START_TEST(without_batch_norm_microbatches_do_not_change_the_gradient)
{
    skel_work fine;
    skel_work whole;
    skel_worker_options options;

    skel_work_make("lenet-5", SKEL_WORK_SIDE, 24, 12, &fine);
    skel_work_make("lenet-5", SKEL_WORK_SIDE, 24, 12, &whole);
    options = skel_work_options(&fine, 5);
    skel_work_gradient(skel_suite_comm(), &fine, &options);
    options = skel_work_options(&whole, 12);
    skel_work_gradient(skel_suite_comm(), &whole, &options);
    /* each microbatch's gradient is rounded to float and to the fixed point before it is added */
    ck_assert(skel_suite_all(
        distance(fine.network->parameter_count, fine.gradient, whole.gradient) < 1e-6));
    skel_work_free(&whole);
    skel_work_free(&fine);
}
END_TEST

START_TEST(statistics_over_the_batch_equal_one_large_microbatch)
{
    skel_work split;
    skel_work whole;
    skel_worker_options options;

    skel_work_make("resnet20", 32, 12, 12, &split);
    skel_work_make("resnet20", 32, 12, 12, &whole);
    options = skel_work_options(&split, 3);
    options.batchnorm_over_batch = true;
    skel_work_gradient(skel_suite_comm(), &split, &options);
    options = skel_work_options(&whole, 12);
    skel_work_gradient(skel_suite_comm(), &whole, &options);
    ck_assert(skel_suite_all(
        distance(split.network->parameter_count, split.gradient, whole.gradient) < 1e-5));
    ck_assert(skel_suite_all(
        distance(split.network->buffer_count, split.statistics, whole.statistics) < 1e-6));
    skel_work_free(&whole);
    skel_work_free(&split);
}
END_TEST

START_TEST(an_evaluation_is_the_same_on_any_number_of_ranks)
{
    skel_work from;
    skel_comm *self = NULL;
    skel_result result[2];

    skel_work_make("resnet20", 32, SKEL_WORK_SAMPLES, SKEL_WORK_SAMPLES, &from);
    ck_assert_ok(skel_comm_create_self(&self));
    for (int alone = 0; alone < 2; alone++) {
        skel_worker_options options = skel_work_options(&from, 7);
        skel_worker *worker = NULL;
        skel_status status = SKEL_OK;

        memset(&result[alone], 0, sizeof result[alone]);
        ck_assert(skel_suite_all(skel_worker_create(alone != 0 ? self : skel_suite_comm(),
                                                    from.network, &options, &worker) == SKEL_OK));
        status = skel_worker_evaluate(worker, from.parameters, from.buffers, &from.batches,
                                      &result[alone]);
        ck_assert(skel_suite_all(status == SKEL_OK && result[alone].images == SKEL_WORK_SAMPLES));
        skel_worker_destroy(&worker);
    }
    ck_assert(skel_suite_all(skel_work_same(&result[0], &result[1])));
    ck_assert(skel_suite_all(result[0].accuracy >= 0 && result[0].accuracy <= 1));
    skel_comm_destroy(&self);
    skel_work_free(&from);
}
END_TEST

/* All weights are 0, the bias of class 0 is 1, and all labels are 0. */
START_TEST(an_evaluation_is_plain_cross_entropy_whatever_the_label_smoothing)
{
    skel_work from;
    skel_worker_options options;
    skel_worker *worker = NULL;
    skel_result result;

    skel_work_make("lenet-300-100", SKEL_WORK_SIDE, SKEL_WORK_SAMPLES, SKEL_WORK_SAMPLES, &from);
    memset(from.labels, 0, SKEL_WORK_SAMPLES * sizeof *from.labels);
    memset(from.parameters, 0, from.network->parameter_count * sizeof(float));
    from.parameters[from.network->parameter_count - SKEL_WORK_CLASSES] = 1;
    options = skel_work_options(&from, 7);
    options.engine.label_smoothing = 0.3;
    ck_assert(skel_suite_all(
        skel_worker_create(skel_suite_comm(), from.network, &options, &worker) == SKEL_OK));
    ck_assert(skel_suite_all(skel_worker_evaluate(worker, from.parameters, from.buffers,
                                                  &from.batches, &result) == SKEL_OK));
    ck_assert(
        skel_suite_all(fabs(result.loss - (log(exp(1.0) + SKEL_WORK_CLASSES - 1) - 1)) < 1e-6));
    skel_worker_destroy(&worker);
    skel_work_free(&from);
}
END_TEST

START_TEST(a_gradient_that_is_not_finite_stops_all_ranks)
{
    skel_work from;
    skel_worker *worker = NULL;
    skel_worker_options options;
    skel_result result;

    skel_work_make("lenet-5", SKEL_WORK_SIDE, 24, 12, &from);
    from.parameters[7] = NAN;
    options = skel_work_options(&from, 3);
    ck_assert(skel_suite_all(
        skel_worker_create(skel_suite_comm(), from.network, &options, &worker) == SKEL_OK));
    ck_assert(
        skel_suite_all(skel_worker_gradient(worker, from.parameters, &from.batches, from.gradient,
                                            NULL, &result) == SKEL_ERR_NUMBER));
    skel_worker_destroy(&worker);
    skel_work_free(&from);
}
END_TEST

/* The options of a worker for logits alone. */
static skel_worker *logits_worker(const skel_comm *comm, const skel_work *from)
{
    skel_worker_options options = skel_work_options(from, 5);
    skel_worker *worker = NULL;

    options.engine.inference = true;
    ck_assert(
        skel_suite_all(skel_worker_create(comm, from->network, &options, &worker) == SKEL_OK));
    return worker;
}

START_TEST(sums_of_logits_are_the_same_on_any_number_of_ranks)
{
    float sums[2][SKEL_WORK_CLASSES];
    skel_comm *self = NULL;
    skel_work from;

    skel_work_make("resnet20", 32, 28, 12, &from);
    ck_assert_ok(skel_comm_create_self(&self));
    for (int alone = 0; alone < 2; alone++) {
        skel_worker *worker = logits_worker(alone ? self : skel_suite_comm(), &from);

        ck_assert(skel_suite_all(skel_worker_logits(worker, from.parameters, from.buffers,
                                                    &from.batches, sums[alone]) == SKEL_OK));
        skel_worker_destroy(&worker);
    }
    ck_assert(skel_suite_all(memcmp(sums[0], sums[1], sizeof sums[0]) == 0 && sums[0][0] != 0));
    skel_comm_destroy(&self);
    skel_work_free(&from);
}
END_TEST

START_TEST(logits_that_are_not_finite_stop_all_ranks)
{
    float sums[SKEL_WORK_CLASSES];
    skel_worker *worker = NULL;
    skel_work from;

    skel_work_make("lenet-5", SKEL_WORK_SIDE, 24, 12, &from);
    from.parameters[7] = NAN;
    worker = logits_worker(skel_suite_comm(), &from);
    ck_assert(skel_suite_all(skel_worker_logits(worker, from.parameters, from.buffers,
                                                &from.batches, sums) == SKEL_ERR_NUMBER));
    skel_worker_destroy(&worker);
    skel_work_free(&from);
}
END_TEST

/* Units of two channels each; those of the last layer have none. */
static void list_units(const skel_network *network, uint32_t unit[])
{
    size_t channels = skel_network_layer_channels(network);

    for (size_t c = 0; c < channels; c++) {
        unit[c] = c < channels - SKEL_WORK_CLASSES ? (uint32_t)(c / 2) : UINT32_MAX;
    }
}

static skel_status terms_of(const skel_comm *comm, const skel_work *from, float sums[],
                            skel_result *result)
{
    skel_worker_options options = skel_work_options(from, 5);
    size_t channels = skel_network_layer_channels(from->network);
    skel_channel_units units = {.count = (channels - SKEL_WORK_CLASSES) / 2};
    skel_worker *worker = NULL;
    uint32_t *unit = NULL;
    skel_status status = SKEL_OK;

    options.engine.terms = SKEL_TERM_MEAN;
    ck_assert(
        skel_suite_all(skel_worker_create(comm, from->network, &options, &worker) == SKEL_OK));
    ck_assert(skel_suite_all(SKEL_ALLOC(channels, sizeof *unit, &unit) == SKEL_OK));
    list_units(from->network, unit);
    units.unit = unit;
    status = skel_worker_channels(worker, from->parameters, from->buffers, &from->batches, &units,
                                  sums, result);
    SKEL_FREE(&unit);
    skel_worker_destroy(&worker);
    return status;
}

START_TEST(terms_of_channels_are_the_same_on_any_number_of_ranks_or_fail_on_all)
{
    enum { MOST = 512 };
    static float sums[2][MOST];
    skel_result result[2];
    skel_comm *self = NULL;
    skel_work from;

    skel_work_make("resnet20", 32, 28, 12, &from);
    ck_assert(skel_network_layer_channels(from.network) / 2 < MOST);
    ck_assert_ok(skel_comm_create_self(&self));
    ck_assert(skel_suite_all(terms_of(skel_suite_comm(), &from, sums[0], &result[0]) == SKEL_OK));
    ck_assert(skel_suite_all(terms_of(self, &from, sums[1], &result[1]) == SKEL_OK));
    ck_assert(skel_suite_all(memcmp(sums[0], sums[1], sizeof sums[0]) == 0 && sums[0][0] > 0));
    ck_assert(skel_suite_all(skel_work_same(&result[0], &result[1])));
    from.parameters[7] = NAN;
    ck_assert(
        skel_suite_all(terms_of(skel_suite_comm(), &from, sums[0], &result[0]) == SKEL_ERR_NUMBER));
    skel_comm_destroy(&self);
    skel_work_free(&from);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_gradient_has_the_same_bits_on_any_number_of_ranks);
    tcase_add_test(tcase, statistics_over_the_batch_have_the_same_bits_on_any_number_of_ranks);
    tcase_add_test(tcase, without_batch_norm_microbatches_do_not_change_the_gradient);
    tcase_add_test(tcase, statistics_over_the_batch_equal_one_large_microbatch);
    tcase_add_test(tcase, an_evaluation_is_the_same_on_any_number_of_ranks);
    tcase_add_test(tcase, an_evaluation_is_plain_cross_entropy_whatever_the_label_smoothing);
    tcase_add_test(tcase, a_gradient_that_is_not_finite_stops_all_ranks);
    tcase_add_test(tcase, sums_of_logits_are_the_same_on_any_number_of_ranks);
    tcase_add_test(tcase, logits_that_are_not_finite_stop_all_ranks);
    tcase_add_test(tcase, terms_of_channels_are_the_same_on_any_number_of_ranks_or_fail_on_all);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "worker", fill);
}
