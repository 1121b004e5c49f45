/* Products with the Hessian on every engine that computes them, against the reference engine: every
 * operation and pattern, whole networks with masks, batches of any size, and batches in lock step.
 */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 6, SEEDS = 4, SLOTS = 3 };

static skel_engine *loaded(const char *kind, const skel_rig *rig, const uint8_t mask[],
                           double temperature)
{
    skel_engine_options options = {
        .microbatch = rig->images, .second_order = true, .temperature = temperature};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);

    ck_assert_ok(skel_engine_load(engine, rig->parameters, mask));
    return engine;
}

/* Of the first images, times a quarter. */
static skel_pass product_of(skel_engine *engine, const skel_rig *rig, size_t count)
{
    float *vector = skel_rig_vector(rig->network, 0);
    skel_batch batch = skel_rig_batch(rig, 0, count);
    skel_pass pass = {0};

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof(float), &pass.gradient));
    ck_assert_ok(SKEL_ALLOC(rig->network->buffer_count, sizeof(float), &pass.statistics));
    ck_assert_ok(skel_engine_hessian(engine, vector, 1, &batch, 0.25, &pass));
    SKEL_FREE(&vector);
    return pass;
}

/* The same by an engine of its own. */
static skel_pass product(const char *kind, const skel_rig *rig, const uint8_t mask[], size_t count,
                         double temperature)
{
    skel_engine *engine = loaded(kind, rig, mask, temperature);
    skel_pass pass = product_of(engine, rig, count);

    skel_engine_destroy(&engine);
    return pass;
}

static void pass_free(skel_pass *pass)
{
    SKEL_FREE(&pass->gradient);
    SKEL_FREE(&pass->statistics);
}

/* The worst tensor's error, relative to its norm or to a tenth of the whole product's: a bias
 * before a batch norm has a product of 0, of which rounding leaves something. */
static double worst_error(const skel_network *network, const skel_pass *found,
                          const skel_pass *expected, const char **where)
{
    double whole = 0;
    double worst = 0;

    for (size_t i = 0; i < network->parameter_count; i++) {
        whole += pow((double)expected->gradient[i], 2);
    }
    ck_assert(whole > 0);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        double difference = 0;
        double norm = 0;

        for (size_t j = p->offset; j < p->offset + p->count; j++) {
            difference += pow((double)found->gradient[j] - (double)expected->gradient[j], 2);
            norm += pow((double)expected->gradient[j], 2);
        }
        difference = sqrt(difference / fmax(norm, 0.01 * whole));
        if (!(difference <= worst)) {
            worst = difference;
            *where = p->name;
        }
    }
    return worst;
}
/* Float results of sums of up to a few thousand terms, as in test_engine_ops.c: a product has the
 * gradient's operations about twice each. */
static void check_small(const skel_small *small, const skel_rig *rig, skel_engine *engine,
                        size_t count)
{
    const double tolerance = 2e-5;
    const char *where = "";
    skel_pass found = product_of(engine, rig, count);
    skel_pass expected = product("reference", rig, NULL, count, 0);
    double error = worst_error(rig->network, &found, &expected, &where);

    ck_assert_msg(error <= tolerance, "%s, %zu images, %s: %g", small->name, count, where, error);
    ck_assert(fabs(found.loss - expected.loss) <= tolerance * expected.loss);
    ck_assert_uint_eq(found.correct, expected.correct);
    ck_assert(skel_relative_error(rig->network->buffer_count, found.statistics,
                                  expected.statistics) <= tolerance);
    pass_free(&found);
    pass_free(&expected);
}

/* One engine for all: what a larger batch leaves behind must not matter. */
START_TEST(every_operation_agrees_with_the_reference_on_any_number_of_images)
{
    static const size_t counts[] = {IMAGES, 4, 1};
    const char *kind = skel_rig_kind(_i);

    for (size_t i = skel_sample_from(0); skel_rig_has_hessian(kind) && i < skel_smalls();
         i = skel_sample_from(i + 1)) {
        skel_engine *engine = NULL;
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), IMAGES, 3, &rig);
        engine = loaded(kind, &rig, NULL, 0);
        for (size_t k = 0; k < 3; k++) {
            check_small(skel_small_get(i), &rig, engine, counts[k]);
        }
        skel_engine_destroy(&engine);
        skel_rig_free(&rig);
    }
}
END_TEST

/* How far an engine that computes in float may be from the reference is measured, as in
 * test_engine_networks.c: as far as the reference is from itself when every parameter is changed by
 * one rounding, times ROUNDINGS for those of the activations. An activation within a rounding of 0
 * may pass a ReLU in one engine and not in the other, which changes all of the product by its
 * share; so the bound has to hold with one of a few seeds. A mistake fails them all. */
enum { ROUNDINGS = 30 };

static void disturb(skel_rig *rig)
{
    for (size_t i = 0; i < rig->network->parameter_count; i++) {
        rig->parameters[i] = nextafterf(rig->parameters[i], i % 2 == 0 ? 1e9F : -1e9F);
    }
}

static bool agrees(const char *kind, skel_rig *rig, size_t count, double temperature)
{
    const char *where = "";
    uint8_t *mask = skel_rig_half_mask(rig->network);
    skel_pass found = product(kind, rig, mask, count, temperature);
    skel_pass expected = product("reference", rig, mask, count, temperature);
    skel_pass disturbed = {0};
    double error = worst_error(rig->network, &found, &expected, &where);
    double unit = 0;

    disturb(rig);
    disturbed = product("reference", rig, mask, count, temperature);
    unit = worst_error(rig->network, &disturbed, &expected, &where);
    pass_free(&found);
    pass_free(&expected);
    pass_free(&disturbed);
    SKEL_FREE(&mask);
    return error <= ROUNDINGS * unit;
}

static void compare(const char *kind, const char *name, size_t width, skel_tensor input,
                    size_t count)
{
    bool agreed = false;

    for (uint64_t seed = 1; seed <= SEEDS && !agreed; seed++) {
        skel_network *network = NULL;
        skel_rig rig;

        ck_assert_ok(skel_model_create(name, width, input, 10, &network));
        skel_rig_make(network, IMAGES, seed, &rig);
        agreed = agrees(kind, &rig, count, 200);
        skel_rig_free(&rig);
    }
    ck_assert_msg(agreed, "%s, %zu images: the product disagrees with every seed", name, count);
}

START_TEST(masked_networks_at_a_high_temperature_agree_with_the_reference)
{
    static const size_t counts[] = {IMAGES, 2};
    const char *kind = skel_rig_kind(_i);

    for (size_t k = 0; skel_rig_has_hessian(kind) && k < 2; k++) {
        compare(kind, "lenet-5", 12, (skel_tensor){1, 28, 28}, counts[k]);
        compare(kind, "resnet20", 4, (skel_tensor){3, 16, 16}, counts[k]);
        compare(kind, "vgg11", 4, (skel_tensor){3, 32, 32}, counts[k]);
    }
}
END_TEST

/* Stands for the ranks. */
static skel_status sum(void *context, size_t rows, size_t columns, const double values[],
                       double out[])
{
    size_t *widest = context;

    *widest = columns > *widest ? columns : *widest;
    for (size_t c = 0; c < columns; c++) {
        out[c] = 0;
        for (size_t r = 0; r < rows; r++) {
            out[c] += values[r * columns + c];
        }
    }
    return SKEL_OK;
}

/* Products of microbatches of the given sizes in lock step, added up in the rig's gradient. */
static void together(const char *kind, const skel_rig *rig, size_t count, const size_t sizes[])
{
    size_t parameters = rig->network->parameter_count;
    size_t widest = 0;
    size_t first = 0;
    skel_engine_options options = {.microbatch = IMAGES,
                                   .slots = count,
                                   .second_order = true,
                                   .statistics_sum = sum,
                                   .statistics_context = &widest};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    float *vector = skel_rig_vector(rig->network, 0);
    skel_batch batches[SLOTS];
    skel_pass passes[SLOTS] = {{0}};

    for (size_t s = 0; s < count; s++) {
        ck_assert_ok(SKEL_ALLOC(parameters, sizeof(float), &passes[s].gradient));
        batches[s] = skel_rig_batch(rig, first, sizes[s]);
        first += sizes[s];
    }
    ck_assert_ok(skel_engine_hessian(engine, vector, count, batches, 1.0 / IMAGES, passes));
    memset(rig->gradient, 0, parameters * sizeof *rig->gradient);
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < parameters; i++) {
            rig->gradient[i] += passes[s].gradient[i];
        }
        SKEL_FREE(&passes[s].gradient);
    }
    ck_assert_uint_eq(widest, 1 + 2 * 24); /* as wide as a gradient's rows: 24 channels at most */
    SKEL_FREE(&vector);
    skel_engine_destroy(&engine);
}

START_TEST(microbatches_in_lock_step_are_one_large_batch)
{
    static const size_t sizes[SLOTS][SLOTS] = {{6}, {1, 5}, {2, 1, 3}};
    const char *kind = skel_rig_kind(_i);
    /* the split changes the order of float sums alone, see test_engine_lockstep.c; in double
     * nothing but the last rounding */
    double tolerance = skel_rig_is_double(kind) ? 4 * 0x1p-24 : 1e-4;
    skel_rig rig;
    skel_pass whole = {0};

    skel_rig_model("resnet20", 6, (skel_tensor){3, 16, 16}, 10, IMAGES, &rig);
    if (skel_rig_has_hessian(kind)) {
        whole = product(kind, &rig, NULL, IMAGES, 0);
        for (size_t i = 0; i < rig.network->parameter_count; i++) {
            whole.gradient[i] *= 4.0F / IMAGES; /* product() has the scale 1 / 4 */
        }
    }
    for (size_t slots = 1; skel_rig_has_hessian(kind) && slots <= SLOTS; slots++) {
        double error = 0;

        together(kind, &rig, slots, sizes[slots - 1]);
        error = skel_relative_error(rig.network->parameter_count, rig.gradient, whole.gradient);
        ck_assert_msg(error <= tolerance, "%zu slots: %g", slots, error);
    }
    pass_free(&whole);
    skel_rig_free(&rig);
}
END_TEST

static skel_status refuse_after(void *context, size_t rows, size_t columns, const double values[],
                                double out[])
{
    size_t *left = context;

    (void)rows;
    (void)values;
    memset(out, 0, columns * sizeof *out);
    out[0] = 1; /* elements, in a forward row */
    return (*left)-- > 0 ? SKEL_OK : SKEL_FAIL(SKEL_ERR_DATA, "another rank has failed");
}

/* A network with one batch norm sums four times: statistics, their tangents, and both back. A rank
 * without microbatches takes part in each. */
START_TEST(a_failed_sum_ends_the_pass)
{
    enum { SUMS = 4, RUNS = 10 }; /* with no and with one microbatch */
    const char *kind = skel_rig_kind(_i);
    size_t left = 0;
    skel_engine_options options = {.microbatch = IMAGES,
                                   .second_order = true,
                                   .statistics_sum = refuse_after,
                                   .statistics_context = &left};
    skel_engine *engine = NULL;
    float *vector = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    skel_rig_make(skel_small_network(skel_small_named("norm on 3 channels")), IMAGES, 2, &rig);
    vector = skel_rig_vector(rig.network, 0);
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    engine = skel_rig_engine(&rig, kind, &options);
    for (size_t sums = 0; skel_rig_has_hessian(kind) && sums < RUNS; sums++) {
        size_t count = sums % 2;
        skel_status expected = sums / 2 < SUMS ? SKEL_ERR_DATA : SKEL_OK;

        left = sums / 2;
        ck_assert_int_eq(skel_engine_hessian(engine, vector, count, &batch, 1.0, &pass), expected);
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&vector);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(without_lock_step_slots_do_not_know_of_each_other)
{
    static const size_t sizes[] = {3, 1, 2}; /* the plan of each is new in the middle of the call */
    const char *kind = skel_rig_kind(_i);
    skel_engine_options options = {.microbatch = 4, .slots = SLOTS, .second_order = true};
    skel_engine *engine = NULL;
    float *vector = NULL;
    skel_pass passes[SLOTS] = {{0}};
    skel_batch batches[SLOTS];
    skel_rig rig;
    size_t bytes = 0;

    skel_rig_model("resnet20", 6, (skel_tensor){3, 16, 16}, 10, IMAGES, &rig);
    vector = skel_rig_vector(rig.network, 0);
    bytes = rig.network->parameter_count * sizeof(float);
    for (size_t s = 0, first = 0; s < SLOTS; first += sizes[s++]) {
        ck_assert_ok(SKEL_ALLOC(1, bytes, &passes[s].gradient));
        batches[s] = skel_rig_batch(&rig, first, sizes[s]);
    }
    if (skel_rig_has_hessian(kind)) {
        engine = skel_rig_engine(&rig, kind, &options);
        ck_assert_ok(skel_engine_hessian(engine, vector, SLOTS, batches, 1.0, passes));
        for (size_t s = 0; s < SLOTS; s++) {
            skel_pass alone = skel_rig_pass(&rig);

            ck_assert_ok(skel_engine_hessian(engine, vector, 1, &batches[s], 1.0, &alone));
            ck_assert_mem_eq(alone.gradient, passes[s].gradient, bytes);
            ck_assert(alone.loss == passes[s].loss);
        }
        skel_engine_destroy(&engine);
    }
    for (size_t s = 0; s < SLOTS; s++) {
        SKEL_FREE(&passes[s].gradient);
    }
    SKEL_FREE(&vector);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    int kinds = skel_rig_kinds();

    /* engine 0 is the reference itself */
    tcase_add_loop_test(tcase, every_operation_agrees_with_the_reference_on_any_number_of_images, 1,
                        kinds);
    tcase_add_loop_test(tcase, masked_networks_at_a_high_temperature_agree_with_the_reference, 1,
                        kinds);
    tcase_add_loop_test(tcase, microbatches_in_lock_step_are_one_large_batch, 0, kinds);
    tcase_add_loop_test(tcase, a_failed_sum_ends_the_pass, 0, kinds);
    tcase_add_loop_test(tcase, without_lock_step_slots_do_not_know_of_each_other, 0, kinds);
}

int main(void)
{
    return skel_suite_run("engine, Hessian of networks", fill);
}
