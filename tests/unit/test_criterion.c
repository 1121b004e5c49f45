/* What every criterion must do, what each one computes, and the schedules. */
#include "suite.h"

#include "skel/criterion.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { COUNT = 4000, SEGMENTS = 3, OUTSIDE = -77 };

static const skel_segment segment[SEGMENTS] = {{10, 500}, {600, 2400}, {3100, 33}};

static float parameters[COUNT];
static float gradient[COUNT];

/* Values everywhere, and a mask that has pruned every third weight. */
static skel_mask *example(void)
{
    skel_stream stream = skel_stream_open(4, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] = (float)skel_stream_normal(&stream);
        gradient[i] = (float)(skel_stream_normal(&stream) * 1e-3);
    }
    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &mask));
    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = 0; i < segment[s].count; i += 3) {
            mask->keep[segment[s].offset + i] = 0;
        }
    }
    skel_mask_recount(mask);
    return mask;
}

static bool is_prunable(size_t i)
{
    for (size_t s = 0; s < SEGMENTS; s++) {
        if (i >= segment[s].offset && i < segment[s].offset + segment[s].count) {
            return true;
        }
    }
    return false;
}

static const skel_criterion *criterion_at(int i)
{
    size_t count = 0;
    const char *const *names = skel_criterion_names(&count);
    const skel_criterion *criterion = NULL;

    ck_assert((size_t)i < count);
    ck_assert_ok(skel_criterion_find(names[i], &criterion));
    ck_assert_str_eq(criterion->name, names[i]);
    return criterion;
}

static void score(const skel_criterion *criterion, const skel_mask *mask, uint64_t seed,
                  float scores[COUNT])
{
    for (size_t i = 0; i < COUNT; i++) {
        scores[i] = OUTSIDE;
    }
    criterion->score(mask, parameters, criterion->needs_gradient ? gradient : NULL, seed, scores);
}

START_TEST(a_criterion_scores_prunable_weights_with_finite_numbers_and_no_others)
{
    const skel_criterion *criterion = criterion_at(_i);
    skel_mask *mask = example();
    float scores[COUNT];

    score(criterion, mask, 1, scores);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(is_prunable(i) ? isfinite(scores[i]) && scores[i] >= -1
                                 : scores[i] == (float)OUTSIDE);
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_criterion_gives_the_same_scores_again)
{
    const skel_criterion *criterion = criterion_at(_i);
    skel_mask *mask = example();
    float once[COUNT];
    float again[COUNT];

    score(criterion, mask, 1, once);
    score(criterion, mask, 1, again);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(once[i] == again[i]);
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(only_a_permanent_criterion_looks_at_the_mask_and_puts_pruned_weights_last)
{
    const skel_criterion *criterion = criterion_at(_i);
    skel_mask *mask = example();
    skel_mask *dense = NULL;
    float scores[COUNT];
    float expected[COUNT];

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &dense));
    score(criterion, mask, 1, scores);
    score(criterion, dense, 1, expected);
    for (size_t i = 0; i < COUNT; i++) {
        if (criterion->permanent && mask->keep[i] == 0) {
            ck_assert(scores[i] < 0);
        } else {
            ck_assert(scores[i] == expected[i]);
        }
    }
    skel_mask_destroy(&dense);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_criterion_describes_itself)
{
    const skel_criterion *criterion = criterion_at(_i);

    ck_assert(strlen(criterion->summary) > 10);
    ck_assert(!criterion->iterative || criterion->prunes);
    ck_assert(!criterion->permanent || criterion->iterative);
}
END_TEST

START_TEST(a_step_keeps_exactly_what_it_is_asked_for_in_either_scope)
{
    const skel_criterion *criterion = criterion_at(_i);
    static const size_t wanted[] = {1900, 1000, 293, 3};
    skel_comm *comm = NULL;

    ck_assert_ok(skel_comm_create_self(&comm));
    for (int scope = 0; scope < 2; scope++) {
        skel_mask *mask = example();

        for (size_t w = 0; w < 4; w++) {
            skel_prune_report report = {0};
            size_t before = mask->kept;
            size_t ones = 0;

            ck_assert_ok(skel_prune_step(comm, criterion, (skel_scope)scope, wanted[w], 5,
                                         parameters, criterion->needs_gradient ? gradient : NULL,
                                         mask, &report));
            for (size_t i = 0; i < COUNT; i++) {
                ck_assert(is_prunable(i) || mask->keep[i] == 1);
                ones += is_prunable(i) ? mask->keep[i] : 0;
            }
            ck_assert_uint_eq(ones, wanted[w]);
            ck_assert_uint_eq(mask->kept, wanted[w]);
            ck_assert_uint_eq(report.kept, wanted[w]);
            ck_assert_uint_eq(before + report.resurrected - report.pruned, wanted[w]);
            ck_assert(!criterion->permanent || report.resurrected == 0);
        }
        skel_mask_destroy(&mask);
    }
    skel_comm_destroy(&comm);
}
END_TEST

START_TEST(saliency_is_the_magnitude_of_weight_times_gradient)
{
    static const char *const names[] = {"force", "snip", "iter-snip"};
    skel_mask *mask = example();
    float scores[COUNT];

    for (size_t n = 0; n < 3; n++) {
        const skel_criterion *criterion = NULL;

        ck_assert_ok(skel_criterion_find(names[n], &criterion));
        score(criterion, mask, 1, scores);
        for (size_t i = 0; i < COUNT; i++) {
            double exact = fabs((double)parameters[i] * (double)gradient[i]);

            if (is_prunable(i) && (mask->keep[i] == 1 || !criterion->permanent)) {
                ck_assert(scores[i] == (float)exact);
            }
        }
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(magnitude_is_the_weights_own)
{
    const skel_criterion *criterion = NULL;
    skel_mask *mask = example();
    float scores[COUNT];

    ck_assert_ok(skel_criterion_find("magnitude", &criterion));
    score(criterion, mask, 1, scores);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(!is_prunable(i) || scores[i] == fabsf(parameters[i]));
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(random_scores_are_uniform_and_differ_by_seed_and_tensor)
{
    const skel_criterion *criterion = NULL;
    skel_mask *mask = example();
    float scores[COUNT];
    float other[COUNT];
    double sum = 0;
    double squares = 0;

    ck_assert_ok(skel_criterion_find("random", &criterion));
    score(criterion, mask, 1, scores);
    score(criterion, mask, 2, other);
    for (size_t i = 600; i < 3000; i++) {
        ck_assert(scores[i] > 0 && scores[i] <= 1);
        sum += (double)scores[i];
        squares += (double)scores[i] * (double)scores[i];
    }
    /* mean 1/2, second moment 1/3: five standard errors, sqrt(1/12) and sqrt(4/45) over sqrt(n) */
    ck_assert(fabs(sum / 2400 - 0.5) < 5 * sqrt(1.0 / 12 / 2400));
    ck_assert(fabs(squares / 2400 - 1.0 / 3) < 5 * sqrt(4.0 / 45 / 2400));
    ck_assert(scores[10] != scores[600] && scores[10] != scores[3100]);
    ck_assert(scores[10] != other[10] && scores[600] != other[600]);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(an_unknown_criterion_is_refused_with_the_nearest_name)
{
    const skel_criterion *criterion = NULL;

    ck_assert(skel_criterion_find("forse", &criterion) == SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "did you mean 'force'?") != NULL);
    ck_assert(skel_criterion_find("quantum", &criterion) == SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "iter-snip") != NULL);
    ck_assert(criterion == NULL);
}
END_TEST

START_TEST(the_schedules_are_the_papers)
{
    const skel_schedule exponential = SKEL_SCHEDULE_EXPONENTIAL;
    const skel_schedule linear = SKEL_SCHEDULE_LINEAR;

    /* 1 % in two steps passes through 10 %, or through 50.5 % */
    ck_assert_uint_eq(skel_schedule_kept(exponential, 100000, 0.01, 1, 2), 10000);
    ck_assert_uint_eq(skel_schedule_kept(linear, 100000, 0.01, 1, 2), 50500);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 100000, 0.01, 2, 2), 1000);
    /* 23467712 * exp(-0.1 ln 200) = 13815536.4, * (1 - 0.1 * 0.995) = 21132674.7 */
    ck_assert_uint_eq(skel_schedule_kept(exponential, 23467712, 1 - 0.995, 4, 40), 13815536);
    ck_assert_uint_eq(skel_schedule_kept(linear, 23467712, 1 - 0.995, 4, 40), 21132674);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 1000, 1 - 0.9, 1, 1), 100);
    ck_assert_uint_eq(skel_schedule_kept(linear, 1000, 1 - 0.9, 7, 7), 100);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 1000, 1.0, 3, 7), 1000);
    ck_assert_uint_eq(skel_schedule_kept(linear, 1000, 1.0, 7, 7), 1000);
    ck_assert_uint_eq(skel_schedule_kept(exponential, 1000, 1e-9, 5, 5), 1);
}
END_TEST

START_TEST(a_schedule_never_keeps_more_than_before)
{
    for (int schedule = 0; schedule < 2; schedule++) {
        for (size_t iterations = 1; iterations < 70; iterations++) {
            size_t before = 20024000;

            for (size_t t = 1; t <= iterations; t++) {
                size_t kept = skel_schedule_kept((skel_schedule)schedule, 20024000, 1 - 0.9999, t,
                                                 iterations);

                ck_assert(kept <= before);
                before = kept;
            }
            ck_assert_uint_eq(before, 2002);
        }
    }
}
END_TEST

START_TEST(a_density_that_leaves_nothing_is_refused)
{
    ck_assert_ok(skel_schedule_check(1000, 1 - 0.999));
    ck_assert(skel_schedule_check(1000, 1 - 0.9995) == SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "sparsity 0.9995 leaves less than one of 1000 weights: "
                                           "at most 0.999 is possible");
}
END_TEST

static void fill(TCase *tcase)
{
    size_t criteria = 0;
    int count = 0;

    (void)skel_criterion_names(&criteria);
    count = (int)criteria;
    tcase_add_loop_test(
        tcase, a_criterion_scores_prunable_weights_with_finite_numbers_and_no_others, 0, count);
    tcase_add_loop_test(tcase, a_criterion_gives_the_same_scores_again, 0, count);
    tcase_add_loop_test(
        tcase, only_a_permanent_criterion_looks_at_the_mask_and_puts_pruned_weights_last, 0, count);
    tcase_add_loop_test(tcase, a_criterion_describes_itself, 0, count);
    tcase_add_loop_test(tcase, a_step_keeps_exactly_what_it_is_asked_for_in_either_scope, 0, count);
    tcase_add_test(tcase, saliency_is_the_magnitude_of_weight_times_gradient);
    tcase_add_test(tcase, magnitude_is_the_weights_own);
    tcase_add_test(tcase, random_scores_are_uniform_and_differ_by_seed_and_tensor);
    tcase_add_test(tcase, an_unknown_criterion_is_refused_with_the_nearest_name);
    tcase_add_test(tcase, the_schedules_are_the_papers);
    tcase_add_test(tcase, a_schedule_never_keeps_more_than_before);
    tcase_add_test(tcase, a_density_that_leaves_nothing_is_refused);
}

int main(void)
{
    return skel_suite_run("criterion", fill);
}
