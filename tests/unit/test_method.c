/* What every method of the table must do, and what each one computes. */
#include "suite.h"

#include "prune/scores.h"
#include "skel/prune.h"
#include "skel/random.h"
#include "skel/traits.h"

#include <math.h>
#include <stdio.h>
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

static const skel_method *method_at(int i)
{
    size_t count = 0;
    const char *const *names = skel_method_names(&count);
    const skel_method *method = NULL;

    ck_assert((size_t)i < count);
    ck_assert_ok(skel_method_find(names[i], &method));
    ck_assert_str_eq(method->name, names[i]);
    return method;
}

/* Some signals are never below 0. */
static const float *signal_of(const skel_method *method)
{
    static float magnitudes[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        magnitudes[i] = fabsf(gradient[i]);
    }
    switch (method->signal) {
    case SKEL_SIGNAL_NONE:
        return NULL;
    case SKEL_SIGNAL_GRADIENT:
    case SKEL_SIGNAL_HESSIAN:
    case SKEL_SIGNAL_LOOKAHEAD:
    case SKEL_SIGNAL_DISTURBANCE:
    case SKEL_SIGNAL_CHANNELS:
        return gradient;
    case SKEL_SIGNAL_ENERGY:
    case SKEL_SIGNAL_SQUARED_FLOW:
    case SKEL_SIGNAL_ACTIVE_PATHS:
    case SKEL_SIGNAL_WALK:
    case SKEL_SIGNAL_FLOW:
    case SKEL_SIGNAL_CURVATURE:
    case SKEL_SIGNAL_FISHER:
    case SKEL_SIGNAL_ELIMINATION:
        break;
    }
    return magnitudes;
}

static void score(const skel_method *method, const skel_mask *mask, uint64_t seed,
                  float scores[COUNT])
{
    for (size_t i = 0; i < COUNT; i++) {
        scores[i] = OUTSIDE;
    }
    skel_scores_compute(method, mask, parameters, signal_of(method), seed, scores);
}

START_TEST(a_method_scores_prunable_weights_with_finite_numbers_and_no_others)
{
    const skel_method *method = method_at(_i);
    skel_mask *mask = example();
    float scores[COUNT];
    bool below = false;

    if (skel_method_prunes(method)) {
        score(method, mask, 1, scores);
        for (size_t i = 0; i < COUNT; i++) {
            ck_assert(is_prunable(i) ? isfinite(scores[i]) : scores[i] == (float)OUTSIDE);
            below = below || (is_prunable(i) && scores[i] < 0);
        }
        ck_assert(below == method->has_signs);
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_method_gives_the_same_scores_again)
{
    const skel_method *method = method_at(_i);
    skel_mask *mask = example();
    float once[COUNT] = {0};
    float again[COUNT] = {0};

    if (skel_method_prunes(method)) {
        score(method, mask, 1, once);
        score(method, mask, 1, again);
    }
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(once[i] == again[i]);
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(scores_do_not_depend_on_what_is_pruned)
{
    const skel_method *method = method_at(_i);
    skel_mask *mask = example();
    skel_mask *dense = NULL;
    float scores[COUNT] = {0};
    float expected[COUNT] = {0};

    ck_assert_ok(skel_mask_create(COUNT, SEGMENTS, segment, NULL, &dense));
    if (skel_method_prunes(method)) {
        score(method, mask, 1, scores);
        score(method, dense, 1, expected);
    }
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(scores[i] == expected[i]);
    }
    skel_mask_destroy(&dense);
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(a_method_describes_itself)
{
    const skel_method *method = method_at(_i);

    ck_assert(strlen(method->summary) > 10);
    ck_assert(!method->iterative || skel_method_prunes(method));
    ck_assert(!method->permanent || method->iterative);
}
END_TEST

START_TEST(a_step_keeps_exactly_what_it_is_asked_for_in_either_scope)
{
    const skel_method *method = method_at(_i);
    static const double erk_size[SEGMENTS] = {60, 110, 20};
    static const size_t wanted[] = {1900, 1000, 293, 3};
    skel_comm *comm = NULL;

    ck_assert_ok(skel_comm_create_self(&comm));
    for (int scope = 0; scope < 4 && skel_method_prunes(method); scope++) {
        skel_mask *mask = example();

        for (size_t w = 0; w < 4; w++) {
            skel_prune_report report = {0};
            size_t before = mask->kept;
            size_t ones = 0;
            const skel_prune_request request = {
                .method = method,
                .scope = (skel_scope)(scope % 2),
                .kept = wanted[w],
                .rules = {.size = erk_size},
                .invert = scope >= 2,
                .seed = 5,
                .parameters = parameters,
                .signal = signal_of(method),
            };

            ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
            for (size_t i = 0; i < COUNT; i++) {
                ck_assert(is_prunable(i) || mask->keep[i] == 1);
                ones += is_prunable(i) ? mask->keep[i] : 0;
            }
            ck_assert_uint_eq(ones, wanted[w]);
            ck_assert_uint_eq(mask->kept, wanted[w]);
            ck_assert_uint_eq(report.kept, wanted[w]);
            ck_assert_uint_eq(report.chosen, wanted[w]);
            ck_assert_uint_eq(before + report.resurrected - report.pruned, wanted[w]);
            ck_assert(!method->permanent || report.resurrected == 0);
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
        const skel_method *method = NULL;

        ck_assert_ok(skel_method_find(names[n], &method));
        score(method, mask, 1, scores);
        for (size_t i = 0; i < COUNT; i++) {
            double exact = fabs((double)parameters[i] * (double)gradient[i]);

            ck_assert(!is_prunable(i) || scores[i] == (float)exact);
        }
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(grasp_is_the_share_of_weight_times_product_in_their_sum)
{
    const skel_method *method = NULL;
    skel_mask *mask = example();
    float scores[COUNT];
    double sum = 0;

    ck_assert_ok(skel_method_find("grasp", &method));
    score(method, mask, 1, scores);
    for (size_t i = 0; i < COUNT; i++) {
        sum += is_prunable(i) ? (double)parameters[i] * (double)gradient[i] : 0;
    }
    for (size_t i = 0; i < COUNT; i++) {
        double exact = (double)parameters[i] * (double)gradient[i] / (fabs(sum) + 1e-10);

        /* one rounding to float, and those of the sum, whose terms do not all cancel */
        ck_assert(!is_prunable(i) || fabs((double)scores[i] - exact) <= 1.2e-7 * fabs(exact));
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(the_other_formulas_are_their_papers)
{
    skel_mask *mask = example();
    float scores[COUNT];

    for (size_t i = 10; i < 510; i++) {
        const double g = (double)gradient[i];
        const double theta = (double)parameters[i];
        const struct {
            const char *name;
            double exact;
        } cases[] = {{"grasp-it", g * g},
                     {"skeletonization", -theta * g},
                     {"molchanov", g},
                     {"chauvin", fabs(g)},
                     {"obd", 0.5 * fabs(g) * theta * theta},
                     {"obs", 0.5 * theta * theta / fabs(g)},
                     {"obs-layer", fabs(g)},
                     {"synflow", fabs(theta * g)},
                     {"synflow-l2", theta * theta * fabs(g)},
                     {"px", theta * theta * fabs(g)},
                     {"phew", fabs(g)},
                     {"prospr", fabs(theta * g)},
                     {"ntk-sap", fabs(g)}};

        for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
            const skel_method *method = NULL;

            ck_assert_ok(skel_method_find(cases[n].name, &method));
            skel_scores_compute(method, mask, parameters, signal_of(method), 1, scores);
            /* at most three roundings to float */
            ck_assert(fabs((double)scores[i] - cases[n].exact) <= 2e-7 * fabs(cases[n].exact));
        }
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(magnitude_is_the_weights_own)
{
    const skel_method *method = NULL;
    skel_mask *mask = example();
    float scores[COUNT];

    ck_assert_ok(skel_method_find("magnitude", &method));
    score(method, mask, 1, scores);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(!is_prunable(i) || scores[i] == fabsf(parameters[i]));
    }
    skel_mask_destroy(&mask);
}
END_TEST

START_TEST(random_scores_are_uniform_and_differ_by_seed_and_tensor)
{
    const skel_method *method = NULL;
    skel_mask *mask = example();
    float scores[COUNT];
    float other[COUNT];
    double sum = 0;
    double squares = 0;

    ck_assert_ok(skel_method_find("random", &method));
    score(method, mask, 1, scores);
    score(method, mask, 2, other);
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

START_TEST(an_unknown_method_is_refused_with_the_nearest_name)
{
    const skel_method *method = NULL;

    ck_assert(skel_method_find("forse", &method) == SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "did you mean 'force'?") != NULL);
    ck_assert(skel_method_find("quantum", &method) == SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "iter-snip") != NULL);
    ck_assert(method == NULL);
}
END_TEST

/* README.md names the method in backticks, as the table of methods does. */
static bool readme_names(const char *name)
{
    FILE *stream = fopen(SKEL_TEST_SOURCE_DIR "/../README.md", "r");
    char quoted[64];
    char line[4096];
    bool found = false;

    ck_assert_ptr_nonnull(stream);
    (void)snprintf(quoted, sizeof quoted, "`%s`", name);
    while (!found && fgets(line, sizeof line, stream) != NULL) {
        found = line[0] == '|' && strstr(line, quoted) != NULL;
    }
    (void)fclose(stream);
    return found;
}

START_TEST(the_readme_has_every_method)
{
    ck_assert_msg(readme_names(method_at(_i)->name), "%s", method_at(_i)->name);
    ck_assert(!readme_names("no-such-method"));
}
END_TEST

static void fill(TCase *tcase)
{
    size_t methods = 0;
    int count = 0;

    (void)skel_method_names(&methods);
    count = (int)methods;
    tcase_add_loop_test(tcase, a_method_scores_prunable_weights_with_finite_numbers_and_no_others,
                        0, count);
    tcase_add_loop_test(tcase, a_method_gives_the_same_scores_again, 0, count);
    tcase_add_loop_test(tcase, scores_do_not_depend_on_what_is_pruned, 0, count);
    tcase_add_loop_test(tcase, a_method_describes_itself, 0, count);
    tcase_add_loop_test(tcase, a_step_keeps_exactly_what_it_is_asked_for_in_either_scope, 0, count);
    tcase_add_loop_test(tcase, the_readme_has_every_method, 0, count);
    tcase_add_test(tcase, saliency_is_the_magnitude_of_weight_times_gradient);
    tcase_add_test(tcase, grasp_is_the_share_of_weight_times_product_in_their_sum);
    tcase_add_test(tcase, the_other_formulas_are_their_papers);
    tcase_add_test(tcase, magnitude_is_the_weights_own);
    tcase_add_test(tcase, random_scores_are_uniform_and_differ_by_seed_and_tensor);
    tcase_add_test(tcase, an_unknown_method_is_refused_with_the_nearest_name);
}

int main(void)
{
    return skel_suite_run("method", fill);
}
