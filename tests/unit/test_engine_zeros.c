/* Images with a black part, layers with biases of 0 or none, and no batch norm: an output there is
 * exactly 0, and a ReLU lets no gradient through. A rounding error in its place would. */
#include "rig.h"
#include "suite.h"

#include "skel/memory.h"

#include <string.h>

enum { IMAGES = 4, CHANNELS = 32, SIDE = 16, BLACK = 5, CLASSES = 5 };

static skel_network *network_make(void)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "bare", CHANNELS, (skel_tensor){3, SIDE, SIDE}, CLASSES);
    x = skel_builder_relu(&builder, skel_builder_conv(&builder, 0, "a", CHANNELS, 3, 1, 1, false));
    x = skel_builder_relu(&builder, skel_builder_conv(&builder, x, "b", CHANNELS, 3, 1, 1, false));
    x = skel_builder_relu(&builder, skel_builder_conv(&builder, x, "c", CHANNELS, 3, 1, 1, true));
    (void)skel_builder_linear(&builder, skel_builder_pool_all(&builder, x), "d", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

/* Makes the last columns of all images black: not as many as whole tiles of 4x4 pixels have. */
static void blacken(skel_rig *rig)
{
    for (size_t row = 0; row < (size_t)IMAGES * 3 * SIDE; row++) {
        memset(rig->image + row * SIDE + SIDE - BLACK, 0, BLACK * sizeof *rig->image);
    }
}

static float *gradient_of(const skel_rig *rig, const char *kind)
{
    const skel_engine_options options = {.microbatch = IMAGES};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = skel_rig_pass(rig);
    float *gradient = NULL;

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof *gradient, &gradient));
    pass.gradient = gradient;
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
    skel_engine_destroy(&engine);
    return gradient;
}

START_TEST(no_gradient_passes_a_relu_where_all_products_are_0)
{
    skel_rig rig;
    float *expected = NULL;
    float *found = NULL;

    skel_rig_make(network_make(), IMAGES, 5, &rig);
    skel_rig_bare(&rig);
    blacken(&rig);
    expected = gradient_of(&rig, "reference");
    found = gradient_of(&rig, skel_rig_kind(_i));
    for (size_t i = 0; i < rig.network->parameters; i++) {
        const skel_parameter *p = &rig.network->parameter[i];
        double error = skel_relative_error(p->count, found + p->offset, expected + p->offset);

        /* sums of up to 1024 terms in float, as in test_engine_ops; a wrong ReLU gives 1e-2 */
        ck_assert_msg(error < 2e-5, "%s: %s: %g", skel_rig_kind(_i), p->name, error);
    }
    SKEL_FREE(&expected);
    SKEL_FREE(&found);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, no_gradient_passes_a_relu_where_all_products_are_0, 0,
                        skel_rig_kinds());
}

int main(void)
{
    return skel_suite_run("engine_zeros", fill);
}
