/* Networks with their batch norm folded, and gradients of single images, on every engine. */
#include "rig.h"
#include "sample.h"
#include "suite.h"

#include "skel/folded.h"
#include "skel/memory.h"
#include "skel/sample_gradient.h"
#include "skel/work.h"

#include <math.h>

/* Each family, as small as it gets. */
static const struct {
    const char *name;
    size_t width;
    skel_tensor image;
} models[] = {
    {"lenet-300-100", 0, {1, 28, 28}}, {"lenet-5", 0, {1, 28, 28}},
    {"resnet20", 4, {3, 32, 32}},      {"resnet18", 4, {3, 32, 32}},
    {"resnet50", 4, {3, 32, 32}},      {"vgg11", 4, {3, 32, 32}},
    {"mobilenet-v2", 4, {3, 64, 64}},  {"wide-resnet-16-8", 8, {3, 16, 16}},
};
enum { MODELS = sizeof models / sizeof *models };

static void logits_of(const skel_network *network, const float parameters[], const float buffers[],
                      const skel_batch *batch, float logits[])
{
    skel_engine_options options = {.microbatch = batch->count, .inference = true};
    skel_engine *engine = NULL;

    ck_assert_ok(skel_engine_create("reference", network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, parameters, NULL));
    ck_assert_ok(skel_engine_forward(engine, batch, buffers, logits));
    skel_engine_destroy(&engine);
}

START_TEST(a_folded_network_has_the_logits_of_the_whole_one)
{
    skel_rig rig;
    skel_batch batch;
    skel_folded *folded = NULL;
    float *parameters = NULL;
    float expected[3 * 10];
    float logits[3 * 10];

    skel_rig_model(models[_i].name, models[_i].width, models[_i].image, 10, 3, &rig);
    batch = skel_rig_batch(&rig, 0, 3);
    ck_assert_ok(skel_folded_create(rig.network, &folded));
    ck_assert(!skel_network_has_batchnorm(folded->network));
    ck_assert_uint_eq(folded->network->prunable_count, rig.network->prunable_count);
    ck_assert_ok(SKEL_ALLOC(folded->network->parameter_count, sizeof *parameters, &parameters));
    skel_folded_parameters(folded, rig.parameters, rig.buffers, parameters);
    logits_of(rig.network, rig.parameters, rig.buffers, &batch, expected);
    logits_of(folded->network, parameters, NULL, &batch, logits);
    /* folded weights are rounded to float once more than the whole network's */
    ck_assert(skel_relative_error(30, logits, expected) < 1e-5);
    SKEL_FREE(&parameters);
    skel_folded_destroy(&folded);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(batch_norm_that_follows_no_layer_of_its_own_becomes_one_that_is_not_pruned)
{
    skel_builder builder;
    skel_network *network = NULL;
    skel_folded *folded = NULL;
    uint8_t keep[6 + 34] = {0};
    uint8_t mask[6 + 34];
    size_t x = 0;

    skel_builder_start(&builder, "test", 1, (skel_tensor){1, 4, 4}, 2);
    x = skel_builder_norm(&builder, 0, "first.norm");
    (void)skel_builder_linear(&builder, x, "fc", 2, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    ck_assert_ok(skel_folded_create(network, &folded));
    ck_assert_uint_eq(folded->network->prunable_count, network->prunable_count);
    ck_assert_str_eq(folded->network->parameter[0].name, "first.norm.weight");
    ck_assert(!folded->network->parameter[0].prunable);
    skel_folded_mask(folded, keep, mask);
    ck_assert(mask[0] == 1 && mask[1] == 1 && mask[2] == 0);
    skel_folded_destroy(&folded);
    skel_network_destroy(&network);
}
END_TEST

/* One image's output at the whole network, in evaluation mode. */
static double output_of(const skel_rig *rig, skel_engine *engine, const float parameters[],
                        const uint8_t keep[], skel_sample_output output)
{
    skel_batch batch = skel_rig_batch(rig, 0, 1);
    float logits[10];
    double loss = 0;
    size_t correct = 0;

    ck_assert_ok(skel_engine_load(engine, parameters, keep));
    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, logits));
    if (output == SKEL_SAMPLE_LOGIT) {
        return (double)logits[rig->label[0]];
    }
    skel_engine_evaluate(engine, &batch, logits, &loss, &correct);
    return loss;
}

#define STEP 2.5e-4F /* small, so that few ReLUs switch between the two ends */

/* Norm of the differences between a row and central differences over the norm of these, on some of
 * the kept weights. The reference engine's logits are floats, so differences have their rounding.
 */
static double distance(skel_rig *rig, const uint8_t keep[], skel_sample_output output,
                       const float row[])
{
    skel_engine_options options = {.microbatch = 1, .inference = true};
    skel_engine *engine = NULL;
    double squares = 0;
    double errors = 0;
    size_t k = 0;

    ck_assert_ok(skel_engine_create("reference", rig->network, &options, &engine));
    for (size_t p = 0; p < rig->network->parameters; p++) {
        const skel_parameter *parameter = &rig->network->parameter[p];

        for (size_t i = parameter->offset; i < parameter->offset + parameter->count; i++) {
            float before = rig->parameters[i];
            double step = 0;
            double rise = 0;

            if (!parameter->prunable || !keep[i]) {
                continue;
            }
            if (k++ % (1 + parameter->count / 16) != 0) {
                continue;
            }
            rig->parameters[i] = before + STEP;
            step = (double)rig->parameters[i];
            rise = output_of(rig, engine, rig->parameters, keep, output);
            rig->parameters[i] = before - STEP;
            step -= (double)rig->parameters[i];
            rise -= output_of(rig, engine, rig->parameters, keep, output);
            rig->parameters[i] = before;
            squares += rise / step * (rise / step);
            errors += pow(rise / step - (double)row[k - 1], 2);
        }
    }
    skel_engine_destroy(&engine);
    return sqrt(errors / squares);
}

START_TEST(a_row_is_the_slope_of_one_images_output)
{
    static const char *const names[] = {"resnet20", "wide-resnet-22-2"};

    for (int i = 0; i < 4; i++) {
        int output = i % 2;
        skel_rig rig;
        uint8_t *keep = NULL;
        float *row = NULL;
        skel_sample_gradient *gradients = NULL;
        skel_sample_gradient_options options = {.kind = skel_rig_kind(_i),
                                                .threads = 1,
                                                .batch = 4,
                                                .output = (skel_sample_output)output};

        skel_rig_model(names[i / 2], 4, (skel_tensor){3, 16, 16}, 10, 1, &rig);
        keep = skel_rig_mask(&rig, 0.3);
        options.parameters = rig.parameters;
        options.buffers = rig.buffers;
        options.keep = keep;
        ck_assert_ok(skel_sample_gradient_create(rig.network, &options, &gradients));
        ck_assert_str_eq(skel_sample_gradient_engine(gradients), skel_rig_kind(_i));
        ck_assert_ok(SKEL_ALLOC(skel_sample_gradient_stride(gradients), sizeof *row, &row));
        ck_assert_ok(skel_sample_gradient_of(gradients, 1, rig.image, rig.label, row));
        /* logits are floats about 1: over two steps their rounding is 2e-4 */
        ck_assert_double_lt(distance(&rig, keep, options.output, row), 2e-3);
        SKEL_FREE(&row);
        SKEL_FREE(&keep);
        skel_sample_gradient_destroy(&gradients);
        skel_rig_free(&rig);
    }
}
END_TEST

START_TEST(a_mask_that_keeps_nothing_is_refused)
{
    skel_rig rig;
    uint8_t *keep = NULL;
    skel_sample_gradient *gradients = NULL;
    skel_sample_gradient_options options = {.kind = "dense", .threads = 1};

    skel_rig_model("lenet-300-100", 0, (skel_tensor){1, 28, 28}, 10, 1, &rig);
    keep = skel_rig_mask(&rig, 0);
    options.parameters = rig.parameters;
    options.buffers = rig.buffers;
    options.keep = keep;
    ck_assert_int_eq(skel_sample_gradient_create(rig.network, &options, &gradients),
                     SKEL_ERR_CONFIG);
    SKEL_FREE(&keep);
    skel_rig_free(&rig);
}
END_TEST

static size_t bytes_of(const skel_rig *rig, const char *kind, size_t kept)
{
    size_t bytes = 0;

    ck_assert_ok(skel_sample_gradient_bytes(rig->network, kind, 1, 16, kept, &bytes));
    return bytes;
}

/* Which engine it will be, the mask's work decides. */
START_TEST(the_memory_for_auto_is_that_of_the_largest_engine_that_it_may_choose)
{
    double least = 0;
    double most = 0;
    size_t kept = 0;
    size_t dense = 0;
    size_t sparse = 0;
    skel_rig rig;

    skel_rig_model("resnet18", 4, (skel_tensor){3, 32, 32}, 10, 1, &rig);
    kept = (size_t)(skel_engine_sparse_work() * (double)rig.network->prunable_count);
    skel_work_range(rig.network, kept, &least, &most);
    ck_assert(least < skel_engine_sparse_work() && most > skel_engine_sparse_work());
    dense = bytes_of(&rig, "dense", kept);
    sparse = bytes_of(&rig, "sparse", kept);
    ck_assert(dense != sparse);
    ck_assert_uint_eq(bytes_of(&rig, "auto", kept), dense > sparse ? dense : sparse);
    skel_work_range(rig.network, 10, &least, &most);
    ck_assert(most < skel_engine_sparse_work());
    ck_assert_uint_eq(bytes_of(&rig, "auto", 10), bytes_of(&rig, "sparse", 10));
    ck_assert_uint_eq(bytes_of(&rig, "auto", rig.network->prunable_count),
                      bytes_of(&rig, "dense", rig.network->prunable_count));
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_memory_for_auto_is_that_of_the_largest_engine_that_it_may_choose);
    skel_sample_add(tcase, a_folded_network_has_the_logits_of_the_whole_one, MODELS);
    tcase_add_test(tcase,
                   batch_norm_that_follows_no_layer_of_its_own_becomes_one_that_is_not_pruned);
    tcase_add_loop_test(tcase, a_row_is_the_slope_of_one_images_output, 0, skel_rig_kinds());
    tcase_add_test(tcase, a_mask_that_keeps_nothing_is_refused);
}

int main(void)
{
    return skel_suite_run("folded", fill);
}
