/* ONNX models: what is written of a network is read back as the same network. */
#include "nn/model/builder.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/imaged.h"
#include "skel/memory.h"
#include "skel/onnx.h"

static void assert_same_op(const skel_op *a, const skel_op *b, const char *name)
{
    ck_assert_msg(a->kind == b->kind, "%s: kinds %d and %d", name, (int)a->kind, (int)b->kind);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_uint_eq(a->input, b->input);
    ck_assert_uint_eq(a->other, b->other);
    ck_assert_uint_eq(a->output, b->output);
    ck_assert_uint_eq(a->weight, b->weight);
    ck_assert_uint_eq(a->bias, b->bias);
    ck_assert_uint_eq(a->mean, b->mean);
    ck_assert_uint_eq(a->variance, b->variance);
    ck_assert_uint_eq(a->groups, b->groups);
    ck_assert_mem_eq(&a->window, &b->window, sizeof a->window);
    ck_assert(a->counts_padding == b->counts_padding);
    ck_assert(a->slope == b->slope && a->low == b->low && a->high == b->high);
    ck_assert(a->epsilon == b->epsilon);
}

static void assert_same_parameters(const skel_network *a, const skel_network *b)
{
    ck_assert_uint_eq(a->parameters, b->parameters);
    for (size_t i = 0; i < a->parameters; i++) {
        ck_assert_str_eq(a->parameter[i].name, b->parameter[i].name);
        ck_assert_uint_eq(a->parameter[i].dims, b->parameter[i].dims);
        ck_assert_mem_eq(a->parameter[i].shape, b->parameter[i].shape,
                         a->parameter[i].dims * sizeof *a->parameter[i].shape);
        ck_assert_uint_eq(a->parameter[i].offset, b->parameter[i].offset);
        ck_assert(a->parameter[i].prunable == b->parameter[i].prunable);
    }
    ck_assert_uint_eq(a->parameter_count, b->parameter_count);
    ck_assert_uint_eq(a->prunable_count, b->prunable_count);
}

static void assert_same_buffers(const skel_network *a, const skel_network *b)
{
    ck_assert_uint_eq(a->buffers, b->buffers);
    for (size_t i = 0; i < a->buffers; i++) {
        ck_assert_str_eq(a->buffer[i].name, b->buffer[i].name);
        ck_assert_uint_eq(a->buffer[i].offset, b->buffer[i].offset);
        ck_assert(a->buffer[i].is_variance == b->buffer[i].is_variance);
    }
    ck_assert_uint_eq(a->buffer_count, b->buffer_count);
}

static void assert_same_network(const skel_network *a, const skel_network *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_uint_eq(a->classes, b->classes);
    ck_assert_uint_eq(a->tensors, b->tensors);
    ck_assert_mem_eq(a->tensor, b->tensor, a->tensors * sizeof *a->tensor);
    ck_assert_uint_eq(a->ops, b->ops);
    for (size_t i = 0; i < a->ops; i++) {
        assert_same_op(&a->op[i], &b->op[i], a->name);
    }
    assert_same_parameters(a, b);
    assert_same_buffers(a, b);
}

/* Packs the description of a network, and parses it. */
static skel_network *describe_and_parse(const skel_network *network)
{
    size_t bytes = 0;
    uint8_t *model = NULL;
    skel_network *read = NULL;

    ck_assert_ok(skel_onnx_pack(network, NULL, &bytes, &model));
    ck_assert_ok(skel_onnx_parse("description", network->name, bytes, model, &read));
    SKEL_FREE(&model);
    return read;
}

START_TEST(a_description_of_any_network_of_the_zoo_is_read_as_this_network)
{
    size_t models = 0;
    const char *const *names = skel_model_names(&models);

    for (size_t i = 0; i < models; i++) {
        skel_network *network = NULL;
        skel_network *read = NULL;

        ck_assert_ok(skel_model_create(names[i], 0, skel_model_image(names[i]), 10, &network));
        read = describe_and_parse(network);
        assert_same_network(network, read);
        skel_network_destroy(&read);
        skel_network_destroy(&network);
    }
}
END_TEST

START_TEST(a_description_of_any_small_network_is_read_as_this_network)
{
    for (size_t i = 0; i < skel_smalls(); i++) {
        skel_network *network = skel_small_network(skel_small_get(i));
        skel_network *read = describe_and_parse(network);

        assert_same_network(network, read);
        skel_network_destroy(&read);
        skel_network_destroy(&network);
    }
}
END_TEST

/* A user may name a layer as she likes. */
START_TEST(a_layer_called_image_can_stand_behind_the_convolution_that_makes_the_image)
{
    skel_builder builder;
    skel_network *network = NULL;
    skel_network *imaged = NULL;
    size_t last = 0;

    skel_builder_start(&builder, "network", 2, (skel_tensor){1, 4, 4}, 3);
    last = skel_builder_conv(&builder, 0, "image", 2, 3, 1, 1, false);
    last = skel_builder_linear(&builder, skel_builder_pool_all(&builder, last), "fc", 3, true);
    ck_assert_uint_gt(last, 0);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    ck_assert_ok(skel_imaged_create(network, &imaged));
    ck_assert_uint_eq(imaged->ops, network->ops + 1);
    ck_assert_str_eq(imaged->op[1].name, "image");
    skel_network_destroy(&imaged);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase,
                   a_layer_called_image_can_stand_behind_the_convolution_that_makes_the_image);
    tcase_add_test(tcase, a_description_of_any_network_of_the_zoo_is_read_as_this_network);
    tcase_add_test(tcase, a_description_of_any_small_network_is_read_as_this_network);
}

int main(void)
{
    return skel_suite_run("onnx", fill);
}
