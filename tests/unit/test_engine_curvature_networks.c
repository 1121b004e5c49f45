/* Second derivatives of whole networks: the dense engine's against the reference engine's, sums
 * over images, memory, and engines and losses that have none. */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { CLASSES = 10, IMAGES = 3, DRAWS = 3 };

/* Roundings of the activations, whose squares are taken. */
#define TOLERANCE 2e-5

static float *floats_of(const skel_rig *rig)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof *out, &out));
    return out;
}

static skel_engine *engine_of(const skel_rig *rig, const char *kind, int threads)
{
    return skel_rig_engine(
        rig, kind,
        &(skel_engine_options){.microbatch = IMAGES, .curvature = true, .threads = threads});
}

static skel_pass curvature_of(const char *kind, const skel_rig *rig, const uint8_t mask[],
                              size_t first, size_t count, double scale, float out[])
{
    skel_engine *engine = engine_of(rig, kind, count == 2 ? 2 : 1);
    skel_batch batch = skel_rig_batch(rig, first, count);
    skel_pass pass = {.gradient = out};

    ck_assert_ok(
        skel_engine_curvature(engine, rig->parameters, mask, rig->buffers, &batch, scale, &pass));
    skel_engine_destroy(&engine);
    return pass;
}

/* The dense engine's largest relative error of a prunable tensor; nothing is negative. */
static double compare(const skel_rig *rig, const uint8_t mask[], size_t count)
{
    const skel_network *network = rig->network;
    float *expected = floats_of(rig);
    float *found = floats_of(rig);
    skel_pass a = curvature_of("reference", rig, mask, 0, count, 0.25, expected);
    skel_pass b = curvature_of("dense", rig, mask, 0, count, 0.25, found);
    double worst = 0;

    ck_assert(fabs(a.loss - b.loss) <= TOLERANCE * fabs(a.loss));
    ck_assert_uint_eq(a.correct, b.correct);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t k = p->offset; p->prunable && k < p->offset + p->count; k++) {
            ck_assert(expected[k] >= 0 && found[k] >= 0);
        }
        if (p->prunable) {
            worst =
                fmax(worst, skel_relative_error(p->count, found + p->offset, expected + p->offset));
        }
    }
    SKEL_FREE(&expected);
    SKEL_FREE(&found);
    return worst;
}

/* A ReLU within a rounding of 0 may pass in one engine alone: a mistake fails all draws. */
static void check(skel_network *(*make)(const void *what), const void *what, const char *name,
                  double density, size_t count)
{
    double error = 1;

    for (uint64_t draw = 0; draw < DRAWS && !(error <= TOLERANCE); draw++) {
        uint8_t *mask = NULL;
        skel_rig rig;

        skel_rig_make(make(what), IMAGES, 21 + draw, &rig);
        mask = skel_rig_mask(&rig, density);
        error = compare(&rig, mask, count);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
    ck_assert_msg(error <= TOLERANCE, "%s, density %g: %g", name, density, error);
}

static skel_network *make_small(const void *what)
{
    return skel_small_network(what);
}

START_TEST(small_networks_have_the_reference_curvature)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        check(make_small, skel_small_get(i), skel_small_get(i)->name, 1, IMAGES);
        check(make_small, skel_small_get(i), skel_small_get(i)->name, 0.3, IMAGES - 1);
    }
}
END_TEST

typedef struct model {
    const char *name;
    size_t width;
    skel_tensor input;
} model;

static skel_network *make_model(const void *what)
{
    const model *m = what;
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(m->name, m->width, m->input, CLASSES, &network));
    return network;
}

START_TEST(whole_networks_have_the_reference_curvature)
{
    static const model models[] = {
        {"lenet-300-100", 30, {1, 28, 28}}, {"lenet-5", 10, {1, 28, 28}},
        {"resnet20", 4, {3, 16, 16}},       {"vgg11", 5, {3, 32, 32}},
        {"resnet18", 4, {3, 16, 16}},
    };

    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        check(make_model, &models[i], models[i].name, 1, IMAGES);
        check(make_model, &models[i], models[i].name, 0.3, 2);
    }
}
END_TEST

START_TEST(a_batch_has_the_sum_of_its_images)
{
    float *whole = NULL;
    float *part = NULL;
    float *sum = NULL;
    skel_pass all;
    double loss = 0;
    size_t correct = 0;
    skel_rig rig;

    skel_rig_model("resnet20", 6, (skel_tensor){3, 16, 16}, CLASSES, IMAGES, &rig);
    whole = floats_of(&rig);
    part = floats_of(&rig);
    sum = floats_of(&rig);
    all = curvature_of(skel_rig_able(SKEL_ENGINE_CURVATURE, _i), &rig, NULL, 0, IMAGES, 1, whole);
    for (size_t n = 0; n < IMAGES; n++) {
        skel_pass pass =
            curvature_of(skel_rig_able(SKEL_ENGINE_CURVATURE, _i), &rig, NULL, n, 1, 0.5, part);

        loss += pass.loss;
        correct += pass.correct;
        for (size_t i = 0; i < rig.network->parameter_count; i++) {
            sum[i] += 2 * part[i];
        }
    }
    for (size_t i = 0; i < rig.network->parameters; i++) {
        const skel_parameter *p = &rig.network->parameter[i];

        ck_assert(!p->prunable ||
                  skel_relative_error(p->count, whole + p->offset, sum + p->offset) < TOLERANCE);
    }
    ck_assert(fabs(loss - all.loss) < 1e-5 * loss);
    ck_assert_uint_eq(correct, all.correct);
    SKEL_FREE(&whole);
    SKEL_FREE(&part);
    SKEL_FREE(&sum);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(memory_is_taken_at_creation_and_only_if_it_is_asked_for)
{
    skel_rig rig;
    size_t bytes[2] = {0, 0};

    skel_rig_model("vgg11", 8, (skel_tensor){3, 32, 32}, CLASSES, IMAGES, &rig);
    for (size_t k = 0; k < 2; k++) {
        skel_engine_options options = {.microbatch = IMAGES, .curvature = k == 1};
        size_t before = skel_memory_bytes();
        skel_batch batch = skel_rig_batch(&rig, 0, IMAGES);
        skel_pass pass = skel_rig_pass(&rig);
        size_t taken = 0;
        skel_engine *engine =
            skel_rig_engine(&rig, skel_rig_able(SKEL_ENGINE_CURVATURE, _i), &options);

        taken = skel_memory_bytes() - before;
        ck_assert_ok(skel_engine_bytes(skel_rig_able(SKEL_ENGINE_CURVATURE, _i), rig.network,
                                       &options, &bytes[k]));
        /* small tables need not be counted */
        ck_assert(bytes[k] <= taken + taken / 8 + 65536 && taken <= bytes[k] + 65536);
        if (options.curvature) {
            ck_assert_ok(
                skel_engine_curvature(engine, rig.parameters, NULL, rig.buffers, &batch, 1, &pass));
            ck_assert_uint_eq(skel_memory_bytes() - before, taken);
        }
        skel_engine_destroy(&engine);
    }
    /* squares of the first block's output, the largest input of a layer */
    ck_assert_uint_ge(bytes[1] - bytes[0], sizeof(float) * IMAGES * 16 * 16 * 8);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(other_losses_and_engines_have_none)
{
    skel_engine_options options = {.microbatch = IMAGES, .curvature = true};
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    skel_rig_model("lenet-5", 4, (skel_tensor){1, 28, 28}, CLASSES, IMAGES, &rig);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    engine = skel_rig_engine(&rig, "sparse", &options);
    ck_assert_int_eq(
        skel_engine_curvature(engine, rig.parameters, NULL, rig.buffers, &batch, 1, &pass),
        SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "does not compute the diagonal"));
    skel_engine_destroy(&engine);
    options.loss = SKEL_LOSS_RAW_NLL;
    engine = skel_rig_engine(&rig, "dense", &options);
    ck_assert_int_eq(
        skel_engine_curvature(engine, rig.parameters, NULL, rig.buffers, &batch, 1, &pass),
        SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "cross-entropy only"));
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, small_networks_have_the_reference_curvature);
    tcase_add_test(tcase, whole_networks_have_the_reference_curvature);
    tcase_add_loop_test(tcase, a_batch_has_the_sum_of_its_images, 0,
                        skel_rig_ables(SKEL_ENGINE_CURVATURE));
    tcase_add_loop_test(tcase, memory_is_taken_at_creation_and_only_if_it_is_asked_for, 0,
                        skel_rig_ables(SKEL_ENGINE_CURVATURE));
    tcase_add_test(tcase, other_losses_and_engines_have_none);
}

int main(void)
{
    return skel_suite_run("engine, curvature of networks", fill);
}
