/* The zoo's counts against published ones, shape inference, errors. */
#include "suite.h"
#include "zoo.h"

#include "nn/model/builder.h"

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
    skel_network *smaller = make("lenet-40-20", 0, mnist, 10);
    skel_network *large = make("lenet-5", 0, mnist, 10);

    ck_assert_uint_eq(small->parameter_count, 266610);
    ck_assert_uint_eq(smaller->prunable_count, 784 * 40 + 40 * 20 + 20 * 10);
    ck_assert_uint_eq(large->parameter_count, 431080);
    skel_network_destroy(&small);
    skel_network_destroy(&smaller);
    skel_network_destroy(&large);
}
END_TEST

/* Of 1000 classes: what torchvision's modules count, and for the others what is published: by
 * Zagoruyko and Komodakis' PyTorch code for 10 classes, and for MobileNet by Howard et al., who
 * round to 4.2 million. */
START_TEST(networks_for_imagenet_and_wide_ones_have_the_published_counts)
{
    static const struct {
        const char *name;
        size_t classes;
        size_t parameters;
    } known[] = {
        {"resnet18-imagenet", 1000, 11689512},  {"resnet34-imagenet", 1000, 21797672},
        {"resnet50-imagenet", 1000, 25557032},  {"resnet101-imagenet", 1000, 44549160},
        {"resnet152-imagenet", 1000, 60192808}, {"mobilenet-v2", 1000, 3504872},
        {"vgg11-imagenet", 1000, 132868840},    {"vgg13-imagenet", 1000, 133053736},
        {"vgg16-imagenet", 1000, 138365992},    {"vgg19-imagenet", 1000, 143678248},
        {"mobilenet-v1", 1000, 4231976},        {"wide-resnet-28-2", 10, 1467610},
        {"wide-resnet-16-8", 10, 10961370},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        skel_network *network =
            make(known[i].name, 0, skel_model_image(known[i].name), known[i].classes);

        ck_assert_msg(network->parameter_count == known[i].parameters,
                      "%s: %zu parameters, not %zu", known[i].name, network->parameter_count,
                      known[i].parameters);
        skel_network_destroy(&network);
    }
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
        for (size_t channels = 1; channels <= 12; channels += 11) {
            for (size_t side = 32; side <= 64; side *= 2) {
                bool lenet = is_lenet(names[i]);
                skel_tensor image = {channels, lenet ? 28 : side, lenet ? 28 : side + 32};
                skel_network *network = make(names[i], skel_zoo_width(names[i]), image, 7);

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
    check_refusal("transformer", 0, cifar, 10, "there are lenet-300-100, lenet-40-20, ");
    check_refusal("transformer", 0, cifar, 10, ", vgg19, vgg11-imagenet");
    check_refusal("vgg11", 0, mnist, 10, "multiples of 32");
    check_refusal("mobilenet-v2", 0, mnist, 10, "multiples of 32");
    check_refusal("mobilenet-v2", 6, cifar, 10, "multiple of 4");
    check_refusal("wide-resnet-16-8", 12, cifar, 10, "multiple of 8");
    check_refusal("resnet50-imagenet", 0, mnist, 10, "at least 32x32");
    check_refusal("lenet-5", 0, cifar, 10, "28x28");
    check_refusal("lenet-300-100", 100, mnist, 10, "multiple of 3");
    check_refusal("resnet20", 0, mnist, 10, "multiples of 8");
    check_refusal("resnet18", 5000, cifar, 10, "at most 4096");
    check_refusal("resnet18", 0, cifar, 1, "2 to 65536");
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

/* The engines note the chosen pixel of a window in 16 bits. */
START_TEST(a_max_pool_of_more_pixels_than_16_bits_number_is_refused)
{
    skel_builder builder;
    skel_network *network = NULL;

    skel_builder_start(&builder, "wide", 1, (skel_tensor){1, 256, 257}, 3);
    (void)skel_builder_pool(&builder, SKEL_OP_AVGPOOL, 0, 256, 1);
    (void)skel_builder_pool(&builder, SKEL_OP_MAXPOOL, 0, 255, 1);
    ck_assert_ok(builder.status);
    (void)skel_builder_pool(&builder, SKEL_OP_MAXPOOL, 0, 256, 1);
    ck_assert_int_eq(skel_builder_finish(&builder, &network), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(),
                     "wide: a max-pool of 256x256 pixels: the engines number at most 65535");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, resnet50_on_ten_classes_has_the_known_counts);
    tcase_add_test(tcase, vgg19_on_ten_classes_has_the_known_counts);
    tcase_add_test(tcase, the_lenets_have_the_published_counts);
    tcase_add_test(tcase, networks_for_imagenet_and_wide_ones_have_the_published_counts);
    tcase_add_test(tcase, every_model_builds_for_every_input_it_takes);
    tcase_add_test(tcase, all_models_but_lenets_have_batch_norm_and_each_takes_its_own_image);
    tcase_add_test(tcase, what_a_model_cannot_be_is_refused_with_what_it_can);
    tcase_add_test(tcase, the_builder_keeps_the_first_error_and_frees_everything);
    tcase_add_test(tcase, a_max_pool_of_more_pixels_than_16_bits_number_is_refused);
    tcase_add_test(tcase, shapes_that_do_not_meet_are_refused);
}

int main(void)
{
    return skel_suite_run("network", fill);
}
