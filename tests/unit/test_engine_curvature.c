/* Optimal Brain Damage's diagonal: closed forms, the Hessian itself where they are the same. */
#include "rig.h"
#include "suite.h"

#include "nn/engine/loss.h"

#include <math.h>

enum { CLASSES = 5, IMAGES = 3 };

/* Floats' roundings of the result; in the dense engine of all factors, which are squared, and of
 * what batch norm subtracts. */
static double tolerance_of(const char *kind)
{
    return skel_rig_is_double(kind) ? 0x1p-22 : 1e-5;
}

static skel_engine *engine_of(const skel_rig *rig, const char *kind, double temperature)
{
    return skel_rig_engine(rig, kind,
                           &(skel_engine_options){.microbatch = IMAGES,
                                                  .curvature = true,
                                                  .label_smoothing = 0.1,
                                                  .temperature = temperature});
}

static void rig_of_one_layer(skel_rig *rig)
{
    skel_builder builder;
    skel_network *network = NULL;

    skel_builder_start(&builder, "one layer", 7, (skel_tensor){2, 2, 3}, CLASSES);
    (void)skel_builder_linear(&builder, 0, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, IMAGES, 3, rig);
}

/* Of one linear layer p_k (1 - p_k) x_j^2 / T^2, summed over the images, is the Hessian's diagonal,
 * which is also the slope of the gradient. */
START_TEST(one_linear_layer_has_the_diagonal_of_its_hessian)
{
    enum { IN = 12 };
    const double scale = 0.25;
    const double temperature = 2;
    const float h = 0x1p-8F;
    float logits[IMAGES * CLASSES];
    float slope[CLASSES * IN] = {0};
    skel_engine *engine = NULL;
    skel_engine *reference = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    rig_of_one_layer(&rig);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    reference = engine_of(&rig, "reference", temperature);
    ck_assert_ok(skel_engine_forward(reference, &batch, rig.buffers, logits));
    for (size_t at = 0; at < (size_t)CLASSES * IN; at++) {
        float before = rig.parameters[at];
        double side[2];

        for (size_t k = 0; k < 2; k++) {
            rig.parameters[at] = before + (k == 0 ? h : -h);
            ck_assert_ok(skel_engine_load(reference, rig.parameters, NULL));
            ck_assert_ok(skel_engine_gradient(reference, 1, &batch, scale, &pass));
            side[k] = (double)rig.gradient[at] / ((double)rig.parameters[at] - (double)before);
        }
        rig.parameters[at] = before;
        slope[at] = (float)((side[0] + side[1]) / 2); /* each side is gradient / +-h */
    }
    engine = engine_of(&rig, skel_rig_able(SKEL_ENGINE_CURVATURE, _i), temperature);
    ck_assert_ok(
        skel_engine_curvature(engine, rig.parameters, NULL, rig.buffers, &batch, scale, &pass));
    for (size_t k = 0; k < CLASSES; k++) {
        for (size_t j = 0; j < IN; j++) {
            double expected = 0;

            for (size_t n = 0; n < IMAGES; n++) {
                double sum = 0;
                double p = exp((double)logits[n * CLASSES + k] / temperature);

                for (size_t l = 0; l < CLASSES; l++) {
                    sum += exp((double)logits[n * CLASSES + l] / temperature);
                }
                expected += scale * p / sum * (1 - p / sum) *
                            pow((double)rig.image[n * IN + j] / temperature, 2);
            }
            ck_assert(fabs((double)rig.gradient[k * IN + j] - expected) <=
                      tolerance_of(skel_rig_able(SKEL_ENGINE_CURVATURE, _i)) * expected);
        }
    }
    /* gradients are floats of about 1: 2^-24 over 2 h; and h^2 of what comes next in the series */
    ck_assert(skel_relative_error((size_t)CLASSES * IN, slope, rig.gradient) < 1e-4);
    skel_engine_destroy(&engine);
    skel_engine_destroy(&reference);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(an_image_that_is_sure_of_its_class_keeps_its_digits)
{
    static const double logits[] = {-40, 3, 0};
    skel_engine_options options = {.microbatch = 1};
    double h[3];

    skel_loss_curvature_image(&options, 3, logits, h);
    /* p = 1 / (1 + e^-3 + e^-43), e^-3 p, e^-43 p */
    ck_assert(fabs(h[0] / (exp(-43) / (1 + exp(-3))) - 1) < 1e-15);
    options.temperature = 1e-2;
    skel_loss_curvature_image(&options, 3, logits, h);
    ck_assert(fabs(h[1] / (1e4 * exp(-300)) - 1) < 1e-12);
    ck_assert(fabs(h[2] / (1e4 * exp(-300)) - 1) < 1e-12);
    ck_assert(h[0] == 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, one_linear_layer_has_the_diagonal_of_its_hessian, 0,
                        skel_rig_ables(SKEL_ENGINE_CURVATURE));
    tcase_add_test(tcase, an_image_that_is_sure_of_its_class_keeps_its_digits);
}

int main(void)
{
    return skel_suite_run("engine, curvature", fill);
}
