/* The work of masks: multiply-adds, and dense rows at the rate of a matrix. */
#include "suite.h"

#include "nn/model/builder.h"
#include "skel/memory.h"
#include "skel/work.h"

#include <string.h>

static skel_network *make(const char *name, size_t width, skel_tensor input)
{
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(name, width, input, 10, &network));
    return network;
}

START_TEST(work_counts_a_kept_weight_once_for_each_output_pixel)
{
    skel_network *network = make("lenet-5", 2, (skel_tensor){1, 28, 28});
    const skel_parameter *first = &network->parameter[0];
    uint8_t *keep = NULL;
    double macs = skel_network_macs(network);
    double least = 0;
    double most = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    ck_assert_double_eq(skel_work_of(network, keep), 0);
    keep[first->offset] = 1; /* a 5x5 kernel on 28x28 pixels has 24x24 output pixels */
    ck_assert_double_eq_tol(skel_work_of(network, keep), 576 / macs, 1e-12);
    skel_work_range(network, 1, &least, &most);
    ck_assert_double_eq_tol(most, 576 / macs, 1e-12);
    ck_assert_double_eq_tol(least, 1 / macs, 1e-12);
    memset(keep, 1, network->parameter_count);
    ck_assert_double_eq_tol(skel_work_of(network, keep), 1, 1e-12);
    skel_work_range(network, network->prunable_count, &least, &most);
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
    ck_assert_double_eq_tol(skel_work_of(network, keep), 30 / 2280.0, 1e-12);
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(every_mask_keeps_work_within_the_range)
{
    skel_network *network = make("resnet20", 6, (skel_tensor){3, 32, 32});
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
            skel_work_range(network, ++kept, &least, &most);
            work = skel_work_of(network, keep);
            ck_assert_double_le(least, work + 1e-12);
            ck_assert_double_ge(most, work - 1e-12);
            ck_assert_double_lt(least, most);
        }
    }
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

/* 7 rows of 2 * 9 inputs that work on 30 pixels, and a linear layer of 7 * 30 inputs. */
static skel_network *small_network(void)
{
    skel_builder builder;
    skel_network *network = NULL;
    size_t x = 0;

    skel_builder_start(&builder, "small", 7, (skel_tensor){2, 6, 5}, 10);
    x = skel_builder_conv(&builder, 0, "conv", 7, 3, 1, 1, false);
    (void)skel_builder_linear(&builder, x, "fc", 10, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    return network;
}

START_TEST(six_dense_rows_count_35_percent_of_the_inputs_that_any_row_reads)
{
    skel_network *network = small_network();
    const double macs = 7 * 18 * 30 + 7 * 30 * 10;
    uint8_t *keep = NULL;
    uint8_t *conv = NULL;
    double least = 0;
    double most = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    conv = keep + network->parameter[0].offset;
    for (size_t row = 0; row < 6; row++) { /* half of 10 inputs; row 6 reads one more */
        memset(conv + row * 18 + row % 2 * 5, 1, 5);
    }
    conv[6 * 18 + 17] = 1;
    ck_assert_double_eq_tol(skel_work_of(network, keep), (6 * 0.35 * 11 + 1) * 30 / macs, 1e-12);
    conv[0] = conv[1] = 0; /* 3 of 11 inputs: five dense rows are too few */
    ck_assert_double_eq_tol(skel_work_of(network, keep), (5 * 5 + 3 + 1) * 30 / macs, 1e-12);
    memset(keep, 1, network->parameter_count);
    ck_assert_double_eq_tol(skel_work_of(network, keep), (7 * 0.35 * 18 * 30 + 7 * 30 * 10) / macs,
                            1e-12);
    skel_work_range(network, network->prunable_count, &least, &most);
    ck_assert_double_eq_tol(least, skel_work_of(network, keep), 1e-12);
    ck_assert_double_ge(most, least);
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

START_TEST(winograds_algorithm_takes_less_time_where_tiles_and_channels_are_many)
{
    const skel_window window = skel_window_square(3, 1, 1);
    const skel_window stride = skel_window_square(3, 2, 1);

    /* 36 products of 144 for each tile, and the transforms beside them */
    ck_assert_double_gt(skel_work_tiled(&window, 1000, 1000, 400, 400), 0.25);
    ck_assert_double_lt(skel_work_tiled(&window, 1000, 1000, 400, 400), 0.30);
    ck_assert_double_lt(skel_work_tiled(&window, 64, 64, 32, 32), 0.40);
    ck_assert_double_gt(skel_work_tiled(&window, 8, 64, 32, 32),
                        skel_work_tiled(&window, 64, 64, 32, 32));
    ck_assert_double_eq(skel_work_tiled(&window, 512, 512, 4, 4), 1); /* one tile of four */
    ck_assert_double_eq(skel_work_tiled(&window, 1, 64, 32, 32), 1);
    ck_assert_double_eq(skel_work_tiled(&stride, 64, 64, 32, 32), 1);
}
END_TEST

START_TEST(rows_of_a_3x3_convolution_count_as_winograds_algorithm_computes_them)
{
    skel_builder builder;
    skel_network *network = NULL;
    uint8_t *keep = NULL;
    skel_window window = skel_window_square(3, 1, 1);
    double tiled = skel_work_tiled(&window, 32, 16, 20, 20);
    double least = 0;
    double most = 0;
    size_t x = 0;

    skel_builder_start(&builder, "tiled", 32, (skel_tensor){16, 20, 20}, 10);
    x = skel_builder_conv(&builder, 0, "conv", 32, 3, 1, 1, false);
    x = skel_builder_norm(&builder, x, "bn");
    x = skel_builder_pool(&builder, SKEL_OP_AVGPOOL, x, 20, 20);
    (void)skel_builder_linear(&builder, x, "fc", 10, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &keep));
    memset(keep + network->parameter[0].offset, 1, network->parameter[0].count);
    ck_assert_double_lt(tiled, 0.6);
    ck_assert_double_eq_tol(skel_work_of(network, keep),
                            0.35 * tiled * 32 * 144 * 400 / skel_network_macs(network), 1e-12);
    skel_work_range(network, network->parameter[0].count, &least, &most);
    ck_assert_double_le(least, skel_work_of(network, keep));
    ck_assert_double_ge(most, skel_work_of(network, keep));
    SKEL_FREE(&keep);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, work_counts_a_kept_weight_once_for_each_output_pixel);
    tcase_add_test(tcase, a_weight_of_a_depthwise_layer_works_on_one_input_channel);
    tcase_add_test(tcase, every_mask_keeps_work_within_the_range);
    tcase_add_test(tcase, winograds_algorithm_takes_less_time_where_tiles_and_channels_are_many);
    tcase_add_test(tcase, rows_of_a_3x3_convolution_count_as_winograds_algorithm_computes_them);
    tcase_add_test(tcase, six_dense_rows_count_35_percent_of_the_inputs_that_any_row_reads);
}

int main(void)
{
    return skel_suite_run("work", fill);
}
