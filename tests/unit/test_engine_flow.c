/* Synaptic flow: closed forms, its conservation from layer to layer, finite differences. */
#include "rig.h"
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>

enum { CLASSES = 10 };

/* Sums of positive floats: at most a rounding for each of up to 155 layers, most of which cancel.
 */
#define TOLERANCE 2e-6

/* The flow, *owned*, and ln R. */
static float *flow_of(const char *kind, const skel_rig *rig, const uint8_t mask[],
                      double *logarithm)
{
    skel_engine *engine =
        skel_rig_engine(rig, kind, &(skel_engine_options){.microbatch = rig->images});
    float *flow = NULL;

    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof *flow, &flow));
    ck_assert_ok(
        skel_engine_flow(engine, rig->parameters, mask, rig->buffers, NULL, flow, logarithm));
    skel_engine_destroy(&engine);
    return flow;
}

/* A tensor's part of all that flows: sum of |theta| * flow over its kept weights. */
static double share_of(const skel_rig *rig, const uint8_t mask[], const float flow[],
                       const char *name)
{
    const skel_parameter *p = skel_rig_parameter(rig, name);
    double sum = 0;

    for (size_t k = p->offset; k < p->offset + p->count; k++) {
        sum += mask[k] != 0 ? fabs((double)rig->parameters[k]) * (double)flow[k] : 0;
    }
    return sum;
}

static void rig_of_two_layers(skel_rig *rig)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "two layers", 7, (skel_tensor){1, 2, 3}, 4);
    x = skel_builder_linear(&builder, 0, "fc1", 7, false);
    (void)skel_builder_linear(&builder, x, "fc2", 4, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, 1, 3, rig);
}

/* R = sum over k, j, i of |b_kj| |a_ji|. */
START_TEST(two_linear_layers_have_the_flow_of_their_formula)
{
    enum { IN = 6, MIDDLE = 7, OUT = 4 };
    double in[MIDDLE] = {0};
    double out[MIDDLE] = {0};
    double r = 0;
    double logarithm = 0;
    float *flow = NULL;
    const float *second = NULL; /* flow of the second layer */
    skel_rig rig;

    rig_of_two_layers(&rig);
    for (size_t j = 0; j < MIDDLE; j++) {
        for (size_t i = 0; i < IN; i++) {
            in[j] += fabs((double)rig.parameters[j * IN + i]);
        }
        for (size_t k = 0; k < OUT; k++) {
            out[j] += fabs((double)rig.parameters[(k + IN) * MIDDLE + j]);
        }
        r += in[j] * out[j];
    }
    flow = flow_of(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, NULL, &logarithm);
    second = flow + skel_rig_parameter(&rig, "fc2.weight")->offset;
    ck_assert(fabs(logarithm - log(r)) < TOLERANCE);
    for (size_t j = 0; j < MIDDLE; j++) {
        for (size_t i = 0; i < IN; i++) {
            ck_assert(fabs((double)flow[j * IN + i] * r / out[j] - 1) < TOLERANCE);
        }
        for (size_t k = 0; k < OUT; k++) {
            ck_assert(fabs((double)second[k * MIDDLE + j] * r / in[j] - 1) < TOLERANCE);
        }
    }
    SKEL_FREE(&flow);
    skel_rig_free(&rig);
}
END_TEST

static void check_share(const skel_rig *rig, const char *name, double share, double expected)
{
    ck_assert_msg(fabs(share - expected) < 20 * TOLERANCE, "%s, %s: %.9g, not %.9g",
                  rig->network->name, name, share, expected);
}

/* Along a chain all that flows passes through every layer. */
START_TEST(each_layer_of_a_chain_passes_all_that_flows)
{
    static const char *const names[] = {"lenet-300-100", "lenet-5", "vgg11"};

    for (size_t i = 0; i < 3; i++) {
        uint8_t *mask = NULL;
        float *flow = NULL;
        double logarithm = 0;
        skel_rig rig;

        skel_rig_model(names[i], 6, i < 2 ? (skel_tensor){1, 28, 28} : (skel_tensor){3, 32, 32},
                       CLASSES, 2, &rig);
        skel_rig_bare(&rig);
        mask = skel_rig_mask(&rig, 0.5);
        flow = flow_of(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, mask, &logarithm);
        for (size_t k = 0; k < rig.network->parameters; k++) {
            const char *name = rig.network->parameter[k].name;

            if (rig.network->parameter[k].prunable) {
                check_share(&rig, name, share_of(&rig, mask, flow, name), 1);
            }
        }
        SKEL_FREE(&flow);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
}
END_TEST

/* In a residual block what flows is split; a block's two layers pass the same part of it. */
START_TEST(what_flows_is_split_in_residual_blocks)
{
    skel_rig rig;
    uint8_t *mask = NULL;
    double part = 0;
    float *flow = NULL;
    double logarithm = 0;

    skel_rig_model("resnet20", 6, (skel_tensor){3, 16, 16}, CLASSES, 2, &rig);
    skel_rig_bare(&rig);
    mask = skel_rig_mask(&rig, 0.5);
    flow = flow_of(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, mask, &logarithm);
    check_share(&rig, "conv1", share_of(&rig, mask, flow, "conv1.weight"), 1);
    check_share(&rig, "fc", share_of(&rig, mask, flow, "fc.weight"), 1);
    part = share_of(&rig, mask, flow, "layer1.1.conv1.weight");
    ck_assert(part > 0.01 && part < 0.99);
    check_share(&rig, "layer1.1", share_of(&rig, mask, flow, "layer1.1.conv2.weight"), part);
    part = share_of(&rig, mask, flow, "layer2.0.conv1.weight");
    check_share(&rig, "layer2.0", share_of(&rig, mask, flow, "layer2.0.conv2.weight"), part);
    check_share(&rig, "layer2.0, its shortcut",
                share_of(&rig, mask, flow, "layer2.0.downsample.0.weight"), 1 - part);
    SKEL_FREE(&flow);
    SKEL_FREE(&mask);
    skel_rig_free(&rig);
}
END_TEST

/* Without the upper bounds of clips, which a flow has not. */
static void unbound(const skel_network *network)
{
    for (size_t i = 0; i < network->ops; i++) {
        network->op[i].high = (double)INFINITY;
    }
}

/* The plain forward pass of all magnitudes on an image of ones, by the reference engine. Takes the
 * bounds of the network's clips away. */
static double plain_logarithm(const skel_rig *rig, const uint8_t mask[])
{
    const skel_network *network = rig->network;
    skel_tensor in = network->tensor[0];
    skel_rig plain;
    float logits[CLASSES];
    double r = 0;
    skel_batch batch;
    skel_engine *engine = NULL;

    plain = *rig;
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &plain.parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof(float), &plain.buffers));
    ck_assert_ok(SKEL_ALLOC(in.channels * in.height * in.width, sizeof(float), &plain.image));
    for (size_t i = 0; i < network->parameter_count; i++) {
        plain.parameters[i] = mask[i] != 0 ? fabsf(rig->parameters[i]) : 0;
    }
    for (size_t i = 0; i < network->buffer_count; i++) {
        plain.buffers[i] = fabsf(rig->buffers[i]);
    }
    for (size_t i = 0; i < in.channels * in.height * in.width; i++) {
        plain.image[i] = 1;
    }
    unbound(network);
    engine = skel_rig_engine(&plain, "reference", &(skel_engine_options){.microbatch = 1});
    batch = skel_rig_batch(&plain, 0, 1);
    ck_assert_ok(skel_engine_forward(engine, &batch, plain.buffers, logits));
    for (size_t k = 0; k < network->classes; k++) {
        r += (double)logits[k];
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&plain.parameters);
    SKEL_FREE(&plain.buffers);
    SKEL_FREE(&plain.image);
    return log(r);
}

static double logarithm_with(skel_rig *rig, skel_engine *engine, const uint8_t mask[], size_t at,
                             float value, float scratch[])
{
    float before = rig->parameters[at];
    double logarithm = 0;

    rig->parameters[at] = value;
    ck_assert_ok(
        skel_engine_flow(engine, rig->parameters, mask, rig->buffers, NULL, scratch, &logarithm));
    rig->parameters[at] = before;
    return logarithm;
}

/* Central differences of ln R, in double. Between kinks R is linear in a weight, so that a step of
 * h leaves an error of (flow * h)^2 / 3 of the flow. What rounds is ln R, by 1e-15 over the step.
 */
static void check_differences(skel_rig *rig, const char *name, const uint8_t mask[])
{
    const float h = 0x1p-12F;
    skel_engine *engine =
        skel_rig_engine(rig, "reference", &(skel_engine_options){.microbatch = 1});
    float *scratch = NULL;
    double logarithm = 0;
    float *flow = flow_of("reference", rig, mask, &logarithm);

    /* a float's rounding of each logit */
    ck_assert(fabs(logarithm - plain_logarithm(rig, mask)) < 0x1p-23);
    ck_assert_ok(SKEL_ALLOC(rig->network->parameter_count, sizeof(float), &scratch));
    for (size_t i = 0; i < rig->network->parameters; i++) {
        const skel_parameter *p = &rig->network->parameter[i];

        for (size_t k = 0; p->prunable && k < p->count; k += 1 + p->count / 7) {
            size_t at = p->offset + k;
            float up = fabsf(rig->parameters[at]) + h;
            float down = up - 2 * h;
            double slope = (logarithm_with(rig, engine, mask, at, up, scratch) -
                            logarithm_with(rig, engine, mask, at, down, scratch)) /
                           ((double)up - (double)down);
            double error = (double)flow[at] * (double)h;

            if (mask[at] == 0 || down <= 0) {
                continue;
            }
            ck_assert_msg(
                fabs(slope - (double)flow[at]) <= (error * error + 0x1p-23) * fabs(slope) + 1e-10,
                "%s: %s[%zu]: %.9g, differences %.9g", name, p->name, k, (double)flow[at], slope);
        }
    }
    SKEL_FREE(&scratch);
    SKEL_FREE(&flow);
    skel_engine_destroy(&engine);
}

START_TEST(flow_is_the_slope_of_the_logarithm_of_the_plain_pass)
{
    static const double densities[] = {1, 0.3, 0.1};

    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        uint8_t *mask = NULL;
        skel_rig rig;

        skel_rig_make(skel_small_network(skel_small_get(i)), 1, 5, &rig);
        mask = skel_rig_mask(&rig, densities[_i]);
        check_differences(&rig, skel_small_get(i)->name, mask);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
}
END_TEST

/* A pruned weight's flow is what it would add if it came back: R is linear in it where no bias or
 * mean makes a kink. */
START_TEST(a_pruned_weight_has_the_flow_that_it_would_add)
{
    uint8_t *mask = NULL;
    float *flow = NULL;
    double without = 0;
    skel_engine *engine = NULL;
    float *scratch = NULL;
    skel_rig rig;

    skel_rig_model("resnet20", 4, (skel_tensor){3, 16, 16}, CLASSES, 1, &rig);
    skel_rig_bare(&rig);
    mask = skel_rig_mask(&rig, 0.3);
    engine = skel_rig_engine(&rig, "reference", &(skel_engine_options){.microbatch = 1});
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof(float), &scratch));
    flow = flow_of(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, mask, &without);
    without = logarithm_with(&rig, engine, mask, 0, rig.parameters[0], scratch);
    for (size_t at = 0; at < rig.network->parameter_count; at += 97) {
        if (mask[at] == 0) {
            double with = 0;
            double expected = 0;

            mask[at] = 1;
            with = logarithm_with(&rig, engine, mask, at, rig.parameters[at], scratch);
            mask[at] = 0;
            expected = expm1(with - without) / fabs((double)rig.parameters[at]);
            /* of the logarithms 1e-14, and in the dense engine a float's roundings */
            ck_assert_msg(fabs(expected - (double)flow[at]) <= TOLERANCE * (1 + expected),
                          "%g, not %g", (double)flow[at], expected);
        }
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&scratch);
    SKEL_FREE(&flow);
    SKEL_FREE(&mask);
    skel_rig_free(&rig);
}
END_TEST

/* R = sum of c_k z_k is the plain sum of a network whose last weights are c_k times as large. */
START_TEST(shares_of_logits_are_factors_of_the_last_layers_rows)
{
    enum { MIDDLE = 7, OUT = 4 };
    static const float shares[OUT] = {0.5F, 0, 2, 0.25F};
    const char *kind = skel_rig_able(SKEL_ENGINE_FLOW, _i);
    skel_engine *engine = NULL;
    float *expected = NULL;
    float *flow = NULL;
    double logarithm = 0;
    double plain = 0;
    size_t last = 0;
    skel_rig rig;

    rig_of_two_layers(&rig);
    last = skel_rig_parameter(&rig, "fc2.weight")->offset;
    engine = skel_rig_engine(&rig, kind, &(skel_engine_options){.microbatch = 1});
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof *flow, &flow));
    ck_assert_ok(
        skel_engine_flow(engine, rig.parameters, NULL, rig.buffers, shares, flow, &logarithm));
    for (size_t i = 0; i < (size_t)MIDDLE * OUT; i++) {
        rig.parameters[last + i] *= shares[i / MIDDLE];
    }
    expected = flow_of(kind, &rig, NULL, &plain);
    ck_assert(fabs(logarithm - plain) < TOLERANCE);
    for (size_t i = 0; i < rig.network->parameter_count; i++) {
        double factor = i < last ? 1 : (double)shares[(i - last) / MIDDLE];

        ck_assert(fabs((double)flow[i] - factor * (double)expected[i]) <=
                  TOLERANCE * factor * (double)expected[i]);
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&expected);
    SKEL_FREE(&flow);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, two_linear_layers_have_the_flow_of_their_formula, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, shares_of_logits_are_factors_of_the_last_layers_rows, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, each_layer_of_a_chain_passes_all_that_flows, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, what_flows_is_split_in_residual_blocks, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    if (!skel_rig_runs_again()) {
        tcase_add_loop_test(tcase, flow_is_the_slope_of_the_logarithm_of_the_plain_pass, 0, 3);
    }
    tcase_add_loop_test(tcase, a_pruned_weight_has_the_flow_that_it_would_add, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
}

int main(void)
{
    return skel_suite_run("engine, synaptic flow", fill);
}
