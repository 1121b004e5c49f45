/* Synaptic flow beyond float's and double's range, and the dense engine's against the reference's.
 */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CLASSES = 10, DRAWS = 3 };

/* Rounding errors of sums of positive floats. Where means are subtracted they are amplified. */
#define TOLERANCE 1e-5

static skel_status try_flow(const char *kind, const skel_rig *rig, const uint8_t mask[],
                            int threads, float out[], double *logarithm)
{
    skel_engine *engine = skel_rig_engine(
        rig, kind, &(skel_engine_options){.microbatch = rig->images, .threads = threads});
    skel_status status =
        skel_engine_flow(engine, rig->parameters, mask, rig->buffers, NULL, out, logarithm);

    skel_engine_destroy(&engine);
    return status;
}

static float *floats_of(const skel_rig *rig)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof *out, &out));
    return out;
}

/* Largest relative error of a prunable tensor. */
static double error_of(const skel_network *network, const float found[], const float expected[])
{
    double worst = 0;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        if (p->prunable) {
            worst =
                fmax(worst, skel_relative_error(p->count, found + p->offset, expected + p->offset));
        }
    }
    return worst;
}

/* The dense engine's largest error; 0 where R is negative and both refuse. */
static double compare(const skel_rig *rig, const uint8_t mask[], int threads)
{
    float *expected = floats_of(rig);
    float *found = floats_of(rig);
    double logarithm[2];
    double error = 0;
    skel_status status = try_flow("reference", rig, mask, 1, expected, &logarithm[0]);

    ck_assert_int_eq(try_flow("dense", rig, mask, threads, found, &logarithm[1]), status);
    if (status == SKEL_OK) {
        ck_assert(isfinite(logarithm[0]));
        /* of R itself, whose logarithm may be large */
        ck_assert_msg(fabs(logarithm[1] - logarithm[0]) < TOLERANCE, "%s: ln R %.9g, not %.9g",
                      rig->network->name, logarithm[1], logarithm[0]);
        error = error_of(rig->network, found, expected);
    } else {
        ck_assert_int_eq(status, SKEL_ERR_NUMBER);
    }
    SKEL_FREE(&expected);
    SKEL_FREE(&found);
    return error;
}

/* A ReLU within a rounding of 0 may pass in one engine alone: a mistake fails all draws. */
START_TEST(small_networks_have_the_reference_flow)
{
    static const double densities[] = {1, 0.5, 0.1};

    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        for (size_t k = 0; k < 3; k++) {
            double error = 1;

            for (uint64_t draw = 0; draw < DRAWS && !(error <= TOLERANCE); draw++) {
                uint8_t *mask = NULL;
                skel_rig rig;

                skel_rig_make(skel_small_network(skel_small_get(i)), 3, 7 + draw, &rig);
                mask = skel_rig_mask(&rig, densities[k]);
                error = compare(&rig, k == 0 ? NULL : mask, 1);
                SKEL_FREE(&mask);
                skel_rig_free(&rig);
            }
            ck_assert_msg(error <= TOLERANCE, "%s, density %g: %g", skel_small_get(i)->name,
                          densities[k], error);
        }
    }
}
END_TEST

/* Tensors whose exponents are far apart meet in additions, biases and shifts. */
START_TEST(small_networks_of_any_scale_have_the_reference_flow)
{
    static const int powers[][2] = {{40, 40}, {-40, -40}, {40, -90}, {-90, 40}};

    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        double error = 1;

        for (uint64_t draw = 0; draw < DRAWS && !(error <= TOLERANCE); draw++) {
            size_t matrices = 0;
            skel_rig rig;

            skel_rig_make(skel_small_network(skel_small_get(i)), 1, 17 + draw, &rig);
            for (size_t k = 0; k < rig.network->parameters; k++) {
                const skel_parameter *p = &rig.network->parameter[k];
                int power = powers[_i][matrices % 2];

                for (size_t l = p->offset; p->prunable && l < p->offset + p->count; l++) {
                    rig.parameters[l] = ldexpf(rig.parameters[l], power);
                }
                matrices += p->prunable;
            }
            error = compare(&rig, NULL, 1);
            skel_rig_free(&rig);
        }
        ck_assert_msg(error <= TOLERANCE, "%s: %g", skel_small_get(i)->name, error);
    }
}
END_TEST

/* What flows in is 2^-200 of the shift or bias that it meets: it vanishes beside it, but its
 * weights have their flow. */
START_TEST(weights_before_a_shift_that_is_far_larger_have_their_flow)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;
    skel_rig rig;

    skel_builder_start(&builder, "shift", 5, (skel_tensor){3, 4, 4}, CLASSES);
    x = skel_builder_conv(&builder, 0, "conv1", 5, 3, 1, 1, false);
    x = skel_builder_conv(&builder, x, "conv2", 17, 3, 1, 1, false);
    if (_i == 0) {
        x = skel_builder_relu(&builder, skel_builder_norm(&builder, x, "bn"));
    }
    (void)skel_builder_linear(&builder, x, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, 1, 1, &rig);
    for (size_t i = 0; i < 2; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t k = p->offset; k < p->offset + p->count; k++) {
            rig.parameters[k] = ldexpf(rig.parameters[k], -100);
        }
    }
    memset(rig.buffers, 0, network->buffer_count / 2 * sizeof(float)); /* the means */
    ck_assert(compare(&rig, NULL, 1) < TOLERANCE);
    skel_rig_free(&rig);
}
END_TEST

static void check_model(const char *name, size_t width, skel_tensor input, size_t images)
{
    static const double densities[] = {1, 0.2};

    for (size_t k = 0; k < 2; k++) {
        uint8_t *mask = NULL;
        double error = 0;
        skel_rig rig;

        skel_rig_model(name, width, input, CLASSES, images, &rig);
        mask = skel_rig_mask(&rig, densities[k]);
        error = compare(&rig, k == 0 ? NULL : mask, 1 + (int)k);
        ck_assert_msg(error <= TOLERANCE, "%s, density %g: %g", name, densities[k], error);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
}

START_TEST(whole_networks_have_the_reference_flow)
{
    check_model("lenet-300-100", 30, (skel_tensor){1, 28, 28}, 2);
    check_model("lenet-5", 20, (skel_tensor){1, 28, 28}, 1);
    check_model("resnet20", 8, (skel_tensor){3, 32, 32}, 4);
    check_model("vgg11", 8, (skel_tensor){3, 32, 32}, 2);
    check_model("resnet50", 4, (skel_tensor){3, 16, 16}, 1);
}
END_TEST

static void scale_weights(skel_rig *rig, float factor)
{
    const skel_network *network = rig->network;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t k = p->offset; p->prunable && k < p->offset + p->count; k++) {
            rig->parameters[k] *= factor;
        }
    }
}

/* Sum of |theta| * flow of the whole parameter tensor, and whether every flow is finite. */
static double share_of(const skel_rig *rig, const skel_parameter *p, const float flow[])
{
    double sum = 0;

    for (size_t k = p->offset; k < p->offset + p->count; k++) {
        ck_assert_msg(isfinite(flow[k]) && flow[k] >= 0 && flow[k] < FLT_MAX, "%s: %g", p->name,
                      (double)flow[k]);
        sum += fabs((double)rig->parameters[k]) * (double)flow[k];
    }
    return sum;
}

/* A factor of 1000 a layer in 152 layers is 10^456, of a thousandth 10^-456; double ends at 10^308
 * and 10^-324. All that flows passes through the first and the last layer all the same. */
static void check_depth(const char *kind, float factor, double limit)
{
    const skel_parameter *last = NULL;
    double logarithm = 0;
    float *flow = NULL;
    skel_rig rig;

    skel_rig_model("resnet152", 4, (skel_tensor){3, 16, 16}, CLASSES, 1, &rig);
    skel_rig_bare(&rig);
    scale_weights(&rig, factor);
    flow = floats_of(&rig);
    ck_assert_ok(try_flow(kind, &rig, NULL, 1, flow, &logarithm));
    ck_assert_msg(limit > 0 ? logarithm > limit && logarithm < 4 * limit
                            : logarithm < limit && logarithm > 4 * limit,
                  "ln R is %g", logarithm);
    last = &rig.network->parameter[rig.network->parameters - 2];
    ck_assert_str_eq(last->name, "fc.weight");
    ck_assert(fabs(share_of(&rig, &rig.network->parameter[0], flow) - 1) < TOLERANCE);
    ck_assert(fabs(share_of(&rig, last, flow) - 1) < TOLERANCE);
    for (size_t i = 0; i < rig.network->parameters; i++) {
        if (rig.network->parameter[i].prunable) {
            ck_assert(share_of(&rig, &rig.network->parameter[i], flow) < 1 + TOLERANCE);
        }
    }
    ck_assert(strcmp(kind, "reference") == 0 || compare(&rig, NULL, 1) < TOLERANCE);
    SKEL_FREE(&flow);
    skel_rig_free(&rig);
}

START_TEST(a_network_deeper_than_doubles_reach_has_a_finite_flow)
{
    check_depth(skel_rig_able(SKEL_ENGINE_FLOW, _i), 1000, log(DBL_MAX));
}
END_TEST

START_TEST(a_chain_smaller_than_doubles_reach_has_a_finite_flow)
{
    double logarithm = 0;
    float *flow = NULL;
    skel_rig rig;

    /* a chain: in a residual network what is not multiplied is what is left */
    skel_rig_model("vgg19", 4, (skel_tensor){3, 32, 32}, CLASSES, 1, &rig);
    skel_rig_bare(&rig);
    scale_weights(&rig, 1e-22F);
    flow = floats_of(&rig);
    ck_assert_ok(try_flow(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, NULL, 1, flow, &logarithm));
    ck_assert_msg(logarithm < log(DBL_MIN) - 50, "ln R is %g", logarithm);
    for (size_t i = 0; i < rig.network->parameters; i++) {
        if (rig.network->parameter[i].prunable) {
            ck_assert(fabs(share_of(&rig, &rig.network->parameter[i], flow) - 1) < TOLERANCE);
        }
    }
    SKEL_FREE(&flow);
    skel_rig_free(&rig);
}
END_TEST

/* Powers of two are exact: a factor of 2^30 a layer adds 30 ln 2 to ln R and divides the flow by
 * 2^30, bit for bit. */
START_TEST(weights_times_a_power_of_two_have_the_same_flow_over_it)
{
    enum { LAYERS = 9, POWER = 30 };
    float *plain = NULL;
    float *scaled = NULL;
    double logarithm[2];
    skel_rig rig;

    skel_rig_model("vgg11", 6, (skel_tensor){3, 32, 32}, CLASSES, 1, &rig);
    skel_rig_bare(&rig);
    plain = floats_of(&rig);
    scaled = floats_of(&rig);
    ck_assert_ok(
        try_flow(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, NULL, 1, plain, &logarithm[0]));
    scale_weights(&rig, 0x1p30F);
    ck_assert_ok(
        try_flow(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, NULL, 1, scaled, &logarithm[1]));
    /* roundings of two logarithms of about 200 */
    ck_assert(fabs(logarithm[1] - logarithm[0] - LAYERS * POWER * log(2)) < 1e-12);
    for (size_t i = 0; i < rig.network->parameters; i++) {
        const skel_parameter *p = &rig.network->parameter[i];

        for (size_t k = p->offset; p->prunable && k < p->offset + p->count; k++) {
            ck_assert(scaled[k] == plain[k] * 0x1p-30F);
        }
    }
    SKEL_FREE(&plain);
    SKEL_FREE(&scaled);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, small_networks_have_the_reference_flow);
    tcase_add_loop_test(tcase, small_networks_of_any_scale_have_the_reference_flow, 0, 4);
    tcase_add_loop_test(tcase, weights_before_a_shift_that_is_far_larger_have_their_flow, 0, 2);
    tcase_add_test(tcase, whole_networks_have_the_reference_flow);
    tcase_add_loop_test(tcase, a_network_deeper_than_doubles_reach_has_a_finite_flow, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, a_chain_smaller_than_doubles_reach_has_a_finite_flow, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, weights_times_a_power_of_two_have_the_same_flow_over_it, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
}

int main(void)
{
    return skel_suite_run("engine, depth of the flow", fill);
}
