/* Batches smaller than the microbatch: the last one of a data set, in any order and number; and the
 * bits of testing. */
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include <string.h>

enum { IMAGES = 6 };

/* as in test_engine_ops.c */
static const double float_tolerance = 2e-5;

static void check_forward(const char *kind, const skel_small *small, const skel_rig *rig,
                          bool inference)
{
    skel_engine_options options = {.microbatch = IMAGES, .inference = inference};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_engine *reference = skel_rig_engine(rig, "reference", &options);
    float found[IMAGES * 8];
    float expected[IMAGES * 8];

    for (size_t count = IMAGES; count > 0; count--) {
        skel_batch batch = skel_rig_batch(rig, IMAGES - count, count);
        double error = 0;

        ck_assert_msg(skel_engine_forward(engine, &batch, rig->buffers, found) == SKEL_OK,
                      "%s, %zu images: %s", small->name, count, skel_error_message());
        ck_assert_ok(skel_engine_forward(reference, &batch, rig->buffers, expected));
        error = skel_relative_error(count * rig->network->classes, found, expected);
        ck_assert_msg(error < float_tolerance, "%s, %zu images: %g", small->name, count, error);
    }
    skel_engine_destroy(&engine);
    skel_engine_destroy(&reference);
}

START_TEST(testing_any_number_of_images_agrees_with_the_reference)
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

static void logits_of(const char *kind, const skel_rig *rig, bool inference, float logits[])
{
    const skel_engine_options options = {.microbatch = rig->images, .inference = inference};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, rig->images);

    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, logits));
    skel_engine_destroy(&engine);
}

/* A run tests with the engine that trains, `skel eval` with one for inference. */
START_TEST(an_inference_has_the_bits_of_a_test)
{
    enum { MANY = 16, CLASSES = 10 };
    static const struct {
        const char *name;
        size_t width;
        skel_tensor image;
    } models[] = {
        {"lenet-5", 20, {1, 28, 28}}, {"vgg11", 16, {3, 32, 32}}, {"resnet20", 16, {3, 32, 32}}};
    skel_rig rig;

    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        float test[MANY * CLASSES];
        float inference[MANY * CLASSES];

        skel_rig_model(models[i].name, models[i].width, models[i].image, CLASSES, MANY, &rig);
        logits_of(skel_rig_kind(_i), &rig, false, test);
        logits_of(skel_rig_kind(_i), &rig, true, inference);
        ck_assert_msg(memcmp(test, inference, sizeof test) == 0, "%s", models[i].name);
        skel_rig_free(&rig);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, an_inference_has_the_bits_of_a_test, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, testing_any_number_of_images_agrees_with_the_reference, 0,
                        skel_rig_kinds());
}

int main(void)
{
    return skel_suite_run("engine, batches", fill);
}
