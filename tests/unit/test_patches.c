/* Patches of layers: times the weights, they are the layers' outputs of the reference engine. */
#include "rig.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"
#include "spectra/patches.h"

#include <math.h>

enum { IMAGES = 3 };

static double *tensor_of(const skel_engine *engine, const skel_network *network, size_t tensor)
{
    const skel_tensor *shape = &network->tensor[tensor];
    double *out = NULL;

    ck_assert_ok(
        SKEL_ALLOC(IMAGES * shape->channels * shape->height * shape->width, sizeof *out, &out));
    ck_assert_ok(skel_engine_activation(engine, tensor, out));
    return out;
}

static void check_layer(const skel_rig *rig, const skel_engine *engine, const skel_op *op)
{
    const skel_network *network = rig->network;
    const skel_parameter *weight = &network->parameter[op->weight];
    size_t order = skel_patches_order(network, op);
    size_t places = skel_patches_places(network, op);
    size_t row = weight->count / weight->shape[0];
    size_t rows = weight->shape[0] / skel_patches_groups(op); /* of a group */
    double *input = tensor_of(engine, network, op->input);
    double *output = tensor_of(engine, network, op->output);
    double *patches = NULL;

    ck_assert_uint_eq(order, row + (op->bias != SKEL_NONE ? 1 : 0));
    ck_assert_ok(SKEL_ALLOC(IMAGES * places * order, sizeof *patches, &patches));
    for (size_t c = 0; c < weight->shape[0]; c++) {
        if (c % rows == 0) {
            skel_patches_list(network, op, c / rows, IMAGES, input, patches);
        }
        for (size_t p = 0; p < IMAGES * places; p++) {
            const double *x = patches + p * order;
            double sum =
                op->bias == SKEL_NONE
                    ? 0
                    : x[row] * (double)rig->parameters[network->parameter[op->bias].offset + c];
            double size = fabs(sum);

            for (size_t i = 0; i < row; i++) {
                double term = x[i] * (double)rig->parameters[weight->offset + c * row + i];

                sum += term;
                size += fabs(term);
            }
            ck_assert(
                fabs(sum - output[(p / places * weight->shape[0] + c) * places + p % places]) <=
                1e-13 * (size + 1));
        }
    }
    SKEL_FREE(&patches);
    SKEL_FREE(&output);
    SKEL_FREE(&input);
}

/* All layers of a rig's network. */
static void check_layers(const skel_rig *rig)
{
    const skel_engine_options options = {.microbatch = IMAGES, .inference = true};
    skel_engine *engine = NULL;
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    float logits[IMAGES * 10];

    ck_assert_ok(skel_engine_create("reference", rig->network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, rig->parameters, NULL));
    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, logits));
    for (size_t i = 0; i < rig->network->ops; i++) {
        if (skel_op_has_weights(&rig->network->op[i])) {
            check_layer(rig, engine, &rig->network->op[i]);
        }
    }
    skel_engine_destroy(&engine);
}

START_TEST(patches_of_any_window_and_group_are_those_of_their_rows)
{
    size_t count = 0;
    const skel_small *small = skel_small_windows(&count);

    for (size_t i = 0; i < count; i++) {
        skel_rig rig;

        skel_rig_make(skel_small_network(&small[i]), IMAGES, 3, &rig);
        check_layers(&rig);
        skel_rig_free(&rig);
    }
}
END_TEST

START_TEST(patches_times_weights_are_the_outputs_of_all_layers)
{
    static const struct {
        const char *name;
        size_t width;
        skel_tensor image;
    } models[] = {{"lenet-300-100", 12, {1, 28, 28}},
                  {"lenet-5", 4, {1, 28, 28}},
                  {"resnet20", 4, {3, 32, 32}},
                  {"resnet50", 4, {3, 32, 32}},
                  {"vgg11", 4, {3, 32, 32}}};
    skel_rig rig;

    skel_rig_model(models[_i].name, models[_i].width, models[_i].image, 10, IMAGES, &rig);
    check_layers(&rig);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(an_engine_without_readable_activations_says_so)
{
    const skel_engine_options options = {.microbatch = IMAGES};
    skel_rig rig;
    skel_engine *engine = NULL;
    double out[IMAGES * 28 * 28];

    skel_rig_model("lenet-300-100", 12, (skel_tensor){1, 28, 28}, 10, IMAGES, &rig);
    ck_assert_ok(skel_engine_create("dense", rig.network, &options, &engine));
    ck_assert_int_eq(skel_engine_activation(engine, 0, out), SKEL_ERR_CONFIG);
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, patches_times_weights_are_the_outputs_of_all_layers, 0, 5);
    tcase_add_test(tcase, patches_of_any_window_and_group_are_those_of_their_rows);
    tcase_add_test(tcase, an_engine_without_readable_activations_says_so);
}

int main(void)
{
    return skel_suite_run("patches", fill);
}
