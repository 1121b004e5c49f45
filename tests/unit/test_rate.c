/* Learning-rate schedules against their closed forms. */
#include "suite.h"

#include "skel/rate.h"

#include <math.h>

static void ck_close(double a, double b)
{
    ck_assert_msg(fabs(a - b) <= 1e-14 * fabs(b) + 1e-300, "%.17g is not %.17g", a, b);
}

START_TEST(steps_come_at_the_milestones)
{
    static const uint64_t milestones[] = {150, 250};
    skel_rate rate = {.kind = SKEL_RATE_STEP,
                      .base = 0.1,
                      .epochs = 350,
                      .milestones = 2,
                      .milestone = milestones,
                      .gamma = 0.1};

    ck_close(skel_rate_at(&rate, 0, 0, 391), 0.1);
    ck_close(skel_rate_at(&rate, 149, 390, 391), 0.1);
    ck_close(skel_rate_at(&rate, 150, 0, 391), 0.01);
    ck_close(skel_rate_at(&rate, 250, 0, 391), 0.001);
    ck_close(skel_rate_at(&rate, 349, 390, 391), 0.001);
}
END_TEST

START_TEST(the_cosine_falls_from_the_base_through_half_to_zero)
{
    skel_rate rate = {.kind = SKEL_RATE_COSINE, .base = 0.2, .epochs = 4};

    ck_close(skel_rate_at(&rate, 0, 0, 10), 0.2);
    ck_close(skel_rate_at(&rate, 2, 0, 10), 0.1);
    ck_close(skel_rate_at(&rate, 1, 5, 10), 0.1 * (1 + cos(3.141592653589793 * 1.5 / 4)));
    ck_assert(skel_rate_at(&rate, 3, 9, 10) > 0);
    ck_assert(skel_rate_at(&rate, 3, 9, 10) < 0.001);
}
END_TEST

START_TEST(the_warm_up_rises_linearly_to_the_base)
{
    skel_rate rate = {.kind = SKEL_RATE_CONSTANT, .base = 0.4, .epochs = 10, .warmup_epochs = 2};

    ck_close(skel_rate_at(&rate, 0, 0, 5), 0.04);
    ck_close(skel_rate_at(&rate, 1, 0, 5), 0.24);
    ck_close(skel_rate_at(&rate, 1, 4, 5), 0.4);
    ck_close(skel_rate_at(&rate, 2, 0, 5), 0.4);
}
END_TEST

START_TEST(the_cosine_starts_after_the_warm_up)
{
    skel_rate rate = {.kind = SKEL_RATE_COSINE, .base = 0.08, .epochs = 6, .warmup_epochs = 2};

    ck_close(skel_rate_at(&rate, 1, 3, 4), 0.08);
    ck_close(skel_rate_at(&rate, 2, 0, 4), 0.08);
    ck_close(skel_rate_at(&rate, 3, 0, 4), 0.04 * (1 + sqrt(0.5))); /* a quarter of the way */
    ck_close(skel_rate_at(&rate, 5, 0, 4), 0.04 * (1 - sqrt(0.5)));
    ck_assert(fabs(skel_rate_at(&rate, 4, 0, 4) - 0.04) < 1e-16);
}
END_TEST

START_TEST(milestones_count_the_epochs_of_the_warm_up)
{
    static const uint64_t milestones[] = {4};
    skel_rate rate = {.kind = SKEL_RATE_STEP,
                      .base = 0.1,
                      .epochs = 6,
                      .milestones = 1,
                      .milestone = milestones,
                      .gamma = 0.1,
                      .warmup_epochs = 2};

    ck_close(skel_rate_at(&rate, 3, 7, 8), 0.1);
    ck_close(skel_rate_at(&rate, 4, 0, 8), 0.01);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, steps_come_at_the_milestones);
    tcase_add_test(tcase, the_cosine_falls_from_the_base_through_half_to_zero);
    tcase_add_test(tcase, the_cosine_starts_after_the_warm_up);
    tcase_add_test(tcase, milestones_count_the_epochs_of_the_warm_up);
    tcase_add_test(tcase, the_warm_up_rises_linearly_to_the_base);
}

int main(void)
{
    return skel_suite_run("rate", fill);
}
