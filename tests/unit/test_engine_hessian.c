/* Products with the Hessian: their definition, on every engine that computes them. */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "nn/engines/reference/passes/reference.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 6 };

static const skel_engine_options plain = {.microbatch = IMAGES, .second_order = true};

/* Float roundings of the small networks' products, see test_engine_ops.c: a product passes batch
 * norm's division by the deviation once more than a gradient. The reference's only rounding is the
 * last one. */
static double tolerance_of(const char *kind)
{
    return skel_rig_is_double(kind) ? 0x1p-22 : 2e-5;
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
    float *vector = skel_rig_vector(rig->network, 0);
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
        plain,
        {.microbatch = IMAGES, .second_order = true, .temperature = 3, .label_smoothing = 0.1},
        {.microbatch = IMAGES, .second_order = true, .loss = SKEL_LOSS_RAW_NLL},
    };

    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        const skel_small *small = skel_small_get(i);
        skel_rig rig;

        skel_rig_make(skel_small_network(small), IMAGES, 2, &rig);
        check_differences(small->name, &rig, &ways[_i], _i == 1 ? 2 : IMAGES);
        skel_rig_free(&rig);
    }
}
END_TEST

static double dot(size_t count, const float a[], const float b[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

static void check_symmetry(const char *kind, const char *name, const skel_rig *rig)
{
    size_t count = rig->network->parameter_count;
    skel_engine *engine = skel_rig_engine(rig, kind, &plain);
    float *u = skel_rig_vector(rig->network, 1);
    float *v = skel_rig_vector(rig->network, 2);
    float *hu = NULL;
    float *hv = NULL;
    double bound = 0;
    double asymmetry = 0;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *hu, &hu));
    ck_assert_ok(SKEL_ALLOC(count, sizeof *hv, &hv));
    (void)product(engine, rig, u, IMAGES, hu);
    (void)product(engine, rig, v, IMAGES, hv);
    asymmetry = fabs(dot(count, u, hv) - dot(count, v, hu));
    /* each side is off by no more than the relative error of the product */
    bound = tolerance_of(kind) * (sqrt(dot(count, u, u) * dot(count, hv, hv)) +
                                  sqrt(dot(count, v, v) * dot(count, hu, hu)));
    ck_assert_msg(asymmetry <= bound, "%s: %g, bound %g", name, asymmetry, bound);
    ck_assert(fabs(dot(count, u, hv)) > 0);
    SKEL_FREE(&u);
    SKEL_FREE(&v);
    SKEL_FREE(&hu);
    SKEL_FREE(&hv);
    skel_engine_destroy(&engine);
}

START_TEST(the_hessian_is_symmetric)
{
    const char *kind = skel_rig_kind(_i);

    for (size_t i = skel_sample_from(0); skel_rig_has_hessian(kind) && i < skel_smalls();
         i = skel_sample_from(i + 1)) {
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), IMAGES, 2, &rig);
        check_symmetry(kind, skel_small_get(i)->name, &rig);
        skel_rig_free(&rig);
    }
}
END_TEST

static void check_linearity(const char *kind, const char *name, const skel_rig *rig)
{
    size_t count = rig->network->parameter_count;
    skel_engine *engine = skel_rig_engine(rig, kind, &plain);
    float *u = skel_rig_vector(rig->network, 1);
    float *v = skel_rig_vector(rig->network, 2);
    float *hu = NULL;
    float *hv = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *hu, &hu));
    ck_assert_ok(SKEL_ALLOC(count, sizeof *hv, &hv));
    (void)product(engine, rig, u, IMAGES, hu);
    (void)product(engine, rig, v, IMAGES, hv);
    for (size_t i = 0; i < count; i++) {
        u[i] = 0.5F * u[i] - 2 * v[i];
        hu[i] = 0.5F * hu[i] - 2 * hv[i];
        v[i] = 0;
    }
    (void)product(engine, rig, u, IMAGES, rig->gradient);
    ck_assert_msg(skel_relative_error(count, rig->gradient, hu) <= tolerance_of(kind), "%s: %g",
                  name, skel_relative_error(count, rig->gradient, hu));
    (void)product(engine, rig, v, IMAGES, rig->gradient);
    for (size_t i = 0; i < count; i++) {
        ck_assert(rig->gradient[i] == 0);
    }
    SKEL_FREE(&u);
    SKEL_FREE(&v);
    SKEL_FREE(&hu);
    SKEL_FREE(&hv);
    skel_engine_destroy(&engine);
}

START_TEST(the_product_is_linear_in_the_vector)
{
    const char *kind = skel_rig_kind(_i);

    for (size_t i = skel_sample_from(0); skel_rig_has_hessian(kind) && i < skel_smalls();
         i = skel_sample_from(i + 1)) {
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), IMAGES, 3, &rig);
        check_linearity(kind, skel_small_get(i)->name, &rig);
        skel_rig_free(&rig);
    }
}
END_TEST

START_TEST(the_loss_and_its_statistics_are_those_of_a_gradient)
{
    const char *kind = skel_rig_kind(_i);
    float *vector = NULL;
    float *statistics = NULL;
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    skel_rig_model("resnet20", 4, (skel_tensor){3, 16, 16}, 10, IMAGES, &rig);
    vector = skel_rig_vector(rig.network, 0);
    ck_assert_ok(SKEL_ALLOC(rig.network->buffer_count, sizeof *statistics, &statistics));
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    if (skel_rig_has_hessian(kind)) {
        engine = skel_rig_engine(&rig, kind, &plain);
        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
        memcpy(statistics, rig.statistics, rig.network->buffer_count * sizeof *statistics);
        /* the primal operations are the gradient's own, so their bits are, too */
        ck_assert(product(engine, &rig, vector, IMAGES, rig.gradient) == pass.loss);
        ck_assert_mem_eq(statistics, rig.statistics,
                         rig.network->buffer_count * sizeof *statistics);
        skel_engine_destroy(&engine);
    }
    SKEL_FREE(&vector);
    SKEL_FREE(&statistics);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(the_gradient_does_not_feel_a_product_before_it)
{
    const char *kind = skel_rig_kind(_i);
    float *vector = NULL;
    float *before = NULL;
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;
    size_t count = 0;

    skel_rig_make(skel_small_network(skel_small_named("pool and linear")), IMAGES, 2, &rig);
    count = rig.network->parameter_count;
    vector = skel_rig_vector(rig.network, 0);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    ck_assert_ok(SKEL_ALLOC(count, sizeof *before, &before));
    if (skel_rig_has_hessian(kind)) {
        engine = skel_rig_engine(&rig, kind, &plain);
        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
        memcpy(before, rig.gradient, count * sizeof *before);
        (void)product(engine, &rig, vector, IMAGES, rig.gradient);
        ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
        ck_assert_mem_eq(before, rig.gradient, count * sizeof *before);
        skel_engine_destroy(&engine);
    }
    SKEL_FREE(&vector);
    SKEL_FREE(&before);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(what_cannot_be_multiplied_is_an_error)
{
    const char *kind = skel_rig_kind(_i);
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    skel_rig_make(skel_small_network(skel_small_get(0)), IMAGES, 2, &rig);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    rig.parameters[rig.network->parameter_count - 1] = NAN; /* a bias of the last layer */
    engine = skel_rig_engine(&rig, kind, &plain);
    ck_assert_int_eq(skel_engine_hessian(engine, rig.parameters, 1, &batch, 1.0, &pass),
                     skel_rig_has_hessian(kind) ? SKEL_ERR_NUMBER : SKEL_ERR_CONFIG);
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(auto_takes_an_engine_that_can)
{
    skel_engine_options options = plain;
    skel_engine *engine = NULL;
    skel_rig rig;

    options.kept_only = true;
    options.density = 0.01;
    skel_rig_make(skel_small_network(skel_small_get(0)), IMAGES, 2, &rig);
    engine = skel_rig_engine(&rig, "auto", &options);
    ck_assert(skel_rig_has_hessian(skel_engine_kind(engine)));
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

/* Another engine has changed OpenMP's number of threads when a batch of a new size is compiled. */
START_TEST(an_engine_keeps_its_threads_beside_one_with_others)
{
    const skel_engine_options two = {.microbatch = IMAGES, .second_order = true, .threads = 2};
    skel_engine *engine = NULL;
    skel_engine *other = NULL;
    float *found = NULL;
    float *expected = NULL;
    skel_rig rig;

    skel_rig_make(skel_small_network(skel_small_named("depthwise 3x3")), IMAGES, 2, &rig);
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof *found, &found));
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof *expected, &expected));
    engine = skel_rig_engine(&rig, "dense", &two);
    other = skel_rig_engine(&rig, "dense", &plain); /* one thread */
    (void)product(engine, &rig, rig.parameters, IMAGES - 1, found);
    (void)product(other, &rig, rig.parameters, IMAGES - 1, expected);
    ck_assert_double_le(skel_relative_error(rig.network->parameter_count, found, expected),
                        tolerance_of("dense"));
    skel_engine_destroy(&engine);
    skel_engine_destroy(&other);
    SKEL_FREE(&found);
    SKEL_FREE(&expected);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    if (!skel_rig_runs_again()) {
        tcase_add_loop_test(tcase, the_reference_product_is_the_difference_of_gradients, 0, 3);
    }
    tcase_add_loop_test(tcase, the_hessian_is_symmetric, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, the_product_is_linear_in_the_vector, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, the_loss_and_its_statistics_are_those_of_a_gradient, 0,
                        skel_rig_kinds());
    tcase_add_loop_test(tcase, the_gradient_does_not_feel_a_product_before_it, 0, skel_rig_kinds());
    tcase_add_loop_test(tcase, what_cannot_be_multiplied_is_an_error, 0, skel_rig_kinds());
    tcase_add_test(tcase, auto_takes_an_engine_that_can);
    tcase_add_test(tcase, an_engine_keeps_its_threads_beside_one_with_others);
}

int main(void)
{
    return skel_suite_run("engine, Hessian", fill);
}
