/* Figures of masks: against the sums that define them. */
#include "suite.h"

#include "skel/foresight.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

enum { COUNT = 700, SEGMENTS = 3 };

/* Sums of a few hundred positive doubles, in whatever order: 1e-13 is hundreds of roundings. */
#define TOLERANCE 1e-13

static const skel_segment segment[SEGMENTS] = {{3, 33}, {40, 500}, {600, 100}};

static float parameters[COUNT];
static float gradient[COUNT];

/* What is outside the segments is no number, and must not be read. */
static skel_mask *make_mask(double density)
{
    skel_stream stream = skel_stream_open(4, SKEL_PURPOSE_TEST, 0, 0);
    skel_mask *mask = NULL;

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &mask));
    for (size_t i = 0; i < COUNT; i++) {
        parameters[i] = NAN;
        gradient[i] = NAN;
    }
    for (size_t s = 0; s < SEGMENTS; s++) {
        for (size_t i = segment[s].offset; i < segment[s].offset + segment[s].count; i++) {
            parameters[i] = (float)skel_stream_normal(&stream);
            gradient[i] = (float)skel_stream_normal(&stream);
            mask->keep[i] = skel_stream_uniform(&stream) < density;
        }
    }
    skel_mask_recount(mask);
    return mask;
}

static bool is_near(double value, double expected)
{
    return fabs(value - expected) <= TOLERANCE * fabs(expected);
}

START_TEST(they_are_the_sums_over_kept_and_over_all_weights)
{
    skel_mask *mask = make_mask(0.3);
    skel_foresight found = skel_foresight_of(mask, parameters, gradient);
    double objective = 0;
    double kept = 0;
    double all = 0;

    for (size_t i = 0; i < COUNT; i++) {
        double g = (double)gradient[i];

        if (!isnan(g)) {
            objective += mask->keep[i] != 0 ? fabs((double)parameters[i] * g) : 0;
            kept += mask->keep[i] != 0 ? g * g : 0;
            all += g * g;
        }
    }
    ck_assert(is_near(found.objective, objective));
    ck_assert(is_near(found.gradient_norm, sqrt(kept)));
    ck_assert(is_near(found.gradient_norm_all, sqrt(all)));
    skel_mask_destroy(&mask);
}
END_TEST

static void scores_of(const char *name, const skel_mask *mask, double *sum, double *best)
{
    const skel_method *method = NULL;

    ck_assert_ok(skel_method_find(name, &method));
    ck_assert_ok(skel_foresight_scores(method, mask, parameters, gradient, 9, sum, best));
}

START_TEST(the_scores_of_force_add_up_to_its_objective)
{
    skel_mask *mask = make_mask(0.3);
    double objective = skel_foresight_of(mask, parameters, gradient).objective;
    double sum = 0;
    double best = 0;

    scores_of("force", mask, &sum, &best);
    ck_assert(fabs(sum - objective) <= 0x1p-23 * objective); /* scores are floats */
    ck_assert(best > sum);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(no_choice_of_as_many_weights_adds_up_to_more_than_the_best)
{
    skel_mask *mask = make_mask(0.3);
    size_t kept = mask->kept;
    double first = 0;
    double sum = 0;
    double best = 0;

    scores_of("magnitude", mask, &sum, &first);
    for (size_t k = 0; k < SEGMENTS; k++) {
        memset(mask->keep + segment[k].offset, 0, segment[k].count);
    }
    for (size_t n = 0; n < kept; n++) { /* the largest that is left, again and again */
        size_t largest = COUNT;

        for (size_t i = 0; i < COUNT; i++) {
            bool free = !isnan(parameters[i]) && mask->keep[i] == 0;

            if (free && (largest == COUNT || fabsf(parameters[i]) > fabsf(parameters[largest]))) {
                largest = i;
            }
        }
        mask->keep[largest] = 1;
    }
    skel_mask_recount(mask);
    scores_of("magnitude", mask, &sum, &best);
    ck_assert(sum == best && best == first);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(an_empty_mask_has_no_scores)
{
    skel_mask *mask = make_mask(0);
    double sum = 1;
    double best = 1;

    scores_of("snip", mask, &sum, &best);
    ck_assert(sum == 0 && best == 0);
    ck_assert(skel_foresight_of(mask, parameters, gradient).objective == 0);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_score_that_is_no_number_is_an_error)
{
    skel_mask *mask = make_mask(0.3);
    const skel_method *method = NULL;
    double sum = 0;
    double best = 0;

    gradient[segment[1].offset + 7] = INFINITY;
    ck_assert_ok(skel_method_find("snip", &method));
    ck_assert_int_eq(skel_foresight_scores(method, mask, parameters, gradient, 0, &sum, &best),
                     SKEL_ERR_NUMBER);
    skel_mask_destroy(&mask);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, they_are_the_sums_over_kept_and_over_all_weights);
    tcase_add_test(tcase, the_scores_of_force_add_up_to_its_objective);
    tcase_add_test(tcase, no_choice_of_as_many_weights_adds_up_to_more_than_the_best);
    tcase_add_test(tcase, an_empty_mask_has_no_scores);
    tcase_add_test(tcase, a_score_that_is_no_number_is_an_error);
}

int main(void)
{
    return skel_suite_run("foresight", fill);
}
