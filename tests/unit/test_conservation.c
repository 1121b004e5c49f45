/* Conservation: in a network of layers without biases, with ReLU and pooling between them, the sum
 * of weight times gradient is the same for every layer, for the gradient of any function of the
 * logits. So SNIP's scores, before their magnitude is taken, have equal sums in all layers. Source:
 * Tanaka et al. 2020, theorem 1. */
#include "rig.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>

enum { IMAGES = 6, CLASSES = 10 };

static skel_network *bare_network(skel_op_kind pooling)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "bare", 8, (skel_tensor){3, 16, 16}, CLASSES);
    x = skel_builder_conv(&builder, x, "conv1", 8, 3, 1, 1, false);
    x = skel_builder_relu(&builder, x);
    x = skel_builder_pool(&builder, pooling, x, 2, 2);
    x = skel_builder_conv(&builder, x, "conv2", 16, 3, 2, 1, false);
    x = skel_builder_relu(&builder, x);
    x = skel_builder_linear(&builder, x, "fc1", 32, false);
    x = skel_builder_relu(&builder, x);
    (void)skel_builder_linear(&builder, x, "fc2", CLASSES, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

/* Sum over a layer of weight times mask times gradient, and of its magnitudes. */
static double sum_of(const skel_rig *rig, const uint8_t keep[], size_t layer, double *magnitudes)
{
    const skel_parameter *parameter = &rig->network->parameter[layer];
    double sum = 0;

    *magnitudes = 0;
    for (size_t i = parameter->offset; i < parameter->offset + parameter->count; i++) {
        double term = keep[i] ? (double)rig->parameters[i] * (double)rig->gradient[i] : 0;

        sum += term;
        *magnitudes += fabs(term);
    }
    return sum;
}

static void check(const char *kind, skel_op_kind pooling, skel_loss loss, double density)
{
    skel_rig rig;
    skel_engine_options options = {.microbatch = IMAGES, .loss = loss};
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    uint8_t *keep = NULL;
    double first = 0;

    skel_rig_make(bare_network(pooling), IMAGES, 11, &rig);
    keep = skel_rig_mask(&rig, density);
    engine = skel_rig_engine(&rig, kind, &options);
    ck_assert_ok(skel_engine_load(engine, rig.parameters, keep));
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1, &pass));
    for (size_t p = 0; p < rig.network->parameters; p++) {
        double magnitudes = 0;
        double sum = sum_of(&rig, keep, p, &magnitudes);

        first = p == 0 ? sum : first;
        ck_assert(magnitudes > 0);
        /* each term is good to a few units of 2^-24 of the layer's largest */
        ck_assert_msg(fabs(sum - first) < 1e-6 * magnitudes, "%s: layer %zu: %.9g, not %.9g", kind,
                      p, sum, first);
    }
    ck_assert(first != 0);
    SKEL_FREE(&keep);
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}

START_TEST(every_layer_has_the_same_sum_of_signed_saliencies)
{
    check(skel_rig_kind(_i), SKEL_OP_MAXPOOL, SKEL_LOSS_CROSS_ENTROPY, 1);
    check(skel_rig_kind(_i), SKEL_OP_AVGPOOL, SKEL_LOSS_CROSS_ENTROPY, 1);
    check(skel_rig_kind(_i), SKEL_OP_MAXPOOL, SKEL_LOSS_RAW_NLL, 1);
    check(skel_rig_kind(_i), SKEL_OP_AVGPOOL, SKEL_LOSS_CROSS_ENTROPY, 0.4);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, every_layer_has_the_same_sum_of_signed_saliencies, 0,
                        skel_rig_kinds());
}

int main(void)
{
    return skel_suite_run("conservation", fill);
}
