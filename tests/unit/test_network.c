/* The zoo's counts against published ones, shape inference, errors, initial weights. */
#include "suite.h"

#include "nn/model/builder.h"

#include "skel/memory.h"

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

static bool is_lenet(const char *name)
{
    return strncmp(name, "lenet", 5) == 0;
}

START_TEST(resnet50_on_ten_classes_has_the_known_counts)
{
    skel_network *network = make("resnet50", 0, cifar, 10);

    ck_assert_uint_eq(network->parameter_count, 23520842);
    ck_assert_uint_eq(network->prunable_count, 23467712);
    ck_assert(fabs(skel_network_macs(network) - 1.298e9) < 0.0005e9);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(vgg19_on_ten_classes_has_the_known_counts)
{
    skel_network *network = make("vgg19", 0, cifar, 10);

    ck_assert_uint_eq(network->parameter_count, 20035018);
    ck_assert_uint_eq(network->prunable_count, 20024000);
    ck_assert(fabs(skel_network_macs(network) - 398e6) < 0.5e6);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(the_lenets_have_the_published_counts)
{
    skel_network *small = make("lenet-300-100", 0, mnist, 10);
    skel_network *large = make("lenet-5", 0, mnist, 10);

    ck_assert_uint_eq(small->parameter_count, 266610);
    ck_assert_uint_eq(large->parameter_count, 431080);
    skel_network_destroy(&small);
    skel_network_destroy(&large);
}
END_TEST

/* Slices cover the flat vectors without gaps, and every tensor has one writer before its readers.
 */
static void check_tables(const skel_network *network)
{
    size_t at = 0;
    size_t written = 1;

    for (size_t i = 0; i < network->parameters; i++) {
        ck_assert_uint_eq(network->parameter[i].offset, at);
        at += network->parameter[i].count;
    }
    ck_assert_uint_eq(at, network->parameter_count);
    at = 0;
    for (size_t i = 0; i < network->buffers; i++) {
        ck_assert_uint_eq(network->buffer[i].offset, at);
        at += network->buffer[i].count;
    }
    ck_assert_uint_eq(at, network->buffer_count);
    for (size_t i = 0; i < network->ops; i++) {
        ck_assert_uint_lt(network->op[i].input, written);
        ck_assert(network->op[i].other == SKEL_NONE || network->op[i].other < written);
        ck_assert_uint_eq(network->op[i].output, written);
        written++;
    }
    ck_assert_uint_eq(written, network->tensors);
    ck_assert_uint_eq(network->tensor[written - 1].channels, network->classes);
}

START_TEST(every_model_builds_for_every_input_it_takes)
{
    size_t count = 0;
    const char *const *names = skel_model_names(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t channels = 1; channels <= 3; channels += 2) {
            for (size_t side = 32; side <= 64; side *= 2) {
                size_t pixels = is_lenet(names[i]) ? 28 : side;
                skel_network *network =
                    make(names[i], 6, (skel_tensor){channels, pixels, pixels}, 7);

                ck_assert_str_eq(network->name, names[i]);
                check_tables(network);
                skel_network_destroy(&network);
            }
        }
    }
}
END_TEST

START_TEST(all_models_but_lenets_have_batch_norm_and_each_takes_its_own_image)
{
    size_t count = 0;
    const char *const *names = skel_model_names(&count);

    for (size_t i = 0; i < count; i++) {
        bool is_lenet = strncmp(names[i], "lenet", 5) == 0;
        skel_network *network = NULL;

        ck_assert_ok(skel_model_create(names[i], 0, skel_model_image(names[i]), 10, &network));
        ck_assert(skel_network_has_batchnorm(network) == !is_lenet);
        ck_assert_uint_eq(network->tensor[0].channels, is_lenet ? 1 : 3);
        skel_network_destroy(&network);
    }
}
END_TEST

static void check_refusal(const char *name, size_t width, skel_tensor input, size_t classes,
                          const char *words)
{
    skel_network *network = NULL;

    ck_assert_int_eq(skel_model_create(name, width, input, classes, &network), SKEL_ERR_CONFIG);
    ck_assert_ptr_null(network);
    ck_assert_msg(strstr(skel_error_message(), words) != NULL, "%s", skel_error_message());
}

START_TEST(what_a_model_cannot_be_is_refused_with_what_it_can)
{
    check_refusal("resnett50", 0, cifar, 10, "did you mean 'resnet50'");
    check_refusal("transformer", 0, cifar, 10, "there are lenet-300-100, lenet-5, ");
    check_refusal("transformer", 0, cifar, 10, ", vgg16, vgg19");
    check_refusal("vgg11", 0, mnist, 10, "32x32 or 64x64");
    check_refusal("lenet-5", 0, cifar, 10, "28x28");
    check_refusal("lenet-300-100", 100, mnist, 10, "multiple of 3");
    check_refusal("resnet20", 0, mnist, 10, "multiple of 8");
    check_refusal("resnet18", 5000, cifar, 10, "at most 4096");
    check_refusal("resnet18", 0, cifar, 1, "2 to 256");
    check_refusal("resnet18", 0, (skel_tensor){0, 32, 32}, 10, "0 channels");
}
END_TEST

START_TEST(the_builder_keeps_the_first_error_and_frees_everything)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "broken", 1, (skel_tensor){2, 4, 4}, 3);
    x = skel_builder_conv(&builder, 0, "conv", 3, 7, 1, 1, true);
    x = skel_builder_norm(&builder, x, "bn");
    x = skel_builder_add(&builder, skel_builder_relu(&builder, x), 0);
    x = skel_builder_pool(&builder, SKEL_OP_MAXPOOL, x, 2, 2);
    (void)skel_builder_linear(&builder, x, "fc", 3, true);
    ck_assert_int_eq(skel_builder_finish(&builder, &network), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "broken, conv: a window of 7x7 does not fit in 4x4");
    ck_assert_ptr_null(network);
}
END_TEST

START_TEST(shapes_that_do_not_meet_are_refused)
{
    skel_builder builder;
    skel_network *network = NULL;

    skel_builder_start(&builder, "sum", 1, (skel_tensor){2, 4, 4}, 3);
    (void)skel_builder_add(&builder, skel_builder_conv(&builder, 0, "conv", 3, 3, 1, 1, false), 0);
    ck_assert_int_eq(skel_builder_finish(&builder, &network), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "sum: cannot add 3x4x4 and 2x4x4");

    skel_builder_start(&builder, "end", 1, (skel_tensor){2, 4, 4}, 3);
    (void)skel_builder_linear(&builder, 0, "fc", 5, false);
    ck_assert_int_eq(skel_builder_finish(&builder, &network), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "end: the last output is 5x1x1, not 3 classes");
}
END_TEST

/* Mean square of a tensor times the fan that its initialisation divides by: 2 for all of them. */
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
                                      SKEL_INIT_XAVIER_NORMAL};
    skel_network *network = make("resnet20", 0, cifar, 10);
    float *parameters = NULL;
    float *buffers = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    for (size_t k = 0; k < 3; k++) {
        ck_assert_ok(skel_network_initialise(network, inits[k], 5, parameters, buffers));
        for (size_t i = 0; i < network->parameters; i++) {
            const skel_parameter *p = &network->parameter[i];
            double window = p->dims == 4 ? (double)(p->shape[2] * p->shape[3]) : 1;
            double fans[] = {(double)p->shape[1] * window, (double)p->shape[0] * window, 0};

            fans[2] = fans[0] + fans[1];
            if (p->prunable) {
                /* five standard errors of a normal sample's variance */
                ck_assert(fabs(scaled_variance(p, parameters, fans[k]) - 2) <
                          2 * 5 * sqrt(2.0 / (double)p->count));
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
        skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, 0, parameters, buffers));
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

START_TEST(orthogonal_weights_are_orthogonal_times_the_gain)
{
    skel_network *network = make("vgg11", 8, cifar, 10);
    float *parameters = NULL;
    float *buffers = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *parameters, &parameters));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof *buffers, &buffers));
    ck_assert_ok(skel_network_initialise(network, SKEL_INIT_ORTHOGONAL, 3, parameters, buffers));
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
        ck_assert_ok(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, seeds[i],
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
    tcase_add_test(tcase, resnet50_on_ten_classes_has_the_known_counts);
    tcase_add_test(tcase, vgg19_on_ten_classes_has_the_known_counts);
    tcase_add_test(tcase, the_lenets_have_the_published_counts);
    tcase_add_test(tcase, every_model_builds_for_every_input_it_takes);
    tcase_add_test(tcase, all_models_but_lenets_have_batch_norm_and_each_takes_its_own_image);
    tcase_add_test(tcase, what_a_model_cannot_be_is_refused_with_what_it_can);
    tcase_add_test(tcase, the_builder_keeps_the_first_error_and_frees_everything);
    tcase_add_test(tcase, shapes_that_do_not_meet_are_refused);
    tcase_add_test(tcase, normal_weights_have_the_variance_of_their_fan);
    tcase_add_test(tcase, norms_start_as_the_identity_and_biases_at_zero);
    tcase_add_test(tcase, orthogonal_weights_are_orthogonal_times_the_gain);
    tcase_add_test(tcase, initial_weights_depend_on_the_seed_and_differ_between_tensors);
}

int main(void)
{
    return skel_suite_run("network", fill);
}
