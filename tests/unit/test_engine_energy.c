/* Energies of hidden units: their closed forms, and the penalty's gradient on all engines that have
 * it. */
#include "rig.h"
#include "sample.h"
#include "suite.h"

#include "skel/hidden.h"
#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { CLASSES = 10, IMAGES = 4, ORDERS = SKEL_ENERGY_ORDERS };

static const struct {
    const char *name;
    size_t width;
    skel_tensor image;
} models[] = {
    {"lenet-300-100", 18, {1, 28, 28}}, {"lenet-5", 6, {1, 28, 28}},
    {"vgg11", 4, {3, 32, 32}},          {"resnet20", 4, {3, 32, 32}},
    {"resnet18", 4, {3, 32, 32}},       {"wide-resnet-16-8", 8, {3, 16, 16}},
    {"mobilenet-v2", 4, {3, 64, 64}},
};
enum { WITHOUT_NORM = 2, MODELS = sizeof models / sizeof *models };

static const double strength = 0.02;
static const double scale = 1.0 / IMAGES;

static void make(int model, skel_rig *rig)
{
    skel_rig_model(models[model].name, models[model].width, models[model].image, CLASSES, IMAGES,
                   rig);
}

/* Of all images and channels; *owned*. */
static float *energies_of(const skel_rig *rig, const char *kind, unsigned order)
{
    const skel_engine_options options = {
        .microbatch = IMAGES, .terms = SKEL_TERM_ENERGY, .energy_order = order};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = {.gradient = rig->gradient};
    float *energies = NULL;

    ck_assert_ok(SKEL_ALLOC(IMAGES * skel_network_layer_channels(rig->network), sizeof *energies,
                            &energies));
    ck_assert_ok(skel_engine_terms(engine, &batch, rig->buffers, energies, &pass));
    skel_engine_destroy(&engine);
    return energies;
}

/* Gradient with a penalty; *owned*. */
static float *gradient_of(const skel_rig *rig, const char *kind, double energy, unsigned order,
                          double *loss)
{
    const skel_engine_options options = {
        .microbatch = IMAGES, .energy = energy, .energy_order = order};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = {0};
    float *gradient = NULL;

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof *gradient, &gradient));
    pass.gradient = gradient;
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, scale, &pass));
    *loss = pass.loss;
    skel_engine_destroy(&engine);
    return gradient;
}

static double penalty_of(const skel_rig *rig, unsigned order)
{
    float *energies = energies_of(rig, "reference", order);
    double sum = 0;

    for (size_t i = 0; i < IMAGES * skel_network_layer_channels(rig->network); i++) {
        sum += (double)energies[i];
    }
    SKEL_FREE(&energies);
    return strength * scale * sum;
}

static double product(size_t count, const float a[], const float b[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

/* Without batch norm the energies of testing are those of training. */
START_TEST(the_penaltys_gradient_is_the_slope_of_the_energies)
{
    static const float step = 0x1p-12F;
    skel_rig rig;
    float *along = NULL;

    make(_i % WITHOUT_NORM, &rig);
    along = skel_rig_vector(rig.network, 3);
    for (size_t k = 0; k < rig.network->parameter_count; k++) {
        along[k] *= 0.1F;
    }
    for (unsigned order = 0; order < ORDERS; order++) {
        size_t count = rig.network->parameter_count;
        double loss[2];
        float *with = gradient_of(&rig, "reference", strength, order, &loss[0]);
        float *without = gradient_of(&rig, "reference", 0, order, &loss[1]);
        double found = product(count, with, along) - product(count, without, along);
        double rise = 0;

        ck_assert(loss[0] == loss[1]);
        for (int side = 1; side >= -1; side -= 2) {
            for (size_t k = 0; k < count; k++) {
                rig.parameters[k] += (float)side * step * along[k];
            }
            rise += (double)side * penalty_of(&rig, order);
            for (size_t k = 0; k < count; k++) {
                rig.parameters[k] -= (float)side * step * along[k];
            }
        }
        rise /= 2 * (double)step;
        /* energies are rounded to floats, weights to a part of the step */
        ck_assert_msg(found != 0 && fabs(rise - found) < 5e-3 * fabs(found), "order %u: %g, not %g",
                      order, found, rise);
        SKEL_FREE(&without);
        SKEL_FREE(&with);
    }
    SKEL_FREE(&along);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(engines_have_the_same_penalty_and_the_same_energies)
{
    skel_rig rig;
    size_t terms = 0;

    make(_i, &rig);
    terms = IMAGES * skel_network_layer_channels(rig.network);
    for (unsigned order = 0; order < ORDERS; order++) {
        double plain = 0;
        float *expected = gradient_of(&rig, "reference", strength, order, &plain);
        float *none = gradient_of(&rig, "reference", 0, order, &plain);
        float *energies = energies_of(&rig, "reference", order);

        ck_assert(skel_relative_error(rig.network->parameter_count, none, expected) > 1e-3);
        for (int able = 0; able < skel_rig_ables(SKEL_ENGINE_ENERGY); able++) {
            const char *kind = skel_rig_able(SKEL_ENGINE_ENERGY, able);
            double loss = 0;
            float *found = gradient_of(&rig, kind, strength, order, &loss);
            float *others = energies_of(&rig, kind, order);

            ck_assert(fabs(loss - plain) < 1e-4 * fabs(plain));
            /* roundings of floats through up to 50 layers */
            ck_assert_msg(skel_relative_error(rig.network->parameter_count, found, expected) < 2e-4,
                          "%s of %s, order %u: %g", kind, models[_i].name, order,
                          skel_relative_error(rig.network->parameter_count, found, expected));
            ck_assert(skel_relative_error(terms, others, energies) < 1e-4);
            SKEL_FREE(&others);
            SKEL_FREE(&found);
        }
        SKEL_FREE(&energies);
        SKEL_FREE(&none);
        SKEL_FREE(&expected);
    }
    skel_rig_free(&rig);
}
END_TEST

/* e(1) = 1, ln 2, 1/2: a unit whose output is 1 on all images. */
START_TEST(the_energies_of_an_output_of_one_are_the_closed_forms)
{
    const double expected[ORDERS] = {1, log(2), 0.5};
    const skel_parameter *weight = NULL;
    const skel_parameter *bias = NULL;
    skel_rig rig;

    make(0, &rig);
    weight = skel_rig_parameter(&rig, "fc1.weight");
    bias = skel_rig_parameter(&rig, "fc1.bias");
    memset(rig.parameters + weight->offset, 0, weight->count * sizeof(float));
    for (size_t k = 0; k < bias->count; k++) {
        rig.parameters[bias->offset + k] = k % 2 == 0 ? 1.0F : -1.0F;
    }
    for (unsigned order = 0; order < ORDERS; order++) {
        float *energies = energies_of(&rig, skel_rig_able(SKEL_ENGINE_ENERGY, _i), order);

        for (size_t k = 0; k < bias->count; k++) {
            double exact = k % 2 == 0 ? expected[order] : 0;

            ck_assert(fabs((double)energies[k] - exact) <= 1e-7);
        }
        SKEL_FREE(&energies);
    }
    skel_rig_free(&rig);
}
END_TEST

START_TEST(an_engine_without_energies_refuses_a_penalty_and_auto_takes_another)
{
    const skel_engine_options options = {
        .microbatch = IMAGES, .kept_only = true, .density = 0.01, .energy = 1};
    skel_engine_options wrong = {.microbatch = IMAGES, .energy = 1, .energy_order = ORDERS};
    skel_engine *engine = NULL;
    skel_rig rig;

    make(0, &rig);
    ck_assert(skel_engine_can("sparse", SKEL_ENGINE_ENERGY) ||
              skel_engine_create("sparse", rig.network, &options, &engine) == SKEL_ERR_CONFIG);
    ck_assert(skel_engine_can(skel_engine_resolve("auto", &options), SKEL_ENGINE_ENERGY));
    ck_assert_int_eq(skel_engine_create("dense", rig.network, &wrong, &engine), SKEL_ERR_CONFIG);
    wrong = (skel_engine_options){.microbatch = IMAGES, .energy = -1};
    ck_assert_int_eq(skel_engine_create("dense", rig.network, &wrong, &engine), SKEL_ERR_CONFIG);
    skel_rig_free(&rig);
}
END_TEST

/* Tensors that hold units, and whether each is what an activation writes. */
static void count_units(const skel_network *network, size_t *tensors, size_t *activated)
{
    size_t *first = NULL;

    *tensors = 0;
    *activated = 0;
    ck_assert_ok(SKEL_ALLOC(network->tensors, sizeof *first, &first));
    skel_hidden_list(network, first);
    ck_assert(first[network->op[network->ops - 1].output] == SKEL_NONE && first[0] == SKEL_NONE);
    for (size_t i = 0; i < network->ops; i++) {
        bool holds = first[network->op[i].output] != SKEL_NONE;

        *tensors += holds;
        *activated +=
            holds && (network->op[i].kind == SKEL_OP_RELU || network->op[i].kind == SKEL_OP_CLIP);
    }
    SKEL_FREE(&first);
}

/* Two layers; eight; a stem and two in each of nine blocks, whose shortcuts share a tensor with the
 * block's last layer; an inverted bottleneck's last layer has no activation. */
START_TEST(hidden_units_are_what_activations_write_where_there_is_one)
{
    static const struct {
        int model;
        size_t tensors;
    } cases[] = {{0, 2}, {2, 8}, {3, 19}};
    size_t tensors = 0;
    size_t activated = 0;
    skel_rig rig;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make(cases[i].model, &rig);
        count_units(rig.network, &tensors, &activated);
        ck_assert_uint_eq(tensors, cases[i].tensors);
        ck_assert_uint_eq(activated, cases[i].tensors);
        skel_rig_free(&rig);
    }
    make(MODELS - 1, &rig);
    count_units(rig.network, &tensors, &activated);
    ck_assert_uint_gt(tensors, activated);
    ck_assert_uint_gt(activated, 10);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_penaltys_gradient_is_the_slope_of_the_energies, 0, WITHOUT_NORM);
    skel_sample_add(tcase, engines_have_the_same_penalty_and_the_same_energies, MODELS);
    tcase_add_loop_test(tcase, the_energies_of_an_output_of_one_are_the_closed_forms, 0,
                        skel_rig_ables(SKEL_ENGINE_ENERGY));
    tcase_add_test(tcase, an_engine_without_energies_refuses_a_penalty_and_auto_takes_another);
    tcase_add_test(tcase, hidden_units_are_what_activations_write_where_there_is_one);
}

int main(void)
{
    return skel_suite_run("engine, energies", fill);
}
