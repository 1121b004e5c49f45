/* Products with the Hessian: what they are, on every engine that can. */
#include "rig.h"
#include "small_networks.h"
#include "suite.h"

#include "nn/engines/reference/reference.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 6 };

static float *vector_make(size_t count, uint32_t which)
{
    skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, 7, which);
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)skel_stream_normal(&stream);
    }
    return out;
}

static double product(skel_engine *engine, const skel_rig *rig, const float vector[], size_t count,
                      float out[])
{
    skel_batch batch = skel_rig_batch(rig, 0, count);
    skel_pass pass = {.gradient = out, .statistics = rig->statistics};

    ck_assert_ok(skel_engine_hessian(engine, vector, 1, &batch, 1.0 / IMAGES, &pass));
    return pass.loss;
}

/* The reference engine's gradient in double at weights + distance * vector. */
static void gradient_at(skel_engine *base, const skel_rig *rig, const float vector[],
                        double distance, size_t count, double out[])
{
    const skel_reference *engine = (const skel_reference *)base;
    skel_batch batch = skel_rig_batch(rig, 0, count);
    skel_pass pass = skel_rig_pass(rig);

    for (size_t i = 0; i < rig->network->parameter_count; i++) {
        engine->weights[i] = (double)rig->parameters[i] + distance * (double)vector[i];
    }
    ck_assert_ok(skel_engine_gradient(base, 1, &batch, 1.0 / IMAGES, &pass));
    memcpy(out, engine->weight_grad, rig->network->parameter_count * sizeof *out);
}

/* Every tensor of the product against the central difference, in double. The difference is off by
 * distance^2 / 6 of a third derivative, 1e-12 of one that is some hundred times the product; and by
 * the gradient's own roundings over the distance, 1e-15 * 2^20. */
static void check_differences(const char *name, const skel_rig *rig,
                              const skel_engine_options *options, size_t count)
{
    const double distance = 0x1p-20;
    const double tolerance = 1e-8;
    size_t parameters = rig->network->parameter_count;
    skel_engine *engine = skel_rig_engine(rig, "reference", options);
    float *vector = vector_make(parameters, 0);
    double *expected = NULL;
    double *low = NULL;
    double whole = 0;

    ck_assert_ok(SKEL_ALLOC(parameters, sizeof *expected, &expected));
    ck_assert_ok(SKEL_ALLOC(parameters, sizeof *low, &low));
    gradient_at(engine, rig, vector, distance, count, expected);
    gradient_at(engine, rig, vector, -distance, count, low);
    for (size_t i = 0; i < parameters; i++) {
        expected[i] = (expected[i] - low[i]) / (2 * distance);
        whole += expected[i] * expected[i];
    }
    ck_assert(whole > 0);
    ck_assert_ok(skel_engine_load(engine, rig->parameters, NULL));
    (void)product(engine, rig, vector, count, rig->gradient);
    for (size_t i = 0; i < rig->network->parameters; i++) {
        const skel_parameter *p = &rig->network->parameter[i];
        double difference = 0;

        for (size_t j = p->offset; j < p->offset + p->count; j++) {
            double found = ((const skel_reference *)engine)->weight_grad[j];

            difference += pow(found - expected[j], 2);
            ck_assert(rig->gradient[j] == (float)found);
        }
        ck_assert_msg(difference <= tolerance * tolerance * whole, "%s, %zu images, %s: %g", name,
                      count, p->name, sqrt(difference / whole));
    }
    SKEL_FREE(&vector);
    SKEL_FREE(&expected);
    SKEL_FREE(&low);
    skel_engine_destroy(&engine);
}

START_TEST(the_reference_product_is_the_difference_of_gradients)
{
    const skel_engine_options ways[] = {
        {.microbatch = IMAGES, .second_order = true},
        {.microbatch = IMAGES, .second_order = true, .temperature = 3, .label_smoothing = 0.1},
        {.microbatch = IMAGES, .second_order = true, .loss = SKEL_LOSS_RAW_NLL},
    };

    for (size_t i = 0; i < skel_smalls(); i++) {
        const skel_small *small = skel_small_get(i);

        for (size_t k = 0; k < 3; k++) {
            skel_rig rig;

            skel_rig_make(skel_small_network(small), IMAGES, 2, &rig);
            check_differences(small->name, &rig, &ways[k], k == 1 ? 2 : IMAGES);
            skel_rig_free(&rig);
        }
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_reference_product_is_the_difference_of_gradients);
}

int main(void)
{
    return skel_suite_run("engine, Hessian", fill);
}
