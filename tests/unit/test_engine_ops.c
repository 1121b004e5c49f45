/* Every operation and pattern alone, on every engine: against finite differences and against the
 * reference engine, whole batches, partial ones and single images. */
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

enum { IMAGES = 6, ENTRIES = 8 };

/* A whole batch, a partial one, one image. */
static const size_t counts[] = {IMAGES, 4, 1};

enum { COUNTS = sizeof counts / sizeof counts[0] };

static const skel_engine_options plain = {.microbatch = IMAGES};

/* Float results of sums of up to a few thousand terms: each rounding is 2^-24 of its term, batch
 * norm multiplies them by up to mean/deviation, which is about 10 in these networks. */
static const double float_tolerance = 2e-5;

/* The reference engine's gradient is exact but for its last rounding, to float. */
static const double double_tolerance = 0x1p-22;

static double run(skel_engine *engine, const skel_rig *rig, size_t count)
{
    skel_batch batch = skel_rig_batch(rig, 0, count);
    skel_pass pass = skel_rig_pass(rig);

    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
    return pass.loss;
}

static double loss_at(skel_engine *engine, const skel_rig *rig, const float parameters[],
                      size_t count)
{
    ck_assert_ok(skel_engine_load(engine, parameters, NULL));
    return run(engine, rig, count);
}

/* Central difference over a step that is exact: the two floats' own difference is divided by. */
static float difference(skel_engine *engine, const skel_rig *rig, size_t at, size_t count)
{
    float *parameter = &rig->parameters[at];
    float old = *parameter;
    float high = old + 0x1p-18F;
    float low = old - 0x1p-18F;
    double rise = 0;

    *parameter = high;
    rise = loss_at(engine, rig, rig->parameters, count);
    *parameter = low;
    rise -= loss_at(engine, rig, rig->parameters, count);
    *parameter = old;
    return (float)(rise / ((double)high - (double)low));
}

/* A few entries of each tensor, among them the first and the last. */
static size_t choose(const skel_parameter *p, size_t k)
{
    skel_stream stream = skel_stream_open(p->offset, SKEL_PURPOSE_TEST, 1, (uint32_t)k);

    if (p->count <= ENTRIES) {
        return p->offset + k;
    }
    return p->offset + (k == 0   ? 0
                        : k == 1 ? p->count - 1
                                 : skel_stream_below(&stream, (uint32_t)p->count));
}

static void check_differences(const skel_small *small, const skel_rig *rig, size_t count)
{
    skel_engine *engine = skel_rig_engine(rig, "reference", &plain);
    float expected[64 * ENTRIES];
    float found[64 * ENTRIES];
    size_t entries = 0;

    (void)run(engine, rig, count);
    for (size_t i = 0; i < rig->network->parameters; i++) {
        const skel_parameter *p = &rig->network->parameter[i];

        for (size_t k = 0; k < ENTRIES && k < p->count; k++) {
            found[entries++] = rig->gradient[choose(p, k)];
        }
    }
    entries = 0;
    for (size_t i = 0; i < rig->network->parameters; i++) {
        const skel_parameter *p = &rig->network->parameter[i];

        for (size_t k = 0; k < ENTRIES && k < p->count; k++) {
            expected[entries++] = difference(engine, rig, choose(p, k), count);
        }
    }
    /* the difference's own error: the third derivative times 2^-36, and 2^-53 / 2^-18 */
    ck_assert_msg(skel_relative_error(entries, found, expected) < 1e-6, "%s, %zu images: %g",
                  small->name, count, skel_relative_error(entries, found, expected));
    skel_engine_destroy(&engine);
}

START_TEST(the_reference_gradient_is_that_of_finite_differences)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        const skel_small *small = skel_small_get(i);
        skel_rig rig;

        skel_rig_make(skel_small_network(small), IMAGES, 2, &rig);
        check_differences(small, &rig, 3);
        skel_rig_free(&rig);
    }
}
END_TEST

/* Along its own direction a gradient predicts how the loss changes. */
static void check_direction(const char *kind, const skel_small *small, const skel_rig *rig)
{
    skel_engine *engine = skel_rig_engine(rig, kind, &plain);
    size_t count = rig->network->parameter_count;
    float *moved = NULL;
    double loss = run(engine, rig, IMAGES);
    double norm = 0;
    double step = 0;
    double predicted = 0;
    double measured = 0;

    ck_assert_ok(SKEL_ALLOC(2 * count, sizeof *moved, &moved));
    for (size_t i = 0; i < count; i++) {
        norm += pow((double)rig->gradient[i], 2);
    }
    step = 5e-4 * loss / norm;
    for (size_t i = 0; i < count; i++) {
        moved[i] = (float)((double)rig->parameters[i] - step * (double)rig->gradient[i]);
        moved[count + i] = (float)((double)rig->parameters[i] + step * (double)rig->gradient[i]);
        predicted += ((double)moved[count + i] - (double)moved[i]) * (double)rig->gradient[i];
    }
    measured = loss_at(engine, rig, moved + count, IMAGES) - loss_at(engine, rig, moved, IMAGES);
    /* the loss changes by a thousandth: float noise of 1e-6 of the loss is a thousandth of that,
     * what is left is curvature and ReLUs that switch */
    ck_assert_msg(fabs(measured - predicted) < 0.02 * predicted, "%s: %g, predicted %g",
                  small->name, measured, predicted);
    SKEL_FREE(&moved);
    skel_engine_destroy(&engine);
}

START_TEST(the_loss_falls_as_the_gradient_predicts)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), IMAGES, 2, &rig);
        check_direction(skel_rig_kind(_i), skel_small_get(i), &rig);
        skel_rig_free(&rig);
    }
}
END_TEST

static void check_tensors(const char *what, const skel_rig *rig, const float gradient[],
                          double tolerance)
{
    for (size_t i = 0; i < rig->network->parameters; i++) {
        const skel_parameter *p = &rig->network->parameter[i];
        double norm = 0;
        double difference_norm = 0;

        /* against the size of the whole gradient too: a bias before a batch norm has a gradient
         * of 0, of which rounding leaves something */
        for (size_t j = 0; j < p->count; j++) {
            difference_norm +=
                pow((double)gradient[p->offset + j] - (double)rig->gradient[p->offset + j], 2);
        }
        for (size_t j = 0; j < rig->network->parameter_count; j++) {
            norm += pow((double)rig->gradient[j], 2);
        }
        ck_assert_msg(
            skel_relative_error(p->count, gradient + p->offset, rig->gradient + p->offset) <
                    tolerance ||
                difference_norm < 1e-2 * tolerance * tolerance * norm,
            "%s: %s: %g", what, p->name,
            skel_relative_error(p->count, gradient + p->offset, rig->gradient + p->offset));
    }
}

/* One engine against the reference on the same batch: gradient, statistics, loss, correct. */
static void check_engines(const char *kind, const char *what, const skel_rig *rig, size_t count)
{
    double tolerance = skel_rig_is_double(kind) ? double_tolerance : float_tolerance;
    skel_engine *engine = skel_rig_engine(rig, kind, &plain);
    skel_engine *reference = skel_rig_engine(rig, "reference", &plain);
    skel_batch batch = skel_rig_batch(rig, 0, count);
    skel_pass pass = {0};
    skel_pass expected = skel_rig_pass(rig);

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof(float), &pass.gradient));
    ck_assert_ok(SKEL_ALLOC(rig->network->buffer_count, sizeof(float), &pass.statistics));
    (void)run(engine, rig, IMAGES); /* what a larger batch leaves behind must not matter */
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 0.25, &pass));
    ck_assert_ok(skel_engine_gradient(reference, 1, &batch, 0.25, &expected));
    ck_assert(fabs(pass.loss - expected.loss) <= tolerance * fabs(expected.loss));
    ck_assert_uint_eq(pass.correct, expected.correct);
    check_tensors(what, rig, pass.gradient, tolerance);
    ck_assert_msg(skel_relative_error(rig->network->buffer_count, pass.statistics,
                                      expected.statistics) < tolerance,
                  "%s: statistics", what);
    SKEL_FREE(&pass.gradient);
    SKEL_FREE(&pass.statistics);
    skel_engine_destroy(&engine);
    skel_engine_destroy(&reference);
}

START_TEST(every_operation_agrees_with_the_reference_on_any_number_of_images)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        const skel_small *small = skel_small_get(i);

        for (size_t k = 0; k < COUNTS; k++) {
            skel_rig rig;

            skel_rig_make(skel_small_network(small), IMAGES, 3, &rig);
            check_engines(skel_rig_kind(_i), small->name, &rig, counts[k]);
            skel_rig_free(&rig);
        }
    }
}
END_TEST

static void check_forward(const char *kind, const skel_small *small, const skel_rig *rig,
                          bool inference)
{
    skel_engine_options options = {.microbatch = IMAGES, .inference = inference};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_engine *reference = skel_rig_engine(rig, "reference", &plain);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    float found[IMAGES * 8];
    float expected[IMAGES * 8];
    double error = 0;

    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, found));
    ck_assert_ok(skel_engine_forward(reference, &batch, rig->buffers, expected));
    error = skel_relative_error(IMAGES * rig->network->classes, found, expected);
    ck_assert_msg(error < float_tolerance, "%s: %g", small->name, error);
    skel_engine_destroy(&engine);
    skel_engine_destroy(&reference);
}

START_TEST(testing_with_running_averages_agrees_with_the_reference)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), IMAGES, 4, &rig);
        check_forward(skel_rig_kind(_i), skel_small_get(i), &rig, false);
        check_forward(skel_rig_kind(_i), skel_small_get(i), &rig, true);
        skel_rig_free(&rig);
    }
}
END_TEST

/* y = (x - mean) / sqrt(variance + 1e-5) * gamma + beta, written out on a network without more. */
START_TEST(a_norm_with_running_averages_is_its_formula)
{
    skel_builder builder;
    skel_network *network = NULL;
    skel_rig rig;
    skel_engine *engine = NULL;
    skel_batch batch;
    float logits[4];

    skel_builder_start(&builder, "norm", 2, (skel_tensor){2, 1, 1}, 2);
    (void)skel_builder_norm(&builder, 0, "bn");
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, 2, 6, &rig);
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &(skel_engine_options){.microbatch = 2});
    batch = skel_rig_batch(&rig, 0, 2);
    ck_assert_ok(skel_engine_forward(engine, &batch, rig.buffers, logits));
    for (size_t i = 0; i < 4; i++) {
        double mean = (double)rig.buffers[i % 2];
        double variance = (double)rig.buffers[2 + i % 2];
        double expected =
            ((double)rig.image[i] - mean) / sqrt(variance + 1e-5) * (double)rig.parameters[i % 2] +
            (double)rig.parameters[2 + i % 2];

        /* a handful of float roundings of numbers below 4 */
        ck_assert(fabs((double)logits[i] - expected) < 4e-6);
    }
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

/* With 0 as the second weight all of a window is equal, and the gradient of that weight tells
 * which element was taken: the second channel is 1 there and 0 elsewhere, the first 1 everywhere.
 */
START_TEST(of_equal_elements_a_max_pool_takes_the_first)
{
    skel_builder builder;
    skel_network *network = NULL;
    skel_rig rig;
    skel_engine *engine = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "ties", 1, (skel_tensor){2, 4, 6}, 3);
    x = skel_builder_conv(&builder, 0, "conv", 1, 1, 1, 0, false);
    x = skel_builder_pool(&builder, SKEL_OP_MAXPOOL, x, 2, 2);
    (void)skel_builder_linear(&builder, x, "fc", 3, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, 1, 6, &rig);
    rig.parameters[0] = 1;
    rig.parameters[1] = 0;
    for (size_t i = 0; i < 24; i++) {
        rig.image[i] = 1;
        rig.image[24 + i] = i / 6 % 2 == 0 && i % 2 == 0 ? 1 : 0;
    }
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &(skel_engine_options){.microbatch = 1});
    (void)run(engine, &rig, 1);
    ck_assert(fabsf(rig.gradient[0]) > 0.01F);
    ck_assert(fabsf(rig.gradient[1] - rig.gradient[0]) < 1e-5F * fabsf(rig.gradient[0]));
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(a_norm_over_a_single_element_gives_its_shift)
{
    skel_builder builder;
    skel_network *network = NULL;
    skel_rig rig;
    skel_engine *engine = NULL;
    double loss = 0;

    skel_builder_start(&builder, "one", 1, (skel_tensor){2, 1, 1}, 2);
    (void)skel_builder_norm(&builder, 0, "bn");
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, 1, 6, &rig);
    rig.parameters[2] = 0.5F;
    rig.parameters[3] = 0.5F;
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &(skel_engine_options){.microbatch = 1});
    loss = run(engine, &rig, 1);
    ck_assert(fabs(loss - log(2.0)) < 1e-6);
    ck_assert(fabsf(rig.statistics[0] - rig.image[0]) < 1e-6F);
    ck_assert(fabsf(rig.statistics[2]) < 1e-6F);
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(the_list_of_small_networks_has_every_kind_of_operation)
{
    bool found[SKEL_OP_KINDS] = {false};

    for (size_t i = 0; i < skel_smalls(); i++) {
        skel_network *network = skel_small_network(skel_small_get(i));

        for (size_t k = 0; k < network->ops; k++) {
            found[network->op[k].kind] = true;
        }
        skel_network_destroy(&network);
    }
    for (size_t k = 0; k < SKEL_OP_KINDS; k++) {
        ck_assert_msg(found[k], "no small network has an operation of kind %zu", k);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_list_of_small_networks_has_every_kind_of_operation);
    if (!skel_rig_runs_again()) {
        tcase_add_test(tcase, the_reference_gradient_is_that_of_finite_differences);
    }
    tcase_add_loop_test(tcase, the_loss_falls_as_the_gradient_predicts, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, every_operation_agrees_with_the_reference_on_any_number_of_images, 0,
                        skel_rig_kinds());
    tcase_add_loop_test(tcase, testing_with_running_averages_agrees_with_the_reference, 0,
                        skel_rig_kinds());
    tcase_add_loop_test(tcase, a_norm_with_running_averages_is_its_formula, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, of_equal_elements_a_max_pool_takes_the_first, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, a_norm_over_a_single_element_gives_its_shift, 0, skel_rig_kinds());
}

int main(void)
{
    return skel_suite_run("engine, operations", fill);
}
