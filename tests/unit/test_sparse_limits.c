/* The largest networks that the sparse engine takes, and larger ones that it refuses. */
#include "suite.h"

#include "nn/model/builder.h"
#include "skel/engine.h"

#include <string.h>

enum { CLASSES = 5 };

/* Bytes that the sparse engine would take, without taking them. */
static skel_status count_bytes(skel_network *network)
{
    skel_engine_options options = {.microbatch = 4, .kept_only = true, .density = 0.01};
    size_t bytes = 0;
    skel_status status = skel_engine_bytes("sparse", network, &options, &bytes);

    skel_network_destroy(&network);
    return status;
}

/* Max-pooling of a whole image, then a linear layer. */
static skel_network *pooled(size_t height, size_t width)
{
    skel_builder builder;
    skel_window window = skel_window_square(1, 1, 0);
    skel_network *network = NULL;
    size_t x = 0;

    window.kernel[0] = height;
    window.kernel[1] = width;
    skel_builder_start(&builder, "pooled", 1, (skel_tensor){1, height, width}, CLASSES);
    x = skel_builder_padded_pool(&builder, SKEL_OP_MAXPOOL, 0, &window, false);
    (void)skel_builder_linear(&builder, x, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

START_TEST(the_largest_window_of_max_pooling_is_not_refused)
{
    ck_assert_ok(count_bytes(pooled(257, 255)));
}
END_TEST

START_TEST(a_tensor_has_fewer_floats_than_32_bits_count)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "large", 1, (skel_tensor){1, 8192, 8192}, CLASSES);
    x = skel_builder_conv(&builder, 0, "conv", 64, 1, 1, 0, false);
    x = skel_builder_pool(&builder, SKEL_OP_AVGPOOL, x, 8192, 8192);
    (void)skel_builder_linear(&builder, x, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    ck_assert_int_eq(count_bytes(network), SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "64x8192x8192 are too large"));
    skel_error_clear();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_largest_window_of_max_pooling_is_not_refused);
    tcase_add_test(tcase, a_tensor_has_fewer_floats_than_32_bits_count);
}

int main(void)
{
    return skel_suite_run("sparse_limits", fill);
}
