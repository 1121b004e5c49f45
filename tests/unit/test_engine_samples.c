/* Gradients of a batch's single images, on every engine, against the reference engine's gradients
 * of one image after the other. */
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/folded.h"
#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* More than a block of any instruction set, and no multiple of one. */
enum { IMAGES = 19 };

/* as in test_engine_ops.c */
static const double float_tolerance = 2e-5;

/* A network without batch norm, its parameters, a mask and the packing of the mask. */
typedef struct sample_case {
    const char *name;
    const skel_rig *rig;
    skel_folded *folded;
    const skel_network *network;
    float *parameters;
    uint8_t *keep;
    skel_packing *packing;
} sample_case;

/* Keeps all weights of the first tensor: its rows are dense ones. */
static void make(const skel_rig *rig, const char *name, double density, sample_case *out)
{
    uint8_t *keep = skel_rig_mask(rig, density);
    size_t first = skel_network_prunable(rig->network, 0);
    const skel_parameter *dense = &rig->network->parameter[first];

    *out = (sample_case){.name = name, .rig = rig};
    memset(keep + dense->offset, 1, dense->count);
    ck_assert_ok(skel_folded_create(rig->network, &out->folded));
    out->network = out->folded->network;
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, sizeof(float), &out->parameters));
    ck_assert_ok(SKEL_ALLOC(out->network->parameter_count, 1, &out->keep));
    skel_folded_parameters(out->folded, rig->parameters, rig->buffers, out->parameters);
    skel_folded_mask(out->folded, keep, out->keep);
    ck_assert_ok(skel_packing_create(out->network, out->keep, &out->packing));
    SKEL_FREE(&keep);
}

static void clear(sample_case *sample)
{
    skel_packing_destroy(&sample->packing);
    skel_folded_destroy(&sample->folded);
    SKEL_FREE(&sample->parameters);
    SKEL_FREE(&sample->keep);
}

/* The reference engine's gradients and losses of single images, flat. */
static void expect(const sample_case *sample, size_t count, float *gradient, double loss[])
{
    skel_engine_options options = {.microbatch = 1};
    skel_engine *engine = NULL;

    ck_assert_ok(skel_engine_create("reference", sample->network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, sample->parameters, sample->keep));
    for (size_t i = 0; i < count; i++) {
        skel_batch batch = skel_rig_batch(sample->rig, i, 1);
        skel_pass pass = {.gradient = gradient + i * sample->network->parameter_count};

        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1, &pass));
        loss[i] = pass.loss;
    }
    skel_engine_destroy(&engine);
}

/* Holds one tensor's kept gradients of one image against the reference engine's. */
static void compare(const sample_case *sample, size_t image, size_t parameter, const float row[],
                    bool packed, const float expected[])
{
    const skel_parameter *p = &sample->network->parameter[parameter];
    const size_t *offset = sample->packing->offset;
    size_t kept = 0;
    double error = 0;
    float *pair = NULL;

    ck_assert_ok(SKEL_ALLOC(2 * p->count, sizeof *pair, &pair));
    for (size_t i = 0; i < p->count; i++) {
        if (sample->keep[p->offset + i] != 0) {
            pair[kept] = row[packed ? offset[parameter] + kept : p->offset + i];
            pair[p->count + kept++] = expected[p->offset + i];
        }
    }
    error = skel_relative_error(kept, pair, pair + p->count);
    ck_assert_msg(error < float_tolerance, "%s: image %zu: %s: %g", sample->name, image, p->name,
                  error);
    SKEL_FREE(&pair);
}

/* All tensors of all images of a batch of `count`, whose engine is made for `microbatch`. */
static void check(const char *kind, const sample_case *sample, size_t microbatch, size_t count,
                  bool packed)
{
    const skel_network *network = sample->network;
    skel_engine_options options = {
        .microbatch = microbatch, .kept_only = true, .samples = true, .threads = 1};
    skel_batch batch = skel_rig_batch(sample->rig, 0, count);
    size_t stride = packed ? sample->packing->count + 3 : network->parameter_count;
    skel_engine *engine = NULL;
    float *rows = NULL;
    float *parameters = NULL;
    float *expected = NULL;
    double loss[IMAGES];
    double loss_expected[IMAGES];

    ck_assert_ok(SKEL_ALLOC(count * stride, sizeof *rows, &rows));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(count * network->parameter_count, sizeof *expected, &expected));
    expect(sample, count, expected, loss_expected);
    ck_assert_ok(skel_engine_create(kind, network, &options, &engine));
    if (packed) {
        skel_packing_pack(sample->packing, sample->parameters, parameters);
        ck_assert_ok(skel_engine_load_packed(engine, sample->packing, parameters));
    } else {
        ck_assert_ok(skel_engine_load(engine, sample->parameters, sample->keep));
    }
    ck_assert_ok(skel_engine_samples(engine, &batch, stride, rows, loss));
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(fabs(loss[i] - loss_expected[i]) <= float_tolerance * loss_expected[i],
                      "%s: image %zu: loss %g, not %g", sample->name, i, loss[i], loss_expected[i]);
        for (size_t p = skel_network_prunable(network, 0); p < network->parameters;
             p = skel_network_prunable(network, p + 1)) {
            compare(sample, i, p, rows + i * stride, packed,
                    expected + i * network->parameter_count);
        }
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&rows);
    SKEL_FREE(&parameters);
    SKEL_FREE(&expected);
}

START_TEST(each_image_of_a_batch_has_the_gradient_that_it_has_alone)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        const skel_small *small = skel_small_get(i);
        skel_rig rig;
        sample_case sample;

        skel_rig_make(skel_small_network(small), IMAGES, 4, &rig);
        make(&rig, small->name, 0.5, &sample);
        check(skel_rig_kind(_i), &sample, IMAGES, IMAGES, i % 2 == 0);
        check(skel_rig_kind(_i), &sample, IMAGES, 1 + i % (IMAGES - 1), i % 2 != 0);
        clear(&sample);
        skel_rig_free(&rig);
    }
}
END_TEST

/* Each family, as small as it gets; images of 64 x 64 pixels have more than are summed at once. */
static const struct {
    const char *name;
    size_t width;
    skel_tensor image;
} models[] = {
    {"lenet-300-100", 0, {1, 28, 28}}, {"lenet-5", 0, {1, 28, 28}},
    {"resnet20", 4, {3, 32, 32}},      {"resnet50", 4, {3, 16, 16}},
    {"vgg11", 4, {3, 64, 64}},         {"mobilenet-v2", 4, {3, 64, 64}},
};
enum { MODELS = sizeof models / sizeof *models };

START_TEST(networks_of_the_zoo_have_them_with_batch_norm_on_running_averages)
{
    const char *kind = skel_rig_kind(_i / MODELS);
    skel_rig rig;
    sample_case sample;

    skel_rig_model(models[_i % MODELS].name, models[_i % MODELS].width, models[_i % MODELS].image,
                   10, 3, &rig);
    make(&rig, models[_i % MODELS].name, 0.1, &sample);
    check(kind, &sample, 3, 3, true);
    clear(&sample);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(a_loss_that_is_not_finite_is_an_error)
{
    skel_rig rig;
    skel_engine_options options = {.microbatch = 3, .kept_only = true, .samples = true};
    skel_engine *engine = NULL;
    skel_batch batch;
    float *rows = NULL;
    double loss[3];

    skel_rig_model("lenet-300-100", 0, (skel_tensor){1, 28, 28}, 10, 3, &rig);
    rig.image[(size_t)2 * 28 * 28] = INFINITY;
    batch = skel_rig_batch(&rig, 0, 3);
    ck_assert_ok(SKEL_ALLOC(3 * rig.network->parameter_count, sizeof *rows, &rows));
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &options);
    ck_assert_int_eq(skel_engine_samples(engine, &batch, rig.network->parameter_count, rows, loss),
                     SKEL_ERR_NUMBER);
    ck_assert_msg(strstr(skel_error_message(), "image 2") != NULL || _i == 0, "%s",
                  skel_error_message());
    skel_engine_destroy(&engine);
    SKEL_FREE(&rows);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    int kinds = skel_rig_kinds();

    tcase_add_loop_test(tcase, each_image_of_a_batch_has_the_gradient_that_it_has_alone, 0, kinds);
    skel_sample_add(tcase, networks_of_the_zoo_have_them_with_batch_norm_on_running_averages,
                    kinds * MODELS);
    tcase_add_loop_test(tcase, a_loss_that_is_not_finite_is_an_error, 0, kinds);
}

int main(void)
{
    return skel_suite_run("engine, gradients of single images", fill);
}
