/* Masked networks on every engine: gradients of all weights, and those of kept weights alone, are
 * the reference engine's. */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 18, WHOLE = 16 }; /* a whole block of the sparse engine's lanes and a part of one */

/* As in the tests of operations: float roundings times what batch norm makes of them. */
#define TOLERANCE 2e-5

static const double densities[] = {1, 0.5, 0.1, 0.01};

enum { DENSITIES = sizeof densities / sizeof densities[0], DRAWS = 4 };

/* Keeps each prunable weight with that probability, and if asked to one of each output channel:
 * a channel without weights is constant, and batch norm multiplies the rounding of a constant by up
 * to 1 / sqrt(1e-5), in every engine. */
static uint8_t *mask_of(const skel_network *network, double density, uint32_t draw, bool each)
{
    skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, 2, draw);
    uint8_t *mask = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &mask));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        size_t row = p->count / p->shape[0];

        for (size_t j = 0; j < p->count; j++) {
            bool chosen = each && j % row == j / row % row;

            mask[p->offset + j] = !p->prunable || skel_stream_uniform(&stream) < density || chosen;
        }
    }
    return mask;
}

static skel_engine *engine_of(const char *kind, const skel_rig *rig, int threads, double density,
                              bool kept_only)
{
    return skel_rig_engine(
        rig, kind,
        &(skel_engine_options){
            .microbatch = IMAGES, .threads = threads, .kept_only = kept_only, .density = density});
}

/* Sets gradients that nobody wants to 0. */
static void forget_pruned(const skel_network *network, const uint8_t mask[], float gradient[])
{
    for (size_t i = 0; i < network->parameter_count; i++) {
        gradient[i] = mask[i] != 0 ? gradient[i] : 0;
    }
}

/* Returns the error of the gradient: a ReLU within a rounding of 0 can make it large, by bad luck.
 */
static double check_masked(const char *kind, const skel_rig *rig, const uint8_t mask[],
                           size_t count, int threads, bool kept_only)
{
    const skel_network *network = rig->network;
    skel_engine *engine = engine_of(kind, rig, threads, 0.01, kept_only);
    skel_engine *reference = engine_of("reference", rig, 1, 0, false);
    skel_batch batch = skel_rig_batch(rig, 0, count);
    skel_pass expected = skel_rig_pass(rig);
    skel_pass pass = {0};
    double error = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &pass.gradient));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof(float), &pass.statistics));
    ck_assert_ok(skel_engine_load(engine, rig->parameters, mask));
    ck_assert_ok(skel_engine_load(reference, rig->parameters, mask));
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 0.25, &pass));
    ck_assert_ok(skel_engine_gradient(reference, 1, &batch, 0.25, &expected));
    if (kept_only) {
        forget_pruned(network, mask, pass.gradient);
        forget_pruned(network, mask, expected.gradient);
    }
    ck_assert(fabs(pass.loss - expected.loss) <= TOLERANCE * fabs(expected.loss));
    ck_assert_uint_eq(pass.correct, expected.correct);
    error = skel_relative_error(network->parameter_count, pass.gradient, expected.gradient);
    ck_assert(skel_relative_error(network->buffer_count, pass.statistics, expected.statistics) <
              10 * TOLERANCE);
    SKEL_FREE(&pass.gradient);
    SKEL_FREE(&pass.statistics);
    skel_engine_destroy(&engine);
    skel_engine_destroy(&reference);
    return error;
}

static void check_small(const char *kind, const skel_small *small, double density, bool kept_only)
{
    double error = 1;

    for (uint32_t draw = 0; draw < DRAWS && error > TOLERANCE; draw++) {
        uint8_t *mask = NULL;
        skel_rig rig;

        skel_rig_make(skel_small_network(small), IMAGES, 7 + draw, &rig);
        mask = mask_of(rig.network, density, draw, true);
        error = check_masked(kind, &rig, mask, IMAGES, 1, kept_only);
        error = fmax(error, check_masked(kind, &rig, mask, WHOLE, 2, kept_only));
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
    ck_assert_msg(error <= TOLERANCE, "%s, density %g, %s: gradient: %g", small->name, density,
                  kept_only ? "kept only" : "all", error);
}

static void check_smalls(const char *kind, bool kept_only)
{
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        for (size_t k = 0; k < DENSITIES; k++) {
            check_small(kind, skel_small_get(i), densities[k], kept_only);
        }
    }
}

START_TEST(kept_weights_have_the_reference_gradient_at_any_density)
{
    check_smalls(skel_rig_kind(_i), true);
}
END_TEST

START_TEST(all_weights_have_the_reference_gradient_at_any_density)
{
    check_smalls(skel_rig_kind(_i), false);
}
END_TEST

/* Behind a layer without weights every image has the same logits, and the gradient stops there. */
START_TEST(a_layer_that_is_pruned_away_is_no_error)
{
    uint8_t *mask = NULL;
    skel_rig rig;

    skel_rig_model("resnet20", 4, (skel_tensor){3, 16, 16}, 10, IMAGES, &rig);
    for (size_t i = 0; i < rig.network->parameters; i++) {
        const skel_parameter *p = &rig.network->parameter[i];

        if (p->prunable &&
            (strcmp(p->name, "layer2.0.conv1.weight") == 0 || strcmp(p->name, "fc.weight") == 0)) {
            mask = mask_of(rig.network, 1, 0, false);
            memset(mask + p->offset, 0, p->count);
            /* one ReLU of these many may have switched, a mistake would be of the order of 1 */
            ck_assert(check_masked(skel_rig_kind(_i), &rig, mask, IMAGES, 1, true) < 1e-2);
            ck_assert(check_masked(skel_rig_kind(_i), &rig, mask, IMAGES, 1, false) < 1e-2);
            SKEL_FREE(&mask);
        }
    }
    skel_rig_free(&rig);
}
END_TEST

static void check_change(const char *kind, bool kept_only)
{
    skel_engine *changed = NULL;
    skel_engine *fresh = NULL;
    uint8_t *masks[2] = {NULL, NULL};
    float *expected = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    skel_rig_model("vgg11", 4, (skel_tensor){3, 32, 32}, 10, IMAGES, &rig);
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof(float), &expected));
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    masks[0] = mask_of(rig.network, 0.02, 0, false);
    masks[1] = mask_of(rig.network, 0.3, 0, false);
    fresh = engine_of(kind, &rig, 1, 0.3, kept_only);
    ck_assert_ok(skel_engine_load(fresh, rig.parameters, masks[1]));
    ck_assert_ok(skel_engine_gradient(fresh, 1, &batch, 1.0, &pass));
    memcpy(expected, rig.gradient, rig.network->parameter_count * sizeof(float));
    /* more weights than the density has promised */
    changed = engine_of(kind, &rig, 1, 0.02, kept_only);
    ck_assert_ok(skel_engine_load(changed, rig.parameters, masks[0]));
    ck_assert_ok(skel_engine_gradient(changed, 1, &batch, 1.0, &pass));
    ck_assert_ok(skel_engine_load(changed, rig.parameters, masks[1]));
    ck_assert_ok(skel_engine_gradient(changed, 1, &batch, 1.0, &pass));
    ck_assert_mem_eq(expected, rig.gradient, rig.network->parameter_count * sizeof(float));
    skel_engine_destroy(&changed);
    skel_engine_destroy(&fresh);
    SKEL_FREE(&masks[0]);
    SKEL_FREE(&masks[1]);
    SKEL_FREE(&expected);
    skel_rig_free(&rig);
}

START_TEST(another_mask_takes_the_place_of_the_first)
{
    check_change(skel_rig_kind(_i), true);
    check_change(skel_rig_kind(_i), false);
}
END_TEST

/* Loads flat, packed and flat again: packed gradients have the bits of the flat ones. */
static void check_packed(const char *kind, skel_rig *rig, double density)
{
    skel_packing *packing = NULL;
    skel_engine *engine = NULL;
    uint8_t *mask = NULL;
    float *vector[3] = {NULL, NULL, NULL}; /* the flat gradient packed, parameters, gradient */
    skel_batch batch;
    skel_pass pass;

    mask = mask_of(rig->network, density, 0, false);
    ck_assert_ok(skel_packing_create(rig->network, mask, &packing));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(SKEL_ALLOC(packing->count, sizeof(float), &vector[i]));
    }
    batch = skel_rig_batch(rig, 0, IMAGES);
    engine = engine_of(kind, rig, 1, density, true);
    for (int turn = 0; turn < 2; turn++) {
        pass = skel_rig_pass(rig);
        ck_assert_ok(skel_engine_load(engine, rig->parameters, mask));
        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
        skel_packing_pack(packing, pass.gradient, vector[0]);
        skel_packing_pack(packing, rig->parameters, vector[1]);
        pass.gradient = vector[2];
        ck_assert_ok(skel_engine_load_packed(engine, packing, vector[1]));
        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
        ck_assert_ptr_eq(pass.gradient, vector[2]);
        ck_assert_mem_eq(vector[0], vector[2], packing->count * sizeof(float));
        memset(vector[2], 0, packing->count * sizeof(float));
    }
    skel_engine_destroy(&engine);
    skel_packing_destroy(&packing);
    for (size_t i = 0; i < 3; i++) {
        SKEL_FREE(&vector[i]);
    }
    SKEL_FREE(&mask);
}

START_TEST(packed_vectors_give_the_bits_of_flat_ones)
{
    const char *kind = skel_rig_kind(_i);
    skel_rig rig;

    skel_rig_model("lenet-5", 12, (skel_tensor){1, 28, 28}, 10, IMAGES, &rig);
    check_packed(kind, &rig, 0.1);
    skel_rig_free(&rig);
    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        skel_rig_make(skel_small_network(skel_small_get(i)), IMAGES, 7, &rig);
        check_packed(kind, &rig, 0.2);
        skel_rig_free(&rig);
    }
}
END_TEST

/* A mask that keeps no weight of every third channel of the outputs, and none that reads the
 * channel after each of these, but of the first and the last layer's. */
static uint8_t *mask_without_channels(const skel_network *network, uint32_t draw)
{
    uint8_t *mask = mask_of(network, 0.3, draw, true);
    size_t first = skel_network_prunable(network, 0);

    for (size_t i = skel_network_prunable(network, first + 1); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        const skel_parameter *p = &network->parameter[i];
        size_t row = p->count / p->shape[0];

        for (size_t o = draw % 3; p->dims == 4 && o < p->shape[0]; o += 3) {
            memset(mask + p->offset + o * row, 0, row);
        }
        for (size_t k = 0; p->dims == 4 && k < p->count; k++) {
            bool unread = p->shape[1] > 3 &&
                          k / (p->shape[2] * p->shape[3]) % p->shape[1] % 3 == (draw + 1) % 3;

            mask[p->offset + k] = unread ? 0 : mask[p->offset + k];
        }
    }
    return mask;
}

START_TEST(channels_without_weights_have_the_reference_gradient)
{
    static const char *const names[] = {"inverted residual",
                                        "depthwise separable, stride 2",
                                        "conv 3x3, 2 groups",
                                        "concat of a chain",
                                        "norm, add, relu",
                                        "sum of norms read by a convolution",
                                        "relu of norms read by a convolution"};
    const char *kind = skel_rig_kind(_i);

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const skel_small *small = skel_small_named(names[n]);
        double error = 1;

        for (uint32_t draw = 0; draw < DRAWS && error > TOLERANCE; draw++) {
            uint8_t *mask = NULL;
            skel_rig rig;

            skel_rig_make(skel_small_network(small), IMAGES, 7 + draw, &rig);
            mask = mask_without_channels(rig.network, draw);
            error = check_masked(kind, &rig, mask, IMAGES, 1, true);
            error = fmax(error, check_masked(kind, &rig, mask, WHOLE, 2, false));
            SKEL_FREE(&mask);
            skel_rig_free(&rig);
        }
        ck_assert_msg(error <= TOLERANCE, "%s: gradient: %g", names[n], error);
    }
}
END_TEST

START_TEST(a_deep_network_at_one_per_cent_has_the_reference_logits)
{
    static const char *const names[] = {"vgg11", "resnet18"};

    for (size_t i = 0; i < 2; i++) {
        skel_engine *engine[2] = {NULL, NULL};
        float logits[2][IMAGES * 10];
        uint8_t *mask = NULL;
        skel_batch batch;
        skel_rig rig;

        skel_rig_model(names[i], 4, (skel_tensor){1, 32, 32}, 10, IMAGES, &rig);
        batch = skel_rig_batch(&rig, 0, IMAGES);
        mask = mask_of(rig.network, 0.01, 0, false);
        for (size_t k = 0; k < 2; k++) {
            engine[k] = engine_of(k == 0 ? "reference" : skel_rig_kind(_i), &rig, 1, 0.01, false);
            ck_assert_ok(skel_engine_load(engine[k], rig.parameters, mask));
            ck_assert_ok(skel_engine_forward(engine[k], &batch, rig.buffers, logits[k]));
            skel_engine_destroy(&engine[k]);
        }
        ck_assert(skel_relative_error((size_t)IMAGES * 10, logits[1], logits[0]) < TOLERANCE);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
}
END_TEST

static const char *chosen(const skel_rig *rig, skel_engine_options options)
{
    skel_engine *engine = NULL;
    const char *kind = NULL;

    options.microbatch = 1;
    ck_assert_ok(skel_engine_create("auto", rig->network, &options, &engine));
    kind = skel_engine_kind(engine);
    skel_engine_destroy(&engine);
    return kind;
}

START_TEST(auto_is_sparse_only_where_few_weights_are_kept)
{
    skel_engine *engine = NULL;
    skel_rig rig;

    skel_rig_model("lenet-5", 4, (skel_tensor){1, 28, 28}, 10, 1, &rig);
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.density = 0}), "dense");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.density = 0.01}), "sparse");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.density = 0.01, .second_order = true}),
                     "dense");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.density = 0.01, .curvature = true}),
                     "dense");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.kept_only = true}), "dense");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.kept_only = true, .density = 0.9}),
                     "dense");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.kept_only = true, .density = 0.01}),
                     "sparse");
    ck_assert_str_eq(chosen(&rig, (skel_engine_options){.inference = true, .density = 0.01}),
                     "sparse");
    ck_assert_int_eq(skel_engine_create("sparse", rig.network,
                                        &(skel_engine_options){.microbatch = 1, .density = 1.5},
                                        &engine),
                     SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "a density of 1.5"));
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    int kinds = skel_rig_kinds();

    tcase_add_loop_test(tcase, kept_weights_have_the_reference_gradient_at_any_density, 1, kinds);
    tcase_add_loop_test(tcase, all_weights_have_the_reference_gradient_at_any_density, 1, kinds);
    tcase_add_loop_test(tcase, a_layer_that_is_pruned_away_is_no_error, 1, kinds);
    tcase_add_loop_test(tcase, another_mask_takes_the_place_of_the_first, 0, kinds);
    tcase_add_loop_test(tcase, packed_vectors_give_the_bits_of_flat_ones, 0, kinds);
    tcase_add_loop_test(tcase, channels_without_weights_have_the_reference_gradient, 0, kinds);
    tcase_add_loop_test(tcase, a_deep_network_at_one_per_cent_has_the_reference_logits, 1, kinds);
    tcase_add_test(tcase, auto_is_sparse_only_where_few_weights_are_kept);
}

int main(void)
{
    return skel_suite_run("engine, masks", fill);
}
