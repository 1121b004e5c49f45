/* Synaptic flow of networks without a path or with NaNs, and a gradient after a flow. */
#include "rig.h"
#include "suite.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { CLASSES = 10 };

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

/* A layer without weights stops all that flows. */
START_TEST(without_flow_all_flows_are_zero_and_that_is_no_error)
{
    static const char *const names[] = {"lenet-300-100", "vgg11"};
    static const char *const layers[] = {"fc2.weight", "features.4.weight"};

    for (size_t i = 0; i < 2; i++) {
        uint8_t *mask = NULL;
        float *flow = NULL;
        double logarithm = 0;
        skel_rig rig;

        skel_rig_model(names[i], 6, i == 0 ? (skel_tensor){1, 28, 28} : (skel_tensor){3, 32, 32},
                       CLASSES, 1, &rig);
        skel_rig_bare(&rig);
        mask = skel_rig_mask(&rig, 1);
        memset(mask + skel_rig_parameter(&rig, layers[i])->offset, 0,
               skel_rig_parameter(&rig, layers[i])->count);
        flow = floats_of(&rig);
        memset(flow, 0xff, rig.network->parameter_count * sizeof *flow);
        ck_assert_ok(
            try_flow(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, mask, 1, flow, &logarithm));
        ck_assert(isinf(logarithm) && logarithm < 0);
        for (size_t k = 0; k < rig.network->parameters; k++) {
            const skel_parameter *p = &rig.network->parameter[k];

            for (size_t l = p->offset; p->prunable && l < p->offset + p->count; l++) {
                ck_assert(flow[l] == 0);
            }
        }
        SKEL_FREE(&flow);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
}
END_TEST

static void check_refusal(const skel_rig *rig, const char *kind, const uint8_t mask[],
                          const char *words)
{
    float *flow = floats_of(rig);
    double logarithm = 0;

    ck_assert_int_eq(try_flow(kind, rig, mask, 1, flow, &logarithm), SKEL_ERR_NUMBER);
    ck_assert_msg(strstr(skel_error_message(), words) != NULL, "%s", skel_error_message());
    SKEL_FREE(&flow);
}

static void set(const skel_rig *rig, const char *name, float value)
{
    rig->parameters[skel_rig_parameter(rig, name)->offset + 1] = value;
}

START_TEST(what_is_not_finite_is_named_unless_it_is_pruned)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};

    for (size_t i = 0; i < 3; i++) {
        uint8_t *mask = NULL;
        float *flow = NULL;
        double logarithm = 0;
        skel_rig rig;

        skel_rig_model("vgg11", 4, (skel_tensor){3, 32, 32}, CLASSES, 1, &rig);
        set(&rig, "features.4.weight", bad[i]);
        check_refusal(&rig, skel_rig_able(SKEL_ENGINE_FLOW, _i), NULL,
                      "features.4.weight is not finite");
        mask = skel_rig_mask(&rig, 1);
        for (size_t k = 0; k < rig.network->parameter_count; k++) {
            mask[k] = isfinite(rig.parameters[k]) ? 1 : 0;
        }
        flow = floats_of(&rig);
        ck_assert_ok(
            try_flow(skel_rig_able(SKEL_ENGINE_FLOW, _i), &rig, mask, 1, flow, &logarithm));
        ck_assert(isfinite(logarithm));
        set(&rig, "features.1.bias", bad[i]);
        check_refusal(&rig, skel_rig_able(SKEL_ENGINE_FLOW, _i), mask,
                      "features.1.bias is not finite");
        set(&rig, "features.1.bias", 0);
        rig.buffers[3] = bad[i];
        check_refusal(&rig, skel_rig_able(SKEL_ENGINE_FLOW, _i), mask,
                      "features.1.running_mean is not finite");
        SKEL_FREE(&flow);
        SKEL_FREE(&mask);
        skel_rig_free(&rig);
    }
}
END_TEST

/* Without a ReLU means can leave less than nothing, of which there is no logarithm. */
START_TEST(a_negative_sum_is_refused)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;
    skel_rig rig;

    skel_builder_start(&builder, "no ReLU", 3, (skel_tensor){3, 4, 4}, CLASSES);
    x = skel_builder_norm(&builder, 0, "bn");
    (void)skel_builder_linear(&builder, x, "fc", CLASSES, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_rig_make(network, 1, 1, &rig);
    for (size_t c = 0; c < 3; c++) {
        rig.buffers[c] = 30;
    }
    check_refusal(&rig, skel_rig_able(SKEL_ENGINE_FLOW, _i), NULL, "is negative");
    skel_rig_free(&rig);
}
END_TEST

START_TEST(a_gradient_after_a_flow_has_the_bits_of_one_before)
{
    float *before = NULL;
    float *flow = NULL;
    double logarithm = 0;
    skel_engine *engine = NULL;
    skel_batch batch;
    skel_pass pass;
    skel_rig rig;

    skel_rig_model("resnet20", 6, (skel_tensor){3, 16, 16}, CLASSES, 3, &rig);
    before = floats_of(&rig);
    flow = floats_of(&rig);
    engine = skel_rig_engine(&rig, skel_rig_able(SKEL_ENGINE_FLOW, _i),
                             &(skel_engine_options){.microbatch = 3});
    batch = skel_rig_batch(&rig, 0, 3);
    pass = skel_rig_pass(&rig);
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
    memcpy(before, rig.gradient, rig.network->parameter_count * sizeof *before);
    ck_assert_ok(
        skel_engine_flow(engine, rig.parameters, NULL, rig.buffers, NULL, flow, &logarithm));
    ck_assert_ok(skel_engine_load(engine, rig.parameters, NULL));
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0, &pass));
    ck_assert_mem_eq(before, rig.gradient, rig.network->parameter_count * sizeof *before);
    skel_engine_destroy(&engine);
    SKEL_FREE(&before);
    SKEL_FREE(&flow);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(the_sparse_engine_says_that_it_cannot)
{
    float *flow = NULL;
    double logarithm = 0;
    skel_rig rig;

    skel_rig_model("lenet-5", 4, (skel_tensor){1, 28, 28}, CLASSES, 1, &rig);
    flow = floats_of(&rig);
    ck_assert_int_eq(try_flow("sparse", &rig, NULL, 1, flow, &logarithm), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "does not compute the synaptic flow"));
    SKEL_FREE(&flow);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, without_flow_all_flows_are_zero_and_that_is_no_error, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, what_is_not_finite_is_named_unless_it_is_pruned, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, a_negative_sum_is_refused, 0, skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_loop_test(tcase, a_gradient_after_a_flow_has_the_bits_of_one_before, 0,
                        skel_rig_ables(SKEL_ENGINE_FLOW));
    tcase_add_test(tcase, the_sparse_engine_says_that_it_cannot);
}

int main(void)
{
    return skel_suite_run("engine, errors of the flow", fill);
}
