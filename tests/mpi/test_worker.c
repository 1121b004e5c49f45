/* Gradients and evaluations of whole batches, which are the same on any number of ranks. */
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"
#include "skel/worker.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 40, CLASSES = 4, SIDE = 28 };

static const skel_dataset_info info = {.name = "test",
                                       .channels = 1,
                                       .height = SIDE,
                                       .width = SIDE,
                                       .classes = CLASSES,
                                       .mean = {0.5F},
                                       .deviation = {0.25F}};

static uint8_t pixels[SAMPLES * SIDE * SIDE];
static uint8_t labels[SAMPLES];
static uint32_t order[SAMPLES];

/* What a test works with; the same on every rank. */
typedef struct fixture {
    skel_network *network;
    float *parameters;
    float *buffers;
    float *gradient;
    float *statistics;
    const uint8_t *keep;
    skel_view view;
    skel_samples samples;
    skel_batches batches;
} fixture;

static void fixture_make(const char *model, size_t side, size_t count, size_t batch_size,
                         fixture *out)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);
    skel_tensor input = {1, side, side};
    size_t width = strncmp(model, "resnet", 6) == 0 ? 4 : 0;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)skel_stream_below(&stream, 256);
    }
    for (uint32_t i = 0; i < SAMPLES; i++) {
        labels[i] = (uint8_t)skel_stream_below(&stream, CLASSES);
        order[i] = SAMPLES - 1 - i;
    }
    ck_assert_ok(skel_model_create(model, width, input, CLASSES, &out->network));
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, sizeof(float), &out->parameters));
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, sizeof(float), &out->gradient));
    ck_assert_ok(SKEL_ALLOC(out->network->buffer_count, sizeof(float), &out->buffers));
    ck_assert_ok(SKEL_ALLOC(out->network->buffer_count, sizeof(float), &out->statistics));
    ck_assert_ok(skel_network_initialise(out->network, SKEL_INIT_KAIMING_NORMAL, 1, out->parameters,
                                         out->buffers));
    ck_assert_ok(skel_view_make(&info, side, SKEL_AUGMENT_NONE, 0, &out->view));
    out->samples = (skel_samples){SAMPLES, pixels, labels};
    out->batches = (skel_batches){.view = &out->view,
                                  .samples = &out->samples,
                                  .count = count,
                                  .batch_size = batch_size,
                                  .index = order};
}

static void fixture_free(fixture *from)
{
    SKEL_FREE(&from->statistics);
    SKEL_FREE(&from->buffers);
    SKEL_FREE(&from->gradient);
    SKEL_FREE(&from->parameters);
    skel_network_destroy(&from->network);
}

static skel_worker_options options_of(const fixture *from, size_t microbatch)
{
    return (skel_worker_options){
        .kind = "reference",
        .engine = {.microbatch = microbatch},
        .keep = from->keep,
        .batch_size = from->batches.batch_size,
        .batches = (from->batches.count - 1) / from->batches.batch_size + 1,
        .test_images = SAMPLES,
    };
}

/* The gradient of these options on a group of ranks. */
static skel_result gradient_on(const skel_comm *comm, const fixture *from,
                               const skel_worker_options *options)
{
    skel_worker *worker = NULL;
    skel_result result = {0};

    ck_assert(skel_suite_all(skel_worker_create(comm, from->network, options, &worker) == SKEL_OK));
    ck_assert(
        skel_suite_all(skel_worker_gradient(worker, from->parameters, &from->batches,
                                            from->gradient, from->statistics, &result) == SKEL_OK));
    skel_worker_destroy(&worker);
    return result;
}

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

static bool same_result(const skel_result *a, const skel_result *b)
{
    return a->loss == b->loss && a->accuracy == b->accuracy && a->images == b->images;
}

/* Compares all ranks together with each rank alone: same bits. */
static void ck_same_as_alone(const char *model, size_t side, bool over_batch, size_t microbatch)
{
    fixture all;
    fixture alone;
    skel_comm *self = NULL;
    skel_worker_options options;
    skel_result together;
    skel_result single;

    fixture_make(model, side, 28, 12, &all); /* 12 + 12 + 4: a last batch that is smaller */
    fixture_make(model, side, 28, 12, &alone);
    options = options_of(&all, microbatch);
    options.batchnorm_over_batch = over_batch;
    ck_assert_ok(skel_comm_create_self(&self));
    together = gradient_on(skel_suite_comm(), &all, &options);
    single = gradient_on(self, &alone, &options);
    ck_assert(skel_suite_all(
        memcmp(all.gradient, alone.gradient, all.network->parameter_count * sizeof(float)) == 0));
    ck_assert(skel_suite_all(
        all.network->buffer_count == 0 ||
        memcmp(all.statistics, alone.statistics, all.network->buffer_count * sizeof(float)) == 0));
    ck_assert(skel_suite_all(same_result(&together, &single)));
    skel_comm_destroy(&self);
    fixture_free(&alone);
    fixture_free(&all);
}

START_TEST(a_gradient_has_the_same_bits_on_any_number_of_ranks)
{
    ck_same_as_alone("lenet-300-100", SIDE, false, 3);
    ck_same_as_alone("lenet-5", SIDE, false, 12);
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
    fixture fine;
    fixture whole;
    skel_worker_options options;

    fixture_make("lenet-5", SIDE, 24, 12, &fine);
    fixture_make("lenet-5", SIDE, 24, 12, &whole);
    options = options_of(&fine, 5);
    gradient_on(skel_suite_comm(), &fine, &options);
    options = options_of(&whole, 12);
    gradient_on(skel_suite_comm(), &whole, &options);
    /* each microbatch's gradient is rounded to float and to the fixed point before it is added */
    ck_assert(skel_suite_all(
        distance(fine.network->parameter_count, fine.gradient, whole.gradient) < 1e-6));
    fixture_free(&whole);
    fixture_free(&fine);
}
END_TEST

START_TEST(statistics_over_the_batch_equal_one_large_microbatch)
{
    fixture split;
    fixture whole;
    skel_worker_options options;

    fixture_make("resnet20", 32, 12, 12, &split);
    fixture_make("resnet20", 32, 12, 12, &whole);
    options = options_of(&split, 3);
    options.batchnorm_over_batch = true;
    gradient_on(skel_suite_comm(), &split, &options);
    options = options_of(&whole, 12);
    gradient_on(skel_suite_comm(), &whole, &options);
    ck_assert(skel_suite_all(
        distance(split.network->parameter_count, split.gradient, whole.gradient) < 1e-5));
    ck_assert(skel_suite_all(
        distance(split.network->buffer_count, split.statistics, whole.statistics) < 1e-6));
    fixture_free(&whole);
    fixture_free(&split);
}
END_TEST

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
    fixture all;
    fixture kept;
    skel_worker_options options;
    uint8_t *keep = NULL;
    bool same = true;

    fixture_make("resnet20", 32, 24, 12, &all);
    fixture_make("resnet20", 32, 24, 12, &kept);
    ck_assert_ok(SKEL_ALLOC(all.network->parameter_count, 1, &keep));
    draw_mask(all.network, 9, keep);
    memset(keep + all.network->parameter[3].offset, 0, all.network->parameter[3].count);
    all.keep = keep;
    kept.keep = keep;
    options = options_of(&all, 4);
    gradient_on(skel_suite_comm(), &all, &options);
    options.engine.kept_only = true;
    gradient_on(skel_suite_comm(), &kept, &options);
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
    fixture_free(&kept);
    fixture_free(&all);
}
END_TEST

/* A worker whose mask has moved computes what one does that was made with the second mask. */
static void ck_remasked(const char *kind)
{
    fixture moved;
    fixture fresh;
    skel_worker_options options;
    skel_worker *worker = NULL;
    uint8_t *keep = NULL;
    skel_result result[3];

    fixture_make("resnet20", 32, 24, 12, &moved);
    fixture_make("resnet20", 32, 24, 12, &fresh);
    ck_assert_ok(SKEL_ALLOC(moved.network->parameter_count, 1, &keep));
    draw_mask(moved.network, 1, keep);
    moved.keep = keep;
    options = options_of(&moved, 4);
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
    result[2] = gradient_on(skel_suite_comm(), &fresh, &options);
    ck_assert(skel_suite_all(memcmp(moved.gradient, fresh.gradient,
                                    moved.network->parameter_count * sizeof(float)) == 0));
    ck_assert(skel_suite_all(same_result(&result[1], &result[2]) &&
                             !same_result(&result[0], &result[1])));
    SKEL_FREE(&keep);
    fixture_free(&fresh);
    fixture_free(&moved);
}

START_TEST(a_worker_whose_mask_has_moved_is_as_good_as_a_new_one)
{
    ck_remasked("dense");
    ck_remasked("sparse");
}
END_TEST

START_TEST(an_evaluation_is_the_same_on_any_number_of_ranks)
{
    fixture from;
    skel_comm *self = NULL;
    skel_result result[2];

    fixture_make("resnet20", 32, SAMPLES, SAMPLES, &from);
    ck_assert_ok(skel_comm_create_self(&self));
    for (int alone = 0; alone < 2; alone++) {
        skel_worker_options options = options_of(&from, 7);
        skel_worker *worker = NULL;
        skel_status status = SKEL_OK;

        memset(&result[alone], 0, sizeof result[alone]);
        ck_assert(skel_suite_all(skel_worker_create(alone != 0 ? self : skel_suite_comm(),
                                                    from.network, &options, &worker) == SKEL_OK));
        status = skel_worker_evaluate(worker, from.parameters, from.buffers, &from.batches,
                                      &result[alone]);
        ck_assert(skel_suite_all(status == SKEL_OK && result[alone].images == SAMPLES));
        skel_worker_destroy(&worker);
    }
    ck_assert(skel_suite_all(same_result(&result[0], &result[1])));
    ck_assert(skel_suite_all(result[0].accuracy >= 0 && result[0].accuracy <= 1));
    skel_comm_destroy(&self);
    fixture_free(&from);
}
END_TEST

/* All weights are 0, the bias of class 0 is 1, and all labels are 0. */
START_TEST(an_evaluation_is_plain_cross_entropy_whatever_the_label_smoothing)
{
    fixture from;
    skel_worker_options options;
    skel_worker *worker = NULL;
    skel_result result;

    fixture_make("lenet-300-100", SIDE, SAMPLES, SAMPLES, &from);
    memset(labels, 0, sizeof labels);
    memset(from.parameters, 0, from.network->parameter_count * sizeof(float));
    from.parameters[from.network->parameter_count - CLASSES] = 1;
    options = options_of(&from, 7);
    options.engine.label_smoothing = 0.3;
    ck_assert(skel_suite_all(
        skel_worker_create(skel_suite_comm(), from.network, &options, &worker) == SKEL_OK));
    ck_assert(skel_suite_all(skel_worker_evaluate(worker, from.parameters, from.buffers,
                                                  &from.batches, &result) == SKEL_OK));
    ck_assert(skel_suite_all(fabs(result.loss - (log(exp(1.0) + CLASSES - 1) - 1)) < 1e-6));
    skel_worker_destroy(&worker);
    fixture_free(&from);
}
END_TEST

START_TEST(a_gradient_that_is_not_finite_stops_all_ranks)
{
    fixture from;
    skel_worker *worker = NULL;
    skel_worker_options options;
    skel_result result;

    fixture_make("lenet-5", SIDE, 24, 12, &from);
    from.parameters[7] = NAN;
    options = options_of(&from, 3);
    ck_assert(skel_suite_all(
        skel_worker_create(skel_suite_comm(), from.network, &options, &worker) == SKEL_OK));
    ck_assert(
        skel_suite_all(skel_worker_gradient(worker, from.parameters, &from.batches, from.gradient,
                                            NULL, &result) == SKEL_ERR_NUMBER));
    skel_worker_destroy(&worker);
    fixture_free(&from);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_gradient_has_the_same_bits_on_any_number_of_ranks);
    tcase_add_test(tcase, statistics_over_the_batch_have_the_same_bits_on_any_number_of_ranks);
    tcase_add_test(tcase, without_batch_norm_microbatches_do_not_change_the_gradient);
    tcase_add_test(tcase, statistics_over_the_batch_equal_one_large_microbatch);
    tcase_add_test(tcase, with_a_mask_kept_weights_have_the_same_gradient_and_pruned_ones_none);
    tcase_add_test(tcase, a_worker_whose_mask_has_moved_is_as_good_as_a_new_one);
    tcase_add_test(tcase, an_evaluation_is_the_same_on_any_number_of_ranks);
    tcase_add_test(tcase, an_evaluation_is_plain_cross_entropy_whatever_the_label_smoothing);
    tcase_add_test(tcase, a_gradient_that_is_not_finite_stops_all_ranks);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "worker", fill);
}
