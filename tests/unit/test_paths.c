/* Paths from the image to the logits: against the gradients of networks without ReLU in the
 * reference engine, and in closed form. */
#include "rig.h"
#include "small_networks.h"
#include "suite.h"
#include "zoo.h"

#include "skel/memory.h"
#include "skel/paths.h"
#include "skel/random.h"

#include <string.h>

static const double densities[] = {0.5, 0.2, 0.05};

enum { DENSITIES = sizeof densities / sizeof densities[0] };

static uint8_t *random_mask(const skel_network *network, double density, uint32_t draw)
{
    skel_stream stream = skel_stream_open(11, SKEL_PURPOSE_TEST, 3, draw);
    uint8_t *mask = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &mask));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t j = 0; j < p->count; j++) {
            mask[p->offset + j] = !p->prunable || skel_stream_uniform(&stream) < density;
        }
    }
    return mask;
}

static uint8_t *paths_of(const skel_network *network, const uint8_t mask[], skel_paths *paths)
{
    uint8_t *on_path = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &on_path));
    ck_assert_ok(skel_paths_find(network, mask, on_path, paths));
    return on_path;
}

/* The same links between pixels with nothing that values could close: an activation becomes an
 * average over windows of one pixel, and max-pooling an average, too. */
static void make_linear(skel_network *network)
{
    for (size_t i = 0; i < network->ops; i++) {
        skel_op *op = &network->op[i];

        if (op->kind == SKEL_OP_RELU || op->kind == SKEL_OP_LEAKY_RELU ||
            op->kind == SKEL_OP_CLIP || op->kind == SKEL_OP_SIGMOID) {
            op->window = skel_window_square(1, 1, 0);
            op->kind = SKEL_OP_AVGPOOL;
        } else if (op->kind == SKEL_OP_MAXPOOL) {
            op->kind = SKEL_OP_AVGPOOL;
        }
    }
}

/* No biases and shifts, so that a channel that nothing reaches is 0; an image for each class, so
 * that every logit has a gradient. */
static void make_unbiased(skel_rig *rig)
{
    const skel_network *network = rig->network;

    for (size_t i = 0; i < network->ops; i++) {
        if (network->op[i].bias != SKEL_NONE) {
            const skel_parameter *bias = &network->parameter[network->op[i].bias];

            memset(rig->parameters + bias->offset, 0, bias->count * sizeof(float));
        }
    }
    for (size_t i = 0; i < rig->images; i++) {
        rig->label[i] = (uint16_t)i;
    }
}

/* Random numbers cancel with probability 0, so a gradient is exactly 0 if and only if every term of
 * it has a factor of 0. In double, so that none is lost among larger ones. */
static void check_gradients(skel_network *network, const char *name, double density, size_t seen[2])
{
    uint8_t *mask = random_mask(network, density, 0);
    uint8_t *on_path = NULL;
    skel_paths paths;
    skel_rig rig;
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;

    make_linear(network);
    skel_rig_make(network, network->classes, 1, &rig);
    make_unbiased(&rig);
    on_path = paths_of(network, mask, &paths);
    engine = skel_rig_engine(
        &rig, "reference",
        &(skel_engine_options){.microbatch = rig.images, .loss = SKEL_LOSS_RAW_NLL});
    batch = skel_rig_batch(&rig, 0, rig.images);
    pass = skel_rig_pass(&rig);
    ck_assert_ok(skel_engine_load(engine, rig.parameters, mask));
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1, &pass));
    for (size_t i = 0; i < paths.layers; i++) {
        const skel_parameter *p = &network->parameter[paths.layer[i].parameter];

        for (size_t j = p->offset; j < p->offset + p->count; j++) {
            bool expected = mask[j] != 0 && rig.gradient[j] != 0;

            ck_assert_msg(on_path[j] == expected, "%s at %g: %s[%zu]: %d, its gradient is %g", name,
                          density, p->name, j - p->offset, on_path[j], (double)rig.gradient[j]);
            seen[on_path[j]] += mask[j];
        }
    }
    ck_assert(paths.connected == (pass.loss != 0));
    skel_engine_destroy(&engine);
    skel_paths_clear(&paths);
    SKEL_FREE(&on_path);
    SKEL_FREE(&mask);
    skel_rig_free(&rig);
}

START_TEST(a_weight_has_a_gradient_if_and_only_if_it_is_on_a_path)
{
    size_t seen[2] = {0};

    for (size_t i = 0; i < skel_smalls() * DENSITIES; i++) {
        const skel_small *small = skel_small_get(i / DENSITIES);

        check_gradients(skel_small_network(small), small->name, densities[i % DENSITIES], seen);
    }
    ck_assert_uint_gt(seen[0], 1000); /* kept weights on no path, and on one */
    ck_assert_uint_gt(seen[1], 1000);
}
END_TEST

START_TEST(the_same_holds_for_the_networks_of_the_zoo)
{
    static const struct {
        const char *name;
        size_t width;
        skel_tensor input;
    } models[] = {
        {"lenet-300-100", 30, {1, 28, 28}},   {"lenet-5", 4, {1, 28, 28}},
        {"resnet20", 4, {3, 16, 16}},         {"resnet18", 4, {3, 16, 16}},
        {"resnet50", 4, {3, 16, 16}},         {"vgg11", 4, {3, 32, 32}},
        {"wide-resnet-16-8", 8, {3, 16, 16}}, {"mobilenet-v2", 4, {3, 32, 32}},
    };
    size_t seen[2] = {0};

    for (size_t at = 0; at < DENSITIES * (sizeof models / sizeof models[0]); at++) {
        size_t i = at / DENSITIES;
        skel_network *network = NULL;

        ck_assert_ok(
            skel_model_create(models[i].name, models[i].width, models[i].input, 10, &network));
        check_gradients(network, models[i].name, densities[at % DENSITIES], seen);
    }
    ck_assert_uint_gt(seen[0], 1000);
    ck_assert_uint_gt(seen[1], 1000);
}
END_TEST

START_TEST(every_weight_of_a_dense_network_is_on_a_path)
{
    size_t models = 0;
    const char *const *names = skel_model_names(&models);

    for (size_t i = 0; i < models; i++) {
        skel_network *network = skel_zoo_network(names[i]);
        skel_paths paths;

        ck_assert_ok(skel_paths_find(network, NULL, NULL, &paths));
        ck_assert_uint_eq(paths.kept, network->prunable_count);
        ck_assert_uint_eq(paths.on_path, network->prunable_count);
        ck_assert_uint_eq(paths.collapsed, 0);
        ck_assert(paths.connected);
        for (size_t l = 0; l < paths.layers; l++) {
            ck_assert_uint_eq(paths.layer[l].live_inputs, paths.layer[l].inputs);
            ck_assert_uint_eq(paths.layer[l].live_outputs, paths.layer[l].outputs);
        }
        skel_paths_clear(&paths);
        skel_network_destroy(&network);
    }
}
END_TEST

START_TEST(taps_that_see_padding_alone_are_on_no_path)
{
    const skel_small pixel = {"", skel_small_get(0)->build, SKEL_SMALL_ON(17, 1, 1), .outputs = 20,
                              SKEL_SMALL_SQUARE(3, 1, 1)};
    skel_network *network = skel_small_network(&pixel);
    skel_paths paths;
    uint8_t *on_path = paths_of(network, NULL, &paths);
    const skel_path_layer *conv = &paths.layer[1];

    ck_assert_str_eq(network->parameter[conv->parameter].name, "conv.weight");
    ck_assert_uint_eq(conv->kept, (size_t)20 * 17 * 9);
    ck_assert_uint_eq(conv->on_path, (size_t)20 * 17); /* the middle ones */
    for (size_t i = 0; i < conv->kept; i++) {
        ck_assert_uint_eq(on_path[network->parameter[conv->parameter].offset + i], i % 9 == 4);
    }
    SKEL_FREE(&on_path);
    skel_paths_clear(&paths);
    skel_network_destroy(&network);
}
END_TEST

/* A gate is never 0, so x goes through the product although no weight of the gate is kept; and a
 * gate whose x is dead has no path. */
START_TEST(a_product_with_a_sigmoid_is_on_a_path_when_the_other_factor_is)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;
    size_t gate = 0;

    skel_builder_start(&builder, "gated", 2, (skel_tensor){2, 1, 1}, 2);
    x = skel_builder_conv(&builder, 0, "x", 2, 1, 1, 0, false);
    gate = skel_builder_conv(&builder, 0, "gate", 2, 1, 1, 0, false);
    x = skel_builder_mul(&builder, x, skel_builder_sigmoid(&builder, gate));
    (void)skel_builder_linear(&builder, x, "fc", 2, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    for (size_t without = 0; without < 2; without++) {
        uint8_t *mask = random_mask(network, 1, 0);
        skel_paths paths;

        memset(mask + 4 * without, 0, 4); /* of x, then of the gate */
        ck_assert_ok(skel_paths_find(network, mask, NULL, &paths));
        ck_assert(paths.connected == (without == 1));
        ck_assert_uint_eq(paths.layer[0].on_path, without == 1 ? 4 : 0);
        ck_assert_uint_eq(paths.layer[1].on_path, 0);
        ck_assert_uint_eq(paths.layer[2].on_path, without == 1 ? 4 : 0);
        skel_paths_clear(&paths);
        SKEL_FREE(&mask);
    }
    skel_network_destroy(&network);
}
END_TEST

static const skel_path_layer *layer_named(const skel_network *network, const skel_paths *paths,
                                          const char *name)
{
    for (size_t i = 0; i < paths->layers; i++) {
        if (strcmp(network->parameter[paths->layer[i].parameter].name, name) == 0) {
            return &paths->layer[i];
        }
    }
    ck_abort_msg("no layer %s", name);
    return NULL;
}

static void prune_layer(const skel_network *network, const char *name, uint8_t mask[])
{
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        if (strcmp(p->name, name) == 0) {
            memset(mask + p->offset, 0, p->count);
        }
    }
}

START_TEST(a_dead_branch_is_a_collapse_that_leaves_the_network_connected)
{
    skel_network *network = NULL;
    uint8_t *mask = NULL;
    skel_paths paths;

    ck_assert_ok(skel_model_create("resnet20", 4, (skel_tensor){3, 32, 32}, 10, &network));
    mask = random_mask(network, 1, 0);
    prune_layer(network, "layer1.1.conv1.weight", mask);
    ck_assert_ok(skel_paths_find(network, mask, NULL, &paths));
    ck_assert(paths.connected);
    ck_assert_uint_eq(paths.collapsed, 2); /* and the one behind it, whose weights are kept */
    ck_assert_uint_eq(layer_named(network, &paths, "layer1.1.conv1.weight")->kept, 0);
    ck_assert_uint_eq(layer_named(network, &paths, "layer1.1.conv1.weight")->live_inputs, 4);
    ck_assert_uint_eq(layer_named(network, &paths, "layer1.1.conv2.weight")->kept,
                      (size_t)4 * 4 * 9);
    ck_assert_uint_eq(layer_named(network, &paths, "layer1.1.conv2.weight")->on_path, 0);
    ck_assert_uint_eq(layer_named(network, &paths, "layer1.1.conv2.weight")->live_inputs, 0);
    ck_assert_uint_eq(paths.kept - paths.on_path, (size_t)4 * 4 * 9);
    skel_paths_clear(&paths);

    prune_layer(network, "fc.weight", mask);
    ck_assert_ok(skel_paths_find(network, mask, NULL, &paths));
    ck_assert(!paths.connected);
    ck_assert_uint_eq(paths.collapsed, paths.layers);
    ck_assert_uint_eq(paths.on_path, 0);
    skel_paths_clear(&paths);
    SKEL_FREE(&mask);
    skel_network_destroy(&network);
}
END_TEST

/* Signed weights as drawn, batch norm as initialised: what is on no path is multiplied by 0 or
 * multiplies what nobody reads. So not a bit changes. */
START_TEST(without_the_weights_on_no_path_loss_and_gradients_are_the_same)
{
    enum { IMAGES = 4 };
    skel_rig rig;
    uint8_t *mask = NULL;
    uint8_t *on_path = NULL;
    skel_paths paths;
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass passes[2];

    skel_rig_model("resnet20", 4, (skel_tensor){3, 16, 16}, 10, IMAGES, &rig);
    ck_assert_ok(skel_network_initialise(rig.network, SKEL_INIT_KAIMING_NORMAL, 1, NULL,
                                         rig.parameters, rig.buffers));
    mask = random_mask(rig.network, 0.05, 1);
    on_path = paths_of(rig.network, mask, &paths);
    ck_assert_uint_lt(paths.on_path, paths.kept);
    engine = skel_rig_engine(&rig, "reference", &(skel_engine_options){.microbatch = IMAGES});
    batch = skel_rig_batch(&rig, 0, IMAGES);
    for (size_t k = 0; k < 2; k++) {
        passes[k] = (skel_pass){0};
        ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof(float), &passes[k].gradient));
        ck_assert_ok(skel_engine_load(engine, rig.parameters, k == 0 ? mask : on_path));
        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1, &passes[k]));
    }
    ck_assert(passes[0].loss == passes[1].loss);
    for (size_t i = 0; i < rig.network->parameter_count; i++) {
        ck_assert(on_path[i] == 0 || passes[0].gradient[i] == passes[1].gradient[i]);
    }
    for (size_t k = 0; k < 2; k++) {
        SKEL_FREE(&passes[k].gradient);
    }
    skel_engine_destroy(&engine);
    skel_paths_clear(&paths);
    SKEL_FREE(&on_path);
    SKEL_FREE(&mask);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(the_weights_on_a_path_stay_on_it_without_the_others)
{
    skel_network *network = NULL;
    uint8_t *mask = NULL;
    uint8_t *on_path = NULL;
    skel_paths paths;
    skel_paths again;

    ck_assert_ok(skel_model_create("vgg11", 4, (skel_tensor){3, 32, 32}, 10, &network));
    mask = random_mask(network, 0.1, 2);
    on_path = paths_of(network, mask, &paths);
    ck_assert_uint_lt(paths.on_path, paths.kept);
    ck_assert_ok(skel_paths_find(network, on_path, mask, &again));
    ck_assert_mem_eq(mask, on_path, network->parameter_count);
    ck_assert_uint_eq(again.kept, paths.on_path);
    ck_assert_uint_eq(again.on_path, paths.on_path);
    skel_paths_clear(&paths);
    skel_paths_clear(&again);
    SKEL_FREE(&on_path);
    SKEL_FREE(&mask);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_weight_has_a_gradient_if_and_only_if_it_is_on_a_path);
    tcase_add_test(tcase, the_same_holds_for_the_networks_of_the_zoo);
    tcase_add_test(tcase, every_weight_of_a_dense_network_is_on_a_path);
    tcase_add_test(tcase, taps_that_see_padding_alone_are_on_no_path);
    tcase_add_test(tcase, a_product_with_a_sigmoid_is_on_a_path_when_the_other_factor_is);
    tcase_add_test(tcase, a_dead_branch_is_a_collapse_that_leaves_the_network_connected);
    tcase_add_test(tcase, without_the_weights_on_no_path_loss_and_gradients_are_the_same);
    tcase_add_test(tcase, the_weights_on_a_path_stay_on_it_without_the_others);
}

int main(void)
{
    return skel_suite_run("paths", fill);
}
