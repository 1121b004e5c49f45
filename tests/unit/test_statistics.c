/* The arithmetic on batch norm's rows: closed forms, and rows that are added. */
#include "suite.h"

#include "nn/engine/groups.h"
#include "nn/engine/statistics.h"
#include "nn/model/builder.h"

#include <math.h>

enum { CHANNELS = 2, COLUMNS = 1 + 2 * CHANNELS };

/* Of the numbers 1, 2, 3, 6 and 5, 5, 5, 5: count, sums, sums of squares. */
static const double row[COLUMNS] = {4, 12, 20, 50, 100};

START_TEST(mean_and_variance_are_those_of_the_numbers)
{
    skel_statistics_moments first = skel_statistics_of(CHANNELS, row, 0);
    skel_statistics_moments second = skel_statistics_of(CHANNELS, row, 1);

    ck_assert_double_eq(first.mean, 3);
    ck_assert_double_eq(first.variance, 3.5);
    ck_assert_double_eq(second.mean, 5);
    ck_assert_double_eq(second.variance, 0);
    ck_assert_double_eq(skel_statistics_inverse(0.25 - 1e-5, 1e-5), 2);
}
END_TEST

START_TEST(a_variance_is_never_negative)
{
    const double below[3] = {3, 0.3, 0.03 - 0x1p-50};

    ck_assert(below[2] / below[0] < pow(below[1] / below[0], 2));
    ck_assert_double_eq(skel_statistics_of(1, below, 0).variance, 0);
}
END_TEST

START_TEST(callers_get_the_unbiased_variance_or_nothing)
{
    float statistics[2 * CHANNELS] = {0};
    skel_pass passes[2] = {{.statistics = NULL}, {.statistics = statistics}};
    const double one[COLUMNS] = {1, 7, 8, 49, 64};
    skel_network *network = NULL;
    skel_builder builder;
    size_t x = 0;

    skel_builder_start(&builder, "norm", CHANNELS, (skel_tensor){CHANNELS, 1, 1}, 3);
    x = skel_builder_norm(&builder, 0, "bn");
    (void)skel_builder_linear(&builder, x, "fc", 3, false);
    ck_assert_ok(skel_builder_finish(&builder, &network));
    skel_statistics_store(network, &network->op[0], row, 2, passes);
    ck_assert(statistics[0] == 3 && statistics[1] == 5);
    ck_assert(statistics[2] == (float)(3.5 * 4 / 3) && statistics[3] == 0);
    skel_statistics_store(network, &network->op[0], one, 2, passes); /* of one element: biased */
    ck_assert(statistics[0] == 7 && statistics[2] == 0);
    skel_network_destroy(&network);
}
END_TEST

static skel_status add(void *context, size_t rows, size_t columns, const double values[],
                       double sum[])
{
    (void)context;
    for (size_t c = 0; c < columns; c++) {
        sum[c] = 0;
        for (size_t r = 0; r < rows; r++) {
            sum[c] += values[r * columns + c];
        }
    }
    return SKEL_OK;
}

START_TEST(rows_are_added_by_the_callback_and_one_row_is_its_own_total)
{
    const double rows[2][2] = {{1, 2}, {10, 20}};
    double total[2] = {0};

    ck_assert_ok(skel_statistics_total(&(skel_engine_options){.slots = 1}, 1, 2, rows[1], total));
    ck_assert(total[0] == 10 && total[1] == 20);
    ck_assert_ok(skel_statistics_total(&(skel_engine_options){.slots = 2, .statistics_sum = add}, 2,
                                       2, rows[0], total));
    ck_assert(total[0] == 11 && total[1] == 22);
}
END_TEST

START_TEST(only_shared_statistics_need_all_slots)
{
    ck_assert_uint_eq(skel_groups_slots(&(skel_engine_options){.slots = 5}), 1);
    ck_assert_uint_eq(skel_groups_slots(&(skel_engine_options){.slots = 5, .statistics_sum = add}),
                      5);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, mean_and_variance_are_those_of_the_numbers);
    tcase_add_test(tcase, a_variance_is_never_negative);
    tcase_add_test(tcase, callers_get_the_unbiased_variance_or_nothing);
    tcase_add_test(tcase, rows_are_added_by_the_callback_and_one_row_is_its_own_total);
    tcase_add_test(tcase, only_shared_statistics_need_all_slots);
}

int main(void)
{
    return skel_suite_run("statistics", fill);
}
