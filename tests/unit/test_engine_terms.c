/* First-order terms of channels: slopes of the loss, the same on all engines that have them. */
#include "rig.h"
#include "sample.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>

enum { CLASSES = 10, IMAGES = 3 };

static const struct {
    const char *name;
    size_t width;
    skel_tensor image;
} models[] = {
    {"lenet-300-100", 18, {1, 28, 28}},   {"lenet-5", 6, {1, 28, 28}},
    {"lenet-5-caffe", 6, {1, 28, 28}},    {"vgg11", 4, {3, 32, 32}},
    {"resnet20", 4, {3, 32, 32}},         {"resnet50", 4, {3, 32, 32}},
    {"wide-resnet-16-8", 8, {3, 16, 16}}, {"mobilenet-v2", 4, {3, 64, 64}},
};
enum { MODELS = sizeof models / sizeof *models };

/* The terms, *owned*, and the sum of the losses. */
static float *terms_of(const skel_rig *rig, const char *kind, skel_term term, double *loss)
{
    const skel_engine_options options = {.microbatch = IMAGES, .terms = term};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = {.gradient = rig->gradient};
    float *terms = NULL;

    ck_assert_ok(
        SKEL_ALLOC(IMAGES * skel_network_layer_channels(rig->network), sizeof *terms, &terms));
    ck_assert_ok(skel_engine_terms(engine, &batch, rig->buffers, terms, &pass));
    *loss = pass.loss;
    skel_engine_destroy(&engine);
    return terms;
}

/* Multiplies what makes a channel's z: scale and shift of its batch norm, or weights and bias. */
static void multiply(skel_rig *rig, size_t op, size_t channel, float factor)
{
    const skel_network *network = rig->network;
    size_t norm = skel_network_norm_behind(network, op);
    const skel_op *of = &network->op[norm != SKEL_NONE ? norm : op];
    const skel_parameter *weight = &network->parameter[of->weight];
    size_t row = weight->count / weight->shape[0];

    for (size_t i = 0; i < row; i++) {
        rig->parameters[weight->offset + channel * row + i] *= factor;
    }
    if (of->bias != SKEL_NONE) {
        rig->parameters[network->parameter[of->bias].offset + channel] *= factor;
    }
}

static double loss_of(const skel_rig *rig, skel_engine *engine, size_t image)
{
    skel_batch batch = skel_rig_batch(rig, image, 1);
    float logits[CLASSES];
    double loss = 0;
    size_t correct = 0;

    ck_assert_ok(skel_engine_load(engine, rig->parameters, NULL));
    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, logits));
    skel_engine_evaluate(engine, &batch, logits, &loss, &correct);
    return loss;
}

/* Pixels times the term is the slope of the image's loss by a factor on the channel. */
START_TEST(a_term_is_the_slope_of_the_loss_by_a_factor_on_the_channel)
{
    static const float step = 0x1p-13F;
    const skel_engine_options options = {.microbatch = 1, .inference = true};
    double squares = 0;
    double errors = 0;
    double loss = 0;
    size_t first = 0;
    skel_engine *engine = NULL;
    float *terms = NULL;
    skel_rig rig;

    skel_rig_model(models[_i].name, models[_i].width, models[_i].image, CLASSES, IMAGES, &rig);
    terms = terms_of(&rig, "reference", SKEL_TERM_MEAN, &loss);
    engine = skel_rig_engine(&rig, "reference", &options);
    for (size_t i = 0; i < rig.network->ops; i++) {
        const skel_op *op = &rig.network->op[i];
        skel_tensor out = rig.network->tensor[op->output];
        size_t channel = i % out.channels;
        size_t image = i % IMAGES;

        if (op->kind != SKEL_OP_CONV && op->kind != SKEL_OP_LINEAR) {
            continue;
        }
        if (i < 40) { /* some of the layers of deep networks */
            double found =
                (double)terms[image * skel_network_layer_channels(rig.network) + first + channel] *
                (double)(out.height * out.width);
            double rise = 0;

            multiply(&rig, i, channel, 1 + step);
            rise = loss_of(&rig, engine, image);
            multiply(&rig, i, channel, (1 - step) / (1 + step));
            rise -= loss_of(&rig, engine, image);
            multiply(&rig, i, channel, 1 / (1 - step));
            squares += pow(rise / (2 * (double)step), 2);
            errors += pow(rise / (2 * (double)step) - found, 2);
        }
        first += out.channels;
    }
    /* logits are rounded to floats, and a ReLU may switch between the two ends */
    ck_assert_msg(squares > 0 && sqrt(errors / squares) < 0.01, "%s: %g of %g", models[_i].name,
                  sqrt(errors), sqrt(squares));
    skel_engine_destroy(&engine);
    SKEL_FREE(&terms);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(engines_have_the_same_terms_with_and_without_magnitudes)
{
    skel_rig rig;
    size_t count = 0;

    skel_rig_model(models[_i].name, models[_i].width, models[_i].image, CLASSES, IMAGES, &rig);
    count = IMAGES * skel_network_layer_channels(rig.network);
    for (skel_term term = SKEL_TERM_MEAN; term <= SKEL_TERM_MAGNITUDE; term++) {
        double loss = 0;
        float *expected = terms_of(&rig, "reference", term, &loss);

        for (int able = 0; able < skel_rig_ables(SKEL_ENGINE_TERMS); able++) {
            double other = 0;
            float *terms = terms_of(&rig, skel_rig_able(SKEL_ENGINE_TERMS, able), term, &other);

            ck_assert(fabs(other - loss) < 1e-4 * fabs(loss));
            /* roundings of floats through up to 50 layers */
            ck_assert_msg(skel_relative_error(count, terms, expected) < 1e-4, "%s: %g",
                          models[_i].name, skel_relative_error(count, terms, expected));
            for (size_t i = 0; term == SKEL_TERM_MAGNITUDE && i < count; i++) {
                ck_assert(terms[i] >= 0);
            }
            SKEL_FREE(&terms);
        }
        SKEL_FREE(&expected);
    }
    skel_rig_free(&rig);
}
END_TEST

START_TEST(the_magnitude_of_a_mean_is_at_most_the_mean_of_magnitudes)
{
    double loss = 0;
    size_t count = 0;
    size_t less = 0;
    float *terms = NULL;
    float *magnitudes = NULL;
    skel_rig rig;

    skel_rig_model("vgg11", 4, (skel_tensor){3, 32, 32}, CLASSES, IMAGES, &rig);
    count = IMAGES * skel_network_layer_channels(rig.network);
    terms = terms_of(&rig, "dense", SKEL_TERM_MEAN, &loss);
    magnitudes = terms_of(&rig, "dense", SKEL_TERM_MAGNITUDE, &loss);
    for (size_t i = 0; i < count; i++) {
        ck_assert(fabsf(terms[i]) <= magnitudes[i] * (1 + 1e-6F));
        less += fabsf(terms[i]) < 0.9F * magnitudes[i];
    }
    ck_assert_uint_gt(less, count / 10);
    SKEL_FREE(&magnitudes);
    SKEL_FREE(&terms);
    skel_rig_free(&rig);
}
END_TEST

/* One with slope 0 has a term, if its shift is not 0. */
START_TEST(a_batch_norm_of_slope_zero_still_has_its_shifts_term)
{
    double loss = 0;
    float *expected = NULL;
    float *terms = NULL;
    const skel_parameter *scale = NULL;
    const skel_parameter *shift = NULL;
    skel_rig rig;

    skel_rig_model("vgg11", 4, (skel_tensor){3, 32, 32}, CLASSES, IMAGES, &rig);
    scale = skel_rig_parameter(&rig, "features.1.weight");
    shift = skel_rig_parameter(&rig, "features.1.bias");
    rig.parameters[scale->offset] = 0;
    rig.parameters[shift->offset] = 0.5F;
    expected = terms_of(&rig, "reference", SKEL_TERM_MEAN, &loss);
    terms = terms_of(&rig, "dense", SKEL_TERM_MEAN, &loss);
    ck_assert(expected[0] != 0);
    ck_assert(fabsf(terms[0] - expected[0]) < 1e-4F * fabsf(expected[0]));
    SKEL_FREE(&terms);
    SKEL_FREE(&expected);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    /* mobilenet's clips switch within any step */
    skel_sample_add(tcase, a_term_is_the_slope_of_the_loss_by_a_factor_on_the_channel, MODELS - 1);
    skel_sample_add(tcase, engines_have_the_same_terms_with_and_without_magnitudes, MODELS);
    tcase_add_test(tcase, the_magnitude_of_a_mean_is_at_most_the_mean_of_magnitudes);
    tcase_add_test(tcase, a_batch_norm_of_slope_zero_still_has_its_shifts_term);
}

int main(void)
{
    return skel_suite_run("engine, first-order terms", fill);
}
