/* The prunable tensors of a network. */
#include "suite.h"

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

START_TEST(kept_weights_are_those_of_prunable_tensors_alone)
{
    skel_network *network = make("lenet-5", 2, (skel_tensor){1, 28, 28});
    size_t expected = network->prunable_count;
    uint8_t *keep = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    memset(keep, 1, network->parameter_count);
    ck_assert_uint_eq(skel_network_kept(network, keep), expected);
    for (size_t i = 0; i < network->parameters; i++) { /* one of each tensor */
        keep[network->parameter[i].offset] = 0;
        expected -= network->parameter[i].prunable;
    }
    ck_assert_uint_eq(skel_network_kept(network, keep), expected);
    ck_assert_uint_eq(expected, network->prunable_count - 4);
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, kept_weights_are_those_of_prunable_tensors_alone);
    tcase_add_test(tcase, prunable_tensors_are_the_weights_of_convolutions_and_linear_layers);
    tcase_add_test(tcase, clearing_what_is_not_prunable_leaves_the_weights);
}

int main(void)
{
    return skel_suite_run("network_prunable", fill);
}
