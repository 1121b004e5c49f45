/* Removal of weights from a row, against brute force over dense inverses by LAPACK. */
#include "suite.h"

#include "skel/elimination.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

/* Of LAPACK, for the expected values. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);

enum {
    ORDER = 90,
    WEIGHTS = ORDER - 1
}; /* removals fill several blocks; the last input is a bias */

static double moments[ORDER][ORDER];
static float weight[ORDER];
static uint8_t keep[WEIGHTS];

/* Second moments of correlated vectors, and a row that has already lost some weights. */
static void draw(void)
{
    skel_stream stream = skel_stream_open(8, SKEL_PURPOSE_TEST, 0, 0);

    memset(moments, 0, sizeof moments);
    for (size_t v = 0; v < 150; v++) {
        double x[ORDER];

        for (size_t i = 0; i < ORDER; i++) {
            x[i] = i == WEIGHTS ? 1 : skel_stream_normal(&stream) + (i > 0 ? 0.7 * x[i - 1] : 0);
        }
        for (size_t i = 0; i < ORDER; i++) {
            for (size_t j = 0; j < ORDER; j++) {
                moments[i][j] += x[i] * x[j] / 150;
            }
        }
    }
    for (size_t i = 0; i < ORDER; i++) {
        moments[i][i] += 1e-3;
        weight[i] = (float)skel_stream_normal(&stream);
    }
    for (size_t i = 0; i < WEIGHTS; i++) {
        keep[i] = i % 5 != 2;
        weight[i] = keep[i] != 0 ? weight[i] : 0;
    }
}

static size_t list(const uint8_t there[], size_t place[ORDER])
{
    size_t count = 0;

    for (size_t i = 0; i < ORDER; i++) {
        if (i == WEIGHTS || there[i] != 0) {
            place[count++] = i;
        }
    }
    return count;
}

/* The inverse of the moments of the inputs that are there, at their places. */
static void invert(const uint8_t there[], double out[ORDER][ORDER])
{
    static double part[ORDER * ORDER];
    size_t place[ORDER];
    size_t count = list(there, place);
    int order = (int)count;
    int info = 0;

    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            part[a * count + b] = moments[place[a]][place[b]];
        }
    }
    dpotrf_("L", &order, part, &order, &info);
    ck_assert_int_eq(info, 0);
    dpotri_("L", &order, part, &order, &info);
    ck_assert_int_eq(info, 0);
    memset(out, 0, ORDER * sizeof *out);
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            out[place[a]][place[b]] = part[b < a ? b * count + a : a * count + b];
        }
    }
}

static skel_elimination *make(void)
{
    skel_elimination *elimination = NULL;

    draw();
    ck_assert_ok(skel_elimination_create(ORDER, 1, &moments[0][0], "test", &elimination));
    return elimination;
}

/* One removal after the other, each with a dense inverse of what is left. */
static void remove_by_force(size_t removals, double w[ORDER], uint8_t there[WEIGHTS],
                            double scores[WEIGHTS])
{
    static double inverse[ORDER][ORDER];
    double highest = 0;

    memset(scores, 0, WEIGHTS * sizeof *scores);
    for (size_t i = 0; i < ORDER; i++) {
        w[i] = (double)weight[i];
    }
    memcpy(there, keep, WEIGHTS);
    for (size_t step = 0; step < removals; step++) {
        size_t best = WEIGHTS;
        double least = 0;
        double share = 0;

        invert(there, inverse);
        for (size_t i = 0; i < WEIGHTS; i++) {
            double cost = there[i] != 0 ? w[i] * w[i] / (2 * inverse[i][i]) : 0;

            if (there[i] != 0 && (best == WEIGHTS || cost < least)) {
                best = i;
                least = cost;
            }
        }
        highest = fmax(highest, least);
        scores[best] = highest;
        share = w[best] / inverse[best][best];
        for (size_t i = 0; i < ORDER; i++) {
            w[i] -= share * inverse[i][best];
        }
        w[best] = 0;
        there[best] = 0;
    }
}

START_TEST(scores_are_those_of_removals_one_by_one)
{
    static const size_t mosts[] = {0, 1, 32, 45, 100};
    skel_elimination *elimination = make();
    size_t place[ORDER];
    size_t there_at_first = list(keep, place) - 1;

    for (size_t m = 0; m < 5; m++) {
        size_t removals = mosts[m] < there_at_first ? mosts[m] : there_at_first;
        float scores[WEIGHTS];
        double expected[WEIGHTS];
        double w[ORDER];
        uint8_t there[WEIGHTS];
        double highest = 0;

        remove_by_force(removals, w, there, expected);
        ck_assert_ok(skel_elimination_scores(elimination, keep, weight, mosts[m], scores));
        for (size_t i = 0; i < WEIGHTS; i++) {
            highest = fmax(highest, (double)(there[i] == 0 ? scores[i] : 0));
        }
        for (size_t i = 0; i < WEIGHTS; i++) {
            if (keep[i] == 0) {
                ck_assert(scores[i] == 0);
            } else if (there[i] != 0) {
                ck_assert((double)scores[i] > highest);
            } else { /* one rounding to float */
                ck_assert(fabs((double)scores[i] - expected[i]) <= 1.2e-7 * expected[i]);
            }
        }
    }
    skel_elimination_destroy(&elimination);
}
END_TEST

START_TEST(an_update_is_that_of_removals_one_by_one)
{
    skel_elimination *elimination = make();

    for (size_t removals = 0; removals <= 18; removals += 6) {
        float changed[ORDER];
        double scores[WEIGHTS];
        double w[ORDER];
        uint8_t there[WEIGHTS];

        remove_by_force(removals, w, there, scores);
        memcpy(changed, weight, sizeof changed);
        ck_assert_ok(skel_elimination_update(elimination, keep, there, changed));
        for (size_t i = 0; i < ORDER; i++) {
            ck_assert(fabs((double)changed[i] - w[i]) <= 1e-6 * fmax(1, fabs(w[i])));
            ck_assert(i == WEIGHTS || there[i] != 0 || changed[i] == 0);
        }
    }
    skel_elimination_destroy(&elimination);
}
END_TEST

/* -w_j / (H^-1)_jj (H^-1)_:j, in double before its rounding to float. */
START_TEST(the_removal_of_one_weight_is_its_closed_form)
{
    static double inverse[ORDER][ORDER];
    skel_elimination *elimination = make();
    uint8_t there[WEIGHTS];
    float changed[ORDER];

    invert(keep, inverse);
    memcpy(there, keep, sizeof there);
    memcpy(changed, weight, sizeof changed);
    there[6] = 0;
    ck_assert_ok(skel_elimination_update(elimination, keep, there, changed));
    for (size_t i = 0; i < ORDER; i++) {
        double exact = (double)weight[i] - (double)weight[6] / inverse[6][6] * inverse[i][6];

        ck_assert(i == 6 ? changed[i] == 0
                         : fabs((double)changed[i] - exact) <= 1e-7 * fmax(1, fabs(exact)));
    }
    skel_elimination_destroy(&elimination);
}
END_TEST

START_TEST(a_row_may_lose_all_of_its_weights)
{
    skel_elimination *elimination = make();
    static const uint8_t none[WEIGHTS] = {0};
    float changed[ORDER];
    float scores[WEIGHTS];
    double mean = (double)weight[WEIGHTS];

    memcpy(changed, weight, sizeof changed);
    ck_assert_ok(skel_elimination_update(elimination, keep, none, changed));
    for (size_t i = 0; i < WEIGHTS; i++) {
        ck_assert(changed[i] == 0);
        mean += (double)weight[i] * moments[WEIGHTS][i] / moments[WEIGHTS][WEIGHTS];
    }
    /* the bias alone takes over the mean output */
    ck_assert(fabs((double)changed[WEIGHTS] - mean) <= 1e-6);
    ck_assert_ok(skel_elimination_scores(elimination, none, changed, 5, scores));
    for (size_t i = 0; i < WEIGHTS; i++) {
        ck_assert(scores[i] == 0);
    }
    skel_elimination_destroy(&elimination);
}
END_TEST

START_TEST(singular_moments_are_refused)
{
    skel_elimination *elimination = NULL;

    draw();
    memset(moments[4], 0, sizeof moments[4]);
    for (size_t i = 0; i < ORDER; i++) {
        moments[i][4] = 0;
    }
    ck_assert_int_eq(skel_elimination_create(ORDER, 1, &moments[0][0], "fc1.weight", &elimination),
                     SKEL_ERR_NUMBER);
    ck_assert(strstr(skel_error_message(), "fc1.weight") != NULL);
    ck_assert(strstr(skel_error_message(), "more damping helps") != NULL);
    ck_assert_ptr_null(elimination);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, scores_are_those_of_removals_one_by_one);
    tcase_add_test(tcase, an_update_is_that_of_removals_one_by_one);
    tcase_add_test(tcase, the_removal_of_one_weight_is_its_closed_form);
    tcase_add_test(tcase, a_row_may_lose_all_of_its_weights);
    tcase_add_test(tcase, singular_moments_are_refused);
}

int main(void)
{
    return skel_suite_run("elimination", fill);
}
