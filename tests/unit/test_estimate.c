/* Means and intervals, against SciPy 1.10 and closed forms. */
#include "suite.h"

#include "skel/difference.h"
#include "skel/estimate.h"
#include "skel/student.h"

#include <math.h>

/* SciPy is itself exact to a few units in the last place; lgamma() of 200 costs four digits.
 */
static const double near = 2e-12;

static void check_near(double found, double expected)
{
    ck_assert_msg(fabs(found - expected) <= near * fabs(expected), "%.17g, expected %.17g", found,
                  expected);
}

/* scipy.special.betainc(a, b, x) */
static const double betas[][4] = {
    {0.5, 0.5, 0.3, 0.36901011956554541},   {2, 3, 0.4, 0.52479999999999993},
    {10, 0.5, 0.95, 0.31715157546554512},   {50, 0.5, 0.99, 0.31730439787419623},
    {200, 0.5, 0.999, 0.52724410702526692}, {0.25, 7.5, 0.01, 0.56281029661609983},
};

/* 2 * scipy.stats.t.sf(abs(t), freedom) */
static const double tails[][3] = {
    {0.5, 1, 0.70483276469913358},    {2.0, 2, 0.18350341907227391},
    {3.5, 4.7, 0.019129593500276425}, {-2.5, 29, 0.018325344338426069},
    {12, 3, 0.001245015800789336},    {40, 9, 1.8982998449339835e-11},
    {0.001, 5, 0.99924078677219763},
};

/* Roots of the tails' formula in mpmath with 40 digits; SciPy's own have errors of 2e-11. */
static const double quantiles[][2] = {
    {1, 12.706204736174705},   {2, 4.3026527297494639},   {3, 3.1824463052837096},
    {4, 2.7764451051977944},   {5, 2.5705818356363155},   {9, 2.2621571627982055},
    {29, 2.0452296421327043},  {120, 1.9799304050824408}, {1000, 1.9623390808264085},
    {2.7, 3.3921483831737523},
};

/* Hours of sleep gained with two drugs by ten patients: Student, Biometrika 6 (1908). */
static const double first_drug[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
static const double second_drug[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

START_TEST(the_incomplete_beta_function_is_scipys)
{
    for (size_t i = 0; i < sizeof betas / sizeof *betas; i++) {
        check_near(skel_student_beta(betas[i][0], betas[i][1], betas[i][2]), betas[i][3]);
    }
    check_near(skel_student_beta(1, 1, 0.37), 0.37); /* closed forms */
    check_near(skel_student_beta(2, 1, 0.3), 0.09);
    check_near(skel_student_beta(0.5, 0.5, 0.5), 0.5);
    ck_assert(isnan(skel_student_beta(0, 1, 0.5)));
    ck_assert(isnan(skel_student_beta(1, 1, 1.5)));
}
END_TEST

START_TEST(students_tails_are_scipys)
{
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        check_near(skel_student_tails(tails[i][0], tails[i][1]), tails[i][2]);
    }
    /* With one degree of freedom it is Cauchy's distribution. */
    check_near(skel_student_tails(3, 1), 1 - 2 * atan(3.0) / acos(-1.0));
    check_near(skel_student_tails(0, 7), 1);
    ck_assert_double_eq(skel_student_tails((double)INFINITY, 7), 0);
    ck_assert(isnan(skel_student_tails((double)NAN, 7)));
}
END_TEST

START_TEST(students_quantiles_are_scipys)
{
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        check_near(skel_student_quantile(0.05, quantiles[i][0]), quantiles[i][1]);
    }
    ck_assert(isnan(skel_student_quantile(0.05, 0)));
}
END_TEST

START_TEST(an_estimate_is_scipys_and_leaves_out_what_is_not_finite)
{
    double values[] = {0.851, (double)NAN, 0.848, 0.855, (double)INFINITY, 0.849, 0.861};
    skel_estimate found;

    skel_estimate_make(7, values, &found);
    ck_assert_uint_eq(found.count, 5);
    check_near(found.mean, 0.85279999999999989);
    check_near(found.deviation, 0.0053103672189407057);
    check_near(found.low, 0.84620630820699971);
    check_near(found.high, 0.85939369179300007);
    check_near(found.median, 0.851);
    check_near(found.least, 0.848);
    check_near(found.most, 0.861);
}
END_TEST

START_TEST(few_values_have_no_interval_and_no_median)
{
    double values[] = {0.5, 0.7, 0.9, 0.6};
    skel_estimate found;

    skel_estimate_make(0, values, &found);
    ck_assert(isnan(found.mean));
    skel_estimate_make(1, values, &found);
    ck_assert_double_eq(found.mean, 0.5);
    ck_assert(isnan(found.deviation) && isnan(found.low) && isnan(found.high));
    skel_estimate_make(4, values, &found);
    ck_assert(isnan(found.median) && isnan(found.least) && isnan(found.most));
    ck_assert(found.low < found.mean && found.mean < found.high);
}
END_TEST

START_TEST(a_paired_difference_is_that_of_the_published_example)
{
    skel_difference found;

    skel_difference_paired(10, first_drug, second_drug, &found);
    ck_assert(found.is_paired);
    check_near(found.mean, -1.58);
    ck_assert_double_eq_tol(found.t, -4.0621277, 5e-8);
    ck_assert_double_eq_tol(found.p, 0.00283289, 5e-9); /* as many digits as R prints */
    ck_assert_double_eq_tol(found.low, -2.4598858, 5e-8);
    ck_assert_double_eq_tol(found.high, -0.7001142, 5e-8);
}
END_TEST

START_TEST(welchs_difference_is_that_of_the_published_example)
{
    skel_difference found;

    skel_difference_welch(10, first_drug, 10, second_drug, &found);
    ck_assert(!found.is_paired);
    ck_assert_double_eq_tol(found.t, -1.8608135, 5e-8);
    ck_assert_double_eq_tol(found.freedom, 17.776474, 5e-7);
    ck_assert_double_eq_tol(found.p, 0.07939414, 5e-9);
    ck_assert_double_eq_tol(found.low, -3.3654832, 5e-8);
    ck_assert_double_eq_tol(found.high, 0.2054832, 5e-8);
}
END_TEST

START_TEST(differences_of_seeds_are_scipys)
{
    const double a[] = {0.851, 0.848, 0.855, 0.849, 0.861};
    const double b[] = {0.842, 0.846, 0.847, 0.848, 0.850};
    const double c[] = {0.80, 0.83, 0.79};
    skel_difference found;

    skel_difference_paired(5, a, b, &found);
    check_near(found.t, 3.1235148755312458);
    check_near(found.p, 0.035406195987038938);
    check_near(found.high, 0.011711086176370024);
    skel_difference_welch(5, a, 3, c, &found);
    check_near(found.freedom, 2.1575890871857855);
    check_near(found.p, 0.056662425554635881);
    check_near(found.high, 0.095321826857761354);
}
END_TEST

START_TEST(one_pair_has_no_interval_and_equal_pairs_do_not_differ)
{
    const double a[] = {0.5, 0.6};
    const double b[] = {0.4, 0.5};
    skel_difference found;

    skel_difference_paired(1, a, b, &found);
    check_near(found.mean, 0.1);
    ck_assert(isnan(found.p) && isnan(found.low));
    skel_difference_welch(2, a, 1, b, &found);
    ck_assert(isnan(found.p));
    skel_difference_paired(2, a, a, &found);
    ck_assert_double_eq(found.p, 1);
    skel_difference_holm(1, &found);
    ck_assert(!skel_difference_is_clear(&found));
}
END_TEST

START_TEST(holms_correction_is_that_of_the_definition)
{
    skel_difference list[] = {{.p = 0.01, .low = 1, .high = 2},
                              {.p = 0.04, .low = 1, .high = 2},
                              {.p = (double)NAN},
                              {.p = 0.03, .low = 1, .high = 2},
                              {.p = 0.005, .low = 1, .high = 2}};

    skel_difference_holm(5, list);
    check_near(list[0].p_adjusted, 0.03);
    check_near(list[1].p_adjusted, 0.06);
    check_near(list[3].p_adjusted, 0.06);
    check_near(list[4].p_adjusted, 0.02);
    ck_assert(skel_difference_is_clear(&list[0]));
    ck_assert(!skel_difference_is_clear(&list[1]));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_incomplete_beta_function_is_scipys);
    tcase_add_test(tcase, students_tails_are_scipys);
    tcase_add_test(tcase, students_quantiles_are_scipys);
    tcase_add_test(tcase, an_estimate_is_scipys_and_leaves_out_what_is_not_finite);
    tcase_add_test(tcase, few_values_have_no_interval_and_no_median);
    tcase_add_test(tcase, a_paired_difference_is_that_of_the_published_example);
    tcase_add_test(tcase, welchs_difference_is_that_of_the_published_example);
    tcase_add_test(tcase, differences_of_seeds_are_scipys);
    tcase_add_test(tcase, one_pair_has_no_interval_and_equal_pairs_do_not_differ);
    tcase_add_test(tcase, holms_correction_is_that_of_the_definition);
}

int main(void)
{
    return skel_suite_run("estimate", fill);
}
