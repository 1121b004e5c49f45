/* Smaller networks of masks that leave layers empty: they are found, and compute the same. */
#include "rig.h"
#include "suite.h"

#include "skel/compact.h"
#include "skel/memory.h"

#include <unistd.h>

enum { CHANNELS = 4, CLASSES = 3, IMAGES = 2, SECONDS = 20 };

/* A convolution, a residual block of two, and a linear layer. */
static skel_network *residual(void)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t stem = 0;
    size_t inner = 0;

    skel_builder_start(&builder, "residual", CHANNELS, (skel_tensor){1, 5, 5}, CLASSES);
    stem = skel_builder_relu(&builder,
                             skel_builder_conv(&builder, 0, "stem", CHANNELS, 3, 1, 1, true));
    inner = skel_builder_relu(&builder,
                              skel_builder_conv(&builder, stem, "conv1", CHANNELS, 3, 1, 1, true));
    inner = skel_builder_conv(&builder, inner, "conv2", CHANNELS, 3, 1, 1, true);
    inner = skel_builder_pool_all(&builder, skel_builder_add(&builder, inner, stem));
    (void)skel_builder_linear(&builder, inner, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

/* Keeps one tap of the window from an input to an output channel. */
static void keep_tap(const skel_rig *rig, const char *name, size_t output, size_t input,
                     uint8_t keep[])
{
    const skel_parameter *weight = skel_rig_parameter(rig, name);
    size_t window = weight->count / weight->shape[0] / weight->shape[1];

    keep[weight->offset + (output * weight->shape[1] + input) * window] = 1;
}

static void outputs_of(const skel_network *network, const skel_rig *rig, const float parameters[],
                       float out[])
{
    skel_engine *engine = NULL;
    const skel_engine_options options = {.microbatch = IMAGES, .inference = true};
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);

    ck_assert_ok(skel_engine_create("reference", network, &options, &engine));
    ck_assert_ok(skel_engine_load(engine, parameters, NULL));
    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, out));
    skel_engine_destroy(&engine);
}

/* The linear layer reads nothing. Of the stream channel 1 is read while channel 3 inside of the
 * block lives, and this one while channel 0 of the stream lives. */
START_TEST(a_block_that_one_weight_keeps_alive_becomes_as_small_as_it_can)
{
    skel_compact *compact = NULL;
    float *parameters = NULL;
    float whole[IMAGES * CLASSES];
    float small[IMAGES * CLASSES];
    uint8_t *keep = NULL;
    skel_rig rig;

    (void)alarm(SECONDS); /* ends a test that does not end */
    skel_rig_make(residual(), IMAGES, 3, &rig);
    keep = skel_rig_mask(&rig, 0);
    keep_tap(&rig, "conv1.weight", 3, 1, keep);
    keep_tap(&rig, "conv2.weight", 0, 3, keep);
    for (size_t i = 0; i < rig.network->parameter_count; i++) {
        rig.parameters[i] = keep[i] != 0 ? rig.parameters[i] : 0.0F;
    }
    ck_assert_ok(skel_compact_create(rig.network, keep, &compact));
    (void)alarm(0);
    for (size_t t = 1; t + 1 < compact->network->tensors; t++) {
        ck_assert_uint_eq(compact->network->tensor[t].channels, 1);
    }
    ck_assert_ok(SKEL_ALLOC(compact->network->parameter_count, sizeof(float), &parameters));
    skel_compact_values(compact, rig.parameters, parameters);
    outputs_of(rig.network, &rig, rig.parameters, whole);
    outputs_of(compact->network, &rig, parameters, small);
    ck_assert_mem_eq(whole, small, sizeof whole); /* the biases of the linear layer */
    SKEL_FREE(&parameters);
    skel_compact_destroy(&compact);
    SKEL_FREE(&keep);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_block_that_one_weight_keeps_alive_becomes_as_small_as_it_can);
}

int main(void)
{
    return skel_suite_run("compact", fill);
}
