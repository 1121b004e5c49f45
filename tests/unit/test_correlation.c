/* Rank correlations against published examples, and the bootstrap's interval against Fisher's
 * transformation. */
#include "suite.h"

#include "skel/correlation.h"
#include "skel/random.h"

#include <math.h>

static size_t own_group[1000]; /* 0, 1, 2, ...: each pair is its own group */

static skel_correlation correlate(size_t count, const double x[], const double y[])
{
    skel_correlation out;

    for (size_t i = 0; i < count; i++) {
        own_group[i] = i;
    }
    ck_assert_ok(skel_correlation_make(count, x, y, count, own_group, &out));
    return out;
}

/* Wikipedia, "Spearman's rank correlation coefficient": IQ and hours of television, -29 / 165. */
START_TEST(a_known_example_has_its_correlation)
{
    const double iq[] = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
    const double hours[] = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
    skel_correlation found = correlate(10, iq, hours);

    ck_assert_uint_eq(found.count, 10);
    ck_assert_double_eq_tol(found.rho, -29.0 / 165, 1e-14);
    ck_assert(found.low < found.rho && found.rho < found.high);
}
END_TEST

/* Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: sums of products of deviations 4.5, squares 4.5 and 5. */
START_TEST(equal_values_share_their_mean_rank)
{
    const double x[] = {0, 5, 5, 7};
    const double y[] = {1, 2, 3, 4};

    ck_assert_double_eq_tol(correlate(4, x, y).rho, 4.5 / sqrt(4.5 * 5), 1e-14);
}
END_TEST

START_TEST(infinity_is_the_largest_and_what_is_not_a_number_does_not_count)
{
    const double x[] = {1, (double)INFINITY, 2, (double)NAN, 3};
    const double y[] = {8, 1, 6, 5, 4};
    skel_correlation found = correlate(5, x, y);

    ck_assert_uint_eq(found.count, 4);
    ck_assert_double_eq_tol(found.rho, -1, 1e-14);
    ck_assert_double_eq_tol(found.low, -1, 1e-14);
    ck_assert_double_eq_tol(found.high, -1, 1e-14);
}
END_TEST

START_TEST(constant_or_missing_numbers_have_no_correlation)
{
    const double x[] = {1, 1, 1};
    const double y[] = {1, 2, 3};

    ck_assert(isnan(correlate(3, x, y).rho) && isnan(correlate(3, x, y).low));
    ck_assert(isnan(correlate(1, y, y).rho));
    ck_assert_uint_eq(correlate(0, y, y).count, 0);
    ck_assert(isnan(correlate(0, y, y).high));
}
END_TEST

/* For normal numbers of correlation r: atanh of Spearman's has a standard deviation of about
 * sqrt((1 + r^2 / 2) / (n - 3)). Source: Bonett and Wright 2000. */
START_TEST(the_interval_is_about_as_wide_as_fishers)
{
    enum { COUNT = 400 };
    static double x[COUNT];
    static double y[COUNT];
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 0, 0);
    skel_correlation found;
    double half = 0;

    for (size_t i = 0; i < COUNT; i++) {
        double common = skel_stream_normal(&stream);

        x[i] = common + skel_stream_normal(&stream);
        y[i] = common + skel_stream_normal(&stream);
    }
    found = correlate(COUNT, x, y);
    half = 1.96 * sqrt((1 + found.rho * found.rho / 2) / (COUNT - 3));
    ck_assert_double_eq_tol((atanh(found.rho) - atanh(found.low)) / half, 1, 0.2);
    ck_assert_double_eq_tol((atanh(found.high) - atanh(found.rho)) / half, 1, 0.2);
}
END_TEST

/* All pairs of a group are the same: the groups alone decide, so copies narrow nothing. */
START_TEST(copies_within_a_group_do_not_narrow_the_interval)
{
    enum { GROUPS = 8, COPIES = 5 };
    const double a[GROUPS] = {1, 2, 3, 4, 5, 6, 7, 8};
    const double b[GROUPS] = {2, 1, 5, 3, 8, 4, 6, 7};
    double x[GROUPS * COPIES];
    double y[GROUPS * COPIES];
    size_t group[GROUPS * COPIES];
    skel_correlation alone = correlate(GROUPS, a, b);
    skel_correlation copied;

    for (size_t i = 0; i < (size_t)GROUPS * COPIES; i++) {
        x[i] = a[i % GROUPS];
        y[i] = b[i % GROUPS];
        group[i] = i % GROUPS;
    }
    ck_assert_ok(skel_correlation_make((size_t)GROUPS * COPIES, x, y, GROUPS, group, &copied));
    ck_assert_double_eq_tol(copied.rho, alone.rho, 1e-12);
    ck_assert_double_eq_tol(copied.high - copied.low, alone.high - alone.low, 0.1);
}
END_TEST

/* One group of all pairs: drawing it changes nothing, and its pairs are drawn as groups of one are.
 */
START_TEST(pairs_within_a_group_are_drawn_as_groups_are)
{
    enum { COUNT = 40 };
    double x[COUNT];
    double y[COUNT];
    const size_t group[COUNT] = {0};
    skel_stream stream = skel_stream_open(2, SKEL_PURPOSE_TEST, 0, 0);
    skel_correlation apart;
    skel_correlation together;

    for (size_t i = 0; i < COUNT; i++) {
        x[i] = skel_stream_normal(&stream);
        y[i] = x[i] + skel_stream_normal(&stream);
    }
    apart = correlate(COUNT, x, y);
    ck_assert_ok(skel_correlation_make(COUNT, x, y, 1, group, &together));
    ck_assert_double_eq_tol(together.rho, apart.rho, 1e-12);
    ck_assert_double_lt(together.low, together.rho);
    ck_assert_double_gt(together.high, together.rho);
    ck_assert_double_eq_tol(together.low, apart.low, 0.1);
    ck_assert_double_eq_tol(together.high, apart.high, 0.1);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_known_example_has_its_correlation);
    tcase_add_test(tcase, equal_values_share_their_mean_rank);
    tcase_add_test(tcase, infinity_is_the_largest_and_what_is_not_a_number_does_not_count);
    tcase_add_test(tcase, constant_or_missing_numbers_have_no_correlation);
    tcase_add_test(tcase, the_interval_is_about_as_wide_as_fishers);
    tcase_add_test(tcase, copies_within_a_group_do_not_narrow_the_interval);
    tcase_add_test(tcase, pairs_within_a_group_are_drawn_as_groups_are);
}

int main(void)
{
    return skel_suite_run("correlation", fill);
}
