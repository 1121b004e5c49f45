/* The prunable tensors of a network. */
#include "suite.h"

#include "nn/model/builder.h"
#include "skel/memory.h"
#include "skel/network.h"

#include <string.h>

static skel_network *make(const char *name, size_t width, skel_tensor input)
{
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(name, width, input, 10, &network));
    return network;
}

START_TEST(prunable_tensors_are_the_weights_of_convolutions_and_linear_layers)
{
    skel_network *network = make("resnet20", 2, (skel_tensor){3, 32, 32});
    size_t weights = 0;
    size_t found = 0;
    size_t floats = 0;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        weights += op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR;
    }
    for (size_t i = skel_network_prunable(network, 0); i < network->parameters;
         i = skel_network_prunable(network, i + 1)) {
        size_t users = 0;

        for (size_t j = 0; j < network->ops; j++) {
            const skel_op *op = &network->op[j];

            users += op->weight == i && (op->kind == SKEL_OP_CONV || op->kind == SKEL_OP_LINEAR);
        }
        ck_assert_uint_eq(users, 1);
        found++;
        floats += network->parameter[i].count;
    }
    ck_assert_uint_eq(found, weights);
    ck_assert_uint_eq(floats, network->prunable_count);
    /* the bias of the classifier is last: nothing prunable follows */
    ck_assert_uint_eq(skel_network_prunable(network, network->parameters - 1), network->parameters);
    ck_assert_uint_eq(skel_network_prunable(network, network->parameters), network->parameters);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(clearing_what_is_not_prunable_leaves_the_weights)
{
    skel_network *network = make("lenet-5", 2, (skel_tensor){1, 28, 28});
    float *values = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *values, &values));
    for (size_t i = 0; i < network->parameter_count; i++) {
        values[i] = 1;
    }
    skel_network_clear_unprunable(network, values);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t j = 0; j < p->count; j++) {
            ck_assert(values[p->offset + j] == (p->prunable ? 1.0F : 0.0F));
        }
    }
    SKEL_FREE(&values);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(work_counts_a_kept_weight_once_for_each_output_pixel)
{
    skel_network *network = make("lenet-5", 2, (skel_tensor){1, 28, 28});
    const skel_parameter *first = &network->parameter[0];
    uint8_t *keep = NULL;
    double macs = skel_network_macs(network);
    double least = 0;
    double most = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    ck_assert_double_eq(skel_network_kept_work(network, keep), 0);
    keep[first->offset] = 1; /* a 5x5 kernel on 28x28 pixels has 24x24 output pixels */
    ck_assert_double_eq_tol(skel_network_kept_work(network, keep), 576 / macs, 1e-12);
    skel_network_work_range(network, 1, &least, &most);
    ck_assert_double_eq_tol(most, 576 / macs, 1e-12);
    ck_assert_double_eq_tol(least, 1 / macs, 1e-12);
    memset(keep, 1, network->parameter_count);
    ck_assert_double_eq_tol(skel_network_kept_work(network, keep), 1, 1e-12);
    skel_network_work_range(network, network->prunable_count, &least, &most);
    ck_assert_double_eq_tol(least, 1, 1e-12);
    ck_assert_double_eq_tol(most, 1, 1e-12);
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(a_weight_of_a_depthwise_layer_works_on_one_input_channel)
{
    skel_window window = skel_window_square(3, 1, 1);
    skel_builder builder;
    skel_network *network = NULL;
    uint8_t *keep = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "depthwise", 4, (skel_tensor){4, 6, 5}, 10);
    x = skel_builder_grouped_conv(&builder, 0, "conv", 4, &window, 4, false);
    (void)skel_builder_linear(&builder, x, "fc", 10, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    ck_assert_double_eq(skel_network_macs(network), 4 * 9 * 30 + 4 * 30 * 10);
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    keep[network->parameter[0].offset + 35] = 1; /* the last one of 4 kernels of 3x3 */
    ck_assert_double_eq_tol(skel_network_kept_work(network, keep), 30 / 2280.0, 1e-12);
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(every_mask_keeps_work_within_the_range)
{
    skel_network *network = make("resnet20", 2, (skel_tensor){3, 32, 32});
    uint8_t *keep = NULL;
    size_t kept = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *parameter = &network->parameter[i];

        for (size_t n = 0; parameter->prunable && n < parameter->count; n += 1 + i) {
            double least = 0;
            double most = 0;
            double work = 0;

            keep[parameter->offset + n] = 1;
            skel_network_work_range(network, ++kept, &least, &most);
            work = skel_network_kept_work(network, keep);
            ck_assert_double_le(least, work + 1e-12);
            ck_assert_double_ge(most, work - 1e-12);
            ck_assert_double_lt(least, most);
        }
    }
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, prunable_tensors_are_the_weights_of_convolutions_and_linear_layers);
    tcase_add_test(tcase, clearing_what_is_not_prunable_leaves_the_weights);
    tcase_add_test(tcase, work_counts_a_kept_weight_once_for_each_output_pixel);
    tcase_add_test(tcase, a_weight_of_a_depthwise_layer_works_on_one_input_channel);
    tcase_add_test(tcase, every_mask_keeps_work_within_the_range);
}

int main(void)
{
    return skel_suite_run("network_prunable", fill);
}
