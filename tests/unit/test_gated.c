/* Networks that weigh active paths: sums over paths that are written down, on every engine. */
#include "rig.h"
#include "suite.h"

#include "skel/gated.h"
#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { CLASSES = 10 };

/* Logits of the gated network of a rig, at a mask. */
static void weigh(const skel_rig *rig, const char *kind, const uint8_t keep[], float logits[])
{
    const skel_engine_options options = {.microbatch = rig->images, .inference = true};
    skel_batch batch = skel_rig_batch(rig, 0, rig->images);
    skel_gated *gated = NULL;
    skel_engine *engine = NULL;
    float *parameters = NULL;
    float *averages = NULL;

    ck_assert_ok(skel_gated_create(rig->network, &gated));
    ck_assert_ok(SKEL_ALLOC(gated->network->parameter_count, sizeof(float), &parameters));
    ck_assert_ok(SKEL_ALLOC(gated->network->buffer_count + 1, sizeof(float), &averages));
    ck_assert_ok(skel_gated_fill(gated, rig->parameters, keep, rig->buffers, parameters, averages));
    ck_assert_ok(skel_engine_create(kind, gated->network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, parameters, NULL));
    ck_assert_ok(skel_engine_forward(engine, &batch, averages, logits));
    skel_engine_destroy(&engine);
    SKEL_FREE(&averages);
    SKEL_FREE(&parameters);
    skel_gated_destroy(&gated);
}

static double kept_weight(const skel_rig *rig, const uint8_t keep[], size_t i)
{
    return keep[i] ? (double)rig->parameters[i] : 0;
}

/* One hidden layer behind `gates` ReLUs: logit k is the sum over the hidden units h that are above
 * 0, and over the pixels j, of m2[k][h] m1[h][j] x_j^2. */
static void check_hidden(const char *kind, int gates)
{
    enum { IN = 6, MIDDLE = 7, OUT = 4, IMAGES = 3 };
    double expected[IMAGES * OUT] = {0};
    double factor = 0; /* the same for all, a power of two */
    float logits[IMAGES * OUT];
    skel_network *network = NULL;
    uint8_t *keep = NULL;
    skel_builder builder;
    skel_rig rig;
    size_t x = 0;

    skel_builder_start(&builder, "hidden", MIDDLE, (skel_tensor){1, 2, 3}, OUT);
    x = skel_builder_linear(&builder, 0, "fc1", MIDDLE, true);
    for (int i = 0; i < gates; i++) {
        x = skel_builder_relu(&builder, x);
    }
    (void)skel_builder_linear(&builder, x, "fc2", OUT, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, IMAGES, 4, &rig);
    keep = skel_rig_mask(&rig, 0.7);
    for (size_t n = 0; n < IMAGES; n++) {
        const float *image = rig.image + n * (size_t)IN;

        for (size_t h = 0; h < MIDDLE; h++) {
            double a = (double)rig.parameters[(size_t)IN * MIDDLE + h];
            double paths = 0;

            for (size_t j = 0; j < IN; j++) {
                a += kept_weight(&rig, keep, h * IN + j) * (double)image[j];
                paths += keep[h * IN + j] ? (double)image[j] * (double)image[j] : 0;
            }
            for (size_t k = 0; k < OUT && a > 0; k++) {
                expected[n * OUT + k] +=
                    keep[(size_t)(IN + 1) * MIDDLE + k * MIDDLE + h] ? paths : 0;
            }
        }
    }
    weigh(&rig, kind, keep, logits);
    for (size_t i = 0; i < (size_t)IMAGES * OUT && factor == 0; i++) {
        factor = expected[i] > 0 ? (double)logits[i] / expected[i] : 0;
    }
    ck_assert(fabs(log2(factor) - round(log2(factor))) < 1e-5);
    for (size_t i = 0; i < (size_t)IMAGES * OUT; i++) {
        ck_assert(fabs((double)logits[i] - factor * expected[i]) <= 1e-5 * factor * expected[i]);
    }
    SKEL_FREE(&keep);
    skel_rig_free(&rig);
}

START_TEST(logits_of_one_hidden_layer_are_sums_over_active_paths)
{
    check_hidden(skel_rig_kind(_i), 1);
}
END_TEST

START_TEST(gates_in_a_row_pass_what_the_first_one_does)
{
    check_hidden(skel_rig_kind(_i), 4);
}
END_TEST

/* Networks with all that paths go through; the deepest has 10^90 paths and more. */
static const struct {
    const char *name;
    size_t width;
    skel_tensor image;
    double density;
} models[] = {
    {"lenet-5", 6, {1, 28, 28}, 0.5},  {"vgg11", 4, {3, 32, 32}, 0.5},
    {"resnet20", 4, {3, 32, 32}, 0.6}, {"resnet110", 4, {3, 32, 32}, 1},
    {"resnet50", 8, {3, 32, 32}, 0.4}, {"mobilenet-v2", 4, {3, 64, 64}, 0.7},
};
enum { MODELS = sizeof models / sizeof *models };

START_TEST(engines_weigh_the_paths_of_deep_networks_alike)
{
    float expected[2 * CLASSES];
    float logits[2 * CLASSES];
    uint8_t *keep = NULL;
    skel_rig rig;

    skel_rig_model(models[_i].name, models[_i].width, models[_i].image, CLASSES, 2, &rig);
    keep = skel_rig_mask(&rig, models[_i].density);
    weigh(&rig, "reference", keep, expected);
    for (size_t i = 0; i < (size_t)2 * CLASSES; i++) {
        ck_assert_msg(isnormal(expected[i]) && expected[i] > 0, "logit %zu: %g", i,
                      (double)expected[i]);
    }
    for (int kind = 0; kind < skel_rig_kinds(); kind++) {
        weigh(&rig, skel_rig_kind(kind), keep, logits);
        /* a value near 0 may be on either side in floats, and closes a small share of the paths */
        ck_assert_msg(skel_relative_error((size_t)2 * CLASSES, logits, expected) < 1e-3, "%s: %g",
                      skel_rig_kind(kind),
                      skel_relative_error((size_t)2 * CLASSES, logits, expected));
    }
    SKEL_FREE(&keep);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(no_path_is_active_behind_a_layer_without_weights)
{
    float logits[2 * CLASSES];
    const skel_parameter *second = NULL;
    uint8_t *keep = NULL;
    skel_rig rig;

    skel_rig_model("lenet-5", 4, (skel_tensor){1, 28, 28}, CLASSES, 2, &rig);
    keep = skel_rig_mask(&rig, 1);
    second = skel_rig_parameter(&rig, "conv2.weight");
    memset(keep + second->offset, 0, second->count);
    weigh(&rig, "reference", keep, logits);
    for (size_t i = 0; i < (size_t)2 * CLASSES; i++) {
        ck_assert(logits[i] == 0);
    }
    SKEL_FREE(&keep);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(operations_that_neither_pass_nor_stop_a_value_are_refused)
{
    static const char *const words[] = {"a sigmoid", "a product", "a clip whose lower bound"};

    for (int kind = 0; kind < 3; kind++) {
        skel_network *network = NULL;
        skel_gated *gated = NULL;
        skel_builder b;
        size_t x = 0;

        skel_builder_start(&b, "gate", 3, (skel_tensor){1, 2, 2}, 2);
        x = skel_builder_linear(&b, 0, "fc1", 3, true);
        x = kind == 0   ? skel_builder_sigmoid(&b, x)
            : kind == 1 ? skel_builder_mul(&b, x, x)
                        : skel_builder_clip(&b, x, -1, 1);
        (void)skel_builder_linear(&b, x, "fc2", 2, true);
        ck_assert_ok(skel_builder_finish(&b, &network));
        ck_assert_int_eq(skel_gated_create(network, &gated), SKEL_ERR_CONFIG);
        ck_assert_ptr_null(gated);
        ck_assert_msg(strstr(skel_error_message(), words[kind]) != NULL, "%s",
                      skel_error_message());
        skel_network_destroy(&network);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, logits_of_one_hidden_layer_are_sums_over_active_paths, 0,
                        skel_rig_kinds());
    tcase_add_loop_test(tcase, gates_in_a_row_pass_what_the_first_one_does, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, engines_weigh_the_paths_of_deep_networks_alike, 0, MODELS);
    tcase_add_test(tcase, no_path_is_active_behind_a_layer_without_weights);
    tcase_add_test(tcase, operations_that_neither_pass_nor_stop_a_value_are_refused);
}

int main(void)
{
    return skel_suite_run("gated", fill);
}
