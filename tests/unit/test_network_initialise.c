/* Initial weights: their distributions and their streams. */
#include "suite.h"

#include "skel/memory.h"
#include "skel/network.h"
#include "skel/orthonormal.h"

#include <math.h>
#include <string.h>

static const skel_tensor cifar = {3, 32, 32};
static const skel_tensor mnist = {1, 28, 28};

static skel_network *make(const char *name, size_t width, skel_tensor input, size_t classes)
{
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(name, width, input, classes, &network));
    return network;
}

/* Mean square of a tensor times the fan that its initialisation divides by: the squared gain. */
static double scaled_variance(const skel_parameter *parameter, const float values[], double fan)
{
    double squares = 0;

    for (size_t i = 0; i < parameter->count; i++) {
        squares += pow((double)values[parameter->offset + i], 2);
    }
    return squares / (double)parameter->count * fan;
}

START_TEST(normal_weights_have_the_variance_of_their_fan)
{
    static const skel_init inits[] = {SKEL_INIT_KAIMING_NORMAL, SKEL_INIT_KAIMING_NORMAL_FAN_OUT,
                                      SKEL_INIT_XAVIER_NORMAL, SKEL_INIT_LECUN_NORMAL};
    static const double gains[] = {2, 2, 2, 1};
    skel_network *network = make("resnet20", 0, cifar, 10);
    float *parameters = NULL;
    float *buffers = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    for (size_t k = 0; k < 4; k++) {
        ck_assert_ok(skel_network_initialise(network, inits[k], 5, NULL, parameters, buffers));
        for (size_t i = 0; i < network->parameters; i++) {
            const skel_parameter *p = &network->parameter[i];
            double window = p->dims == 4 ? (double)(p->shape[2] * p->shape[3]) : 1;
            double in = (double)p->shape[1] * window;
            double out = (double)p->shape[0] * window;
            double fans[] = {in, out, in + out, in};

            if (p->prunable) {
                /* five standard errors of a normal sample's variance */
                ck_assert(fabs(scaled_variance(p, parameters, fans[k]) - gains[k]) <
                          gains[k] * 5 * sqrt(2.0 / (double)p->count));
            }
        }
    }
    SKEL_FREE(&parameters);
    SKEL_FREE(&buffers);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(norms_start_as_the_identity_and_biases_at_zero)
{
    skel_network *network = make("resnet50", 4, cifar, 10);
    float *parameters = NULL;
    float *buffers = NULL;

    ck_assert_ok(SKEL_ALLOC_RAW(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC_RAW(network->buffer_count, sizeof *buffers, &buffers));
    ck_assert_ok(
        skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, NULL, parameters, buffers));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        bool is_bias = strstr(p->name, ".bias") != NULL;

        for (size_t j = 0; !p->prunable && j < p->count; j++) {
            ck_assert(parameters[p->offset + j] == (is_bias ? 0.0F : 1.0F));
        }
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];
        bool is_variance = strstr(b->name, ".running_var") != NULL;

        for (size_t j = 0; j < b->count; j++) {
            ck_assert(buffers[b->offset + j] == (is_variance ? 1.0F : 0.0F));
        }
    }
    SKEL_FREE(&parameters);
    SKEL_FREE(&buffers);
    skel_network_destroy(&network);
}
END_TEST

/* The largest deviation of a matrix's row or column products from `2 * identity`. */
static double orthogonality(const skel_parameter *p, const float w[])
{
    size_t rows = p->shape[0];
    size_t columns = p->count / rows;
    bool by_column = rows > columns;
    size_t vectors = by_column ? columns : rows;
    size_t length = by_column ? rows : columns;
    double worst = 0;

    for (size_t i = 0; i < vectors; i++) {
        for (size_t j = 0; j <= i; j++) {
            double product = 0;

            for (size_t k = 0; k < length; k++) {
                product += by_column ? (double)w[k * columns + i] * (double)w[k * columns + j]
                                     : (double)w[i * columns + k] * (double)w[j * columns + k];
            }
            worst = fmax(worst, fabs(product - (i == j ? 2 : 0)));
        }
    }
    return worst;
}

START_TEST(truncated_weights_end_at_two_deviations)
{
    skel_network *network = make("lenet-300-100", 0, mnist, 10);
    float *parameters = NULL;
    float *buffers = NULL;
    double cut = 2 / (28 * 0.87962566103423978); /* of fc1, whose fan-in is 28^2 */
    double largest = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    ck_assert_ok(
        skel_network_initialise(network, SKEL_INIT_LECUN_NORMAL, 1, NULL, parameters, buffers));
    for (size_t i = 0; i < network->parameter[0].count; i++) {
        largest = fmax(largest, fabs((double)parameters[i]));
    }
    /* of 235,200 numbers the largest is close to the cut, which a normal number passes once in 22
     */
    ck_assert(largest < cut * (1 + 0x1p-23) && largest > 0.999 * cut);
    SKEL_FREE(&parameters);
    SKEL_FREE(&buffers);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(scales_of_batch_norm_can_be_uniform)
{
    skel_network *network = make("resnet20", 0, cifar, 10);
    float *parameters = NULL;
    float *buffers = NULL;
    double sum = 0;
    size_t count = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    ck_assert_ok(
        skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 4, NULL, parameters, buffers));
    skel_network_draw_norms(network, 4, parameters);
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        size_t channels = network->tensor[op->output].channels;

        for (size_t j = 0; op->kind == SKEL_OP_BATCHNORM && j < channels; j++) {
            const skel_parameter *scale = &network->parameter[op->weight];

            ck_assert(parameters[scale->offset + j] >= 0 && parameters[scale->offset + j] <= 1);
            ck_assert(parameters[network->parameter[op->bias].offset + j] == 0);
            sum += (double)parameters[scale->offset + j];
            count++;
        }
    }
    /* five standard errors of the mean of uniform numbers */
    ck_assert(count == 784 && fabs(sum / (double)count - 0.5) < 5 / sqrt(12.0 * (double)count));
    SKEL_FREE(&parameters);
    SKEL_FREE(&buffers);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(orthogonal_weights_are_orthogonal_times_the_gain)
{
    skel_network *network = make("vgg11", 8, cifar, 10);
    float *parameters = NULL;
    float *buffers = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    ck_assert_ok(
        skel_network_initialise(network, SKEL_INIT_ORTHOGONAL, 3, NULL, parameters, buffers));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        if (p->prunable) {
            /* rounding the entries to float: a few units of 2^-24 in a product of norm 2 */
            ck_assert(orthogonality(p, parameters + p->offset) < 4 * 0x1p-23);
        }
    }
    SKEL_FREE(&parameters);
    SKEL_FREE(&buffers);
    skel_network_destroy(&network);
}
END_TEST

/* Counts its calls, and fails in the last one that it is allowed. */
typedef struct calls {
    size_t made;
    size_t most;
    size_t largest; /* vectors */
} calls;

static skel_status count_calls(const void *context, skel_status local, size_t count, size_t length,
                               double vectors[])
{
    calls *c = *(calls *const *)context;

    ck_assert(local == SKEL_OK && count <= length);
    c->made++;
    c->largest = count > c->largest ? count : c->largest;
    skel_orthonormal_here(count, length, vectors);
    return c->made == c->most ? SKEL_FAIL(SKEL_ERR_NUMBER, "call %zu", c->made) : SKEL_OK;
}

START_TEST(each_weight_is_made_orthonormal_by_whom_the_caller_names)
{
    skel_network *network = make("lenet-300-100", 0, mnist, 10);
    calls seen = {.most = 9};
    calls *const context = &seen;
    const skel_orthonormal by = {count_calls, &context};
    float *own = NULL;
    float *parameters = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *own, &own));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(skel_network_initialise(network, SKEL_INIT_ORTHOGONAL, 3, NULL, own, NULL));
    ck_assert_ok(skel_network_initialise(network, SKEL_INIT_ORTHOGONAL, 3, &by, parameters, NULL));
    ck_assert_mem_eq(own, parameters, network->parameter_count * sizeof *own);
    ck_assert_uint_eq(seen.made, 3);
    ck_assert_uint_eq(seen.largest, 300);
    seen = (calls){.most = 2};
    ck_assert_int_eq(
        skel_network_initialise(network, SKEL_INIT_ORTHOGONAL, 3, &by, parameters, NULL),
        SKEL_ERR_NUMBER);
    ck_assert_uint_eq(seen.made, 2);
    SKEL_FREE(&own);
    SKEL_FREE(&parameters);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(initial_weights_depend_on_the_seed_and_differ_between_tensors)
{
    skel_network *network = make("resnet20", 4, cifar, 10);
    float *parameters[3] = {NULL, NULL, NULL};
    static const uint64_t seeds[] = {1, 1, 2};
    float *buffers = NULL;
    const skel_parameter *a = &network->parameter[3]; /* layer1.0.conv1 */
    const skel_parameter *b = &network->parameter[6]; /* layer1.0.conv2, the same shape */

    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &parameters[i]));
        ck_assert_ok(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, seeds[i], NULL,
                                             parameters[i], buffers));
    }
    ck_assert_mem_eq(parameters[0], parameters[1], network->parameter_count * sizeof(float));
    ck_assert_mem_ne(parameters[0], parameters[2], a->count * sizeof(float));
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_mem_ne(parameters[0] + a->offset, parameters[0] + b->offset,
                     a->count * sizeof(float));
    for (size_t i = 0; i < 3; i++) {
        SKEL_FREE(&parameters[i]);
    }
    SKEL_FREE(&buffers);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, normal_weights_have_the_variance_of_their_fan);
    tcase_add_test(tcase, norms_start_as_the_identity_and_biases_at_zero);
    tcase_add_test(tcase, truncated_weights_end_at_two_deviations);
    tcase_add_test(tcase, scales_of_batch_norm_can_be_uniform);
    tcase_add_test(tcase, orthogonal_weights_are_orthogonal_times_the_gain);
    tcase_add_test(tcase, each_weight_is_made_orthonormal_by_whom_the_caller_names);
    tcase_add_test(tcase, initial_weights_depend_on_the_seed_and_differ_between_tensors);
}

int main(void)
{
    return skel_suite_run("network_initialise", fill);
}
