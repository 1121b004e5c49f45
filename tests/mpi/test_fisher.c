/* The inverse of an empirical Fisher matrix, against the recursion over samples, LAPACK's inverse
 * of the whole matrix, and the closed form of one weight's removal; all in double. */
#include "suite.h"

#include "skel/fisher.h"
#include "skel/random.h"

#include <math.h>
#include <string.h>

/* Of LAPACK, for the expected values. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);

/* More than a block, and no multiple of one; as many samples as no number of ranks divides, in
 * batches that no number of ranks shares evenly. */
enum { WEIGHTS = 1101, SAMPLES = 13, BATCH = 3 };
static const double damping = 1e-3;

static float gradient[SAMPLES][WEIGHTS];
static float weight[WEIGHTS];
static double inverse[WEIGHTS][WEIGHTS]; /* of the whole matrix, by LAPACK */

/* Gradients of very different sizes, and weights without any. */
static void draw(void)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < WEIGHTS; i++) {
        float size = i % 17 == 5 ? 0 : i % 3 == 0 ? 0.1F : 0.01F;

        weight[i] = (float)skel_stream_normal(&stream);
        for (size_t s = 0; s < SAMPLES; s++) {
            gradient[s][i] = size * (float)skel_stream_normal(&stream);
        }
    }
}

/* Inverts `inverse`, of which the elements on one side of the diagonal are read. */
static void invert(int count, double *matrix)
{
    int order = WEIGHTS;
    int info = 0;

    dpotrf_("L", &count, matrix, &order, &info);
    ck_assert_int_eq(info, 0);
    dpotri_("L", &count, matrix, &order, &info);
    ck_assert_int_eq(info, 0);
    for (size_t i = 0; i < (size_t)count; i++) {
        for (size_t j = 0; j < i; j++) {
            matrix[i * WEIGHTS + j] = matrix[j * WEIGHTS + i];
        }
    }
}

static void set_up(void)
{
    draw();
    for (size_t i = 0; i < WEIGHTS; i++) {
        for (size_t j = 0; j < WEIGHTS; j++) {
            double sum = i == j ? damping : 0;

            for (size_t s = 0; s < SAMPLES; s++) {
                sum += (double)gradient[s][i] * (double)gradient[s][j] / SAMPLES;
            }
            inverse[i][j] = sum;
        }
    }
    invert(WEIGHTS, &inverse[0][0]);
}

static skel_fisher *make(const skel_comm *comm)
{
    skel_fisher *fisher = NULL;

    ck_assert(skel_suite_all(skel_fisher_create(comm, SAMPLES, BATCH, WEIGHTS, damping, &fisher) ==
                             SKEL_OK));
    for (size_t round = 0; round < skel_fisher_rounds(fisher); round++) {
        size_t sample = skel_fisher_sample(fisher, round);

        skel_fisher_add(fisher, round, sample < SAMPLES ? gradient[sample] : NULL);
    }
    return fisher;
}

/* Largest difference over the largest magnitude of what is expected. */
static double distance(size_t count, const double found[], const double expected[])
{
    double error = 0;
    double size = 0;

    for (size_t i = 0; i < count; i++) {
        error = fmax(error, fabs(found[i] - expected[i]));
        size = fmax(size, fabs(expected[i]));
    }
    return error / size;
}

START_TEST(the_diagonal_is_that_of_lapacks_inverse)
{
    skel_fisher *fisher = make(skel_suite_comm());
    static double found[WEIGHTS];
    bool right = skel_fisher_diagonal(fisher, found) == SKEL_OK;

    for (size_t i = 0; i < WEIGHTS; i++) {
        right = right && fabs(found[i] - inverse[i][i]) <= 1e-8 * inverse[i][i];
        right = right && (i % 17 != 5 || fabs(found[i] - 1 / damping) <= 1e-12 / damping);
    }
    ck_assert(skel_suite_all(right));
    skel_fisher_destroy(&fisher);
}
END_TEST

/* F^-1_0 = I / lambda; F^-1 <- F^-1 - (F^-1 g)(F^-1 g)' / (N + g' F^-1 g), sample by sample.
 * Source: Singh and Alistarh 2020. */
START_TEST(the_diagonal_is_that_of_the_recursion_over_samples)
{
    skel_fisher *fisher = make(skel_suite_comm());
    static double recursive[WEIGHTS][WEIGHTS];
    static double product[WEIGHTS];
    static double found[WEIGHTS];
    bool right = skel_fisher_diagonal(fisher, found) == SKEL_OK;

    memset(recursive, 0, sizeof recursive);
    for (size_t i = 0; i < WEIGHTS; i++) {
        recursive[i][i] = 1 / damping;
    }
    for (size_t s = 0; s < SAMPLES; s++) {
        double total = SAMPLES;

        for (size_t i = 0; i < WEIGHTS; i++) {
            product[i] = 0;
            for (size_t j = 0; j < WEIGHTS; j++) {
                product[i] += recursive[i][j] * (double)gradient[s][j];
            }
            total += (double)gradient[s][i] * product[i];
        }
        for (size_t i = 0; i < WEIGHTS; i++) {
            for (size_t j = 0; j < WEIGHTS; j++) {
                recursive[i][j] -= product[i] * product[j] / total;
            }
        }
    }
    for (size_t i = 0; i < WEIGHTS; i++) {
        right = right && fabs(found[i] - recursive[i][i]) <= 1e-8 * recursive[i][i];
    }
    ck_assert(skel_suite_all(right));
    skel_fisher_destroy(&fisher);
}
END_TEST

/* -w_q F^-1_:q / F^-1_qq, of Hassibi and Stork. */
START_TEST(the_removal_of_one_weight_is_its_closed_form)
{
    static const size_t places[] = {0, 5, 1023, 1024, WEIGHTS - 1}; /* 5 has no gradients */
    skel_fisher *fisher = make(skel_suite_comm());
    static double found[WEIGHTS];
    static double expected[WEIGHTS];
    bool right = true;

    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        uint8_t removed[WEIGHTS] = {0};
        size_t q = places[p];

        removed[q] = 1;
        for (size_t i = 0; i < WEIGHTS; i++) {
            expected[i] = -(double)weight[q] * inverse[i][q] / inverse[q][q];
        }
        right = skel_fisher_update(fisher, removed, weight, found) == SKEL_OK && right;
        right = right && distance(WEIGHTS, found, expected) <= 1e-8;
    }
    ck_assert(skel_suite_all(right));
    skel_fisher_destroy(&fisher);
}
END_TEST

/* -F^-1 E (E' F^-1 E)^-1 w_Q with the dense inverse. */
static void expect_joint(const uint8_t removed[], double out[])
{
    static double selected[WEIGHTS][WEIGHTS];
    static size_t place[WEIGHTS];
    size_t count = 0;

    for (size_t i = 0; i < WEIGHTS; i++) {
        if (removed[i] != 0) {
            place[count++] = i;
        }
    }
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            selected[a][b] = inverse[place[a]][place[b]];
        }
    }
    invert((int)count, &selected[0][0]);
    memset(out, 0, WEIGHTS * sizeof *out);
    for (size_t a = 0; a < count; a++) {
        double share = 0;

        for (size_t b = 0; b < count; b++) {
            share += selected[a][b] * (double)weight[place[b]];
        }
        for (size_t i = 0; i < WEIGHTS; i++) {
            out[i] -= inverse[i][place[a]] * share;
        }
    }
}

START_TEST(the_joint_removal_of_many_is_that_of_the_dense_inverse)
{
    static const size_t keeps[] = {2, 3, 50};
    skel_fisher *fisher = make(skel_suite_comm());
    static double found[WEIGHTS];
    static double expected[WEIGHTS];
    bool right = true;

    for (size_t k = 0; k < sizeof keeps / sizeof *keeps; k++) {
        uint8_t removed[WEIGHTS] = {0};

        for (size_t i = 0; i < WEIGHTS; i++) {
            removed[i] = i % keeps[k] != 1;
        }
        expect_joint(removed, expected);
        right = skel_fisher_update(fisher, removed, weight, found) == SKEL_OK && right;
        right = right && distance(WEIGHTS, found, expected) <= 1e-8;
        for (size_t i = 0; i < WEIGHTS; i++) {
            right = right && (removed[i] == 0 || found[i] == -(double)weight[i]);
        }
    }
    ck_assert(skel_suite_all(right));
    skel_fisher_destroy(&fisher);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_ranks)
{
    skel_comm *self = NULL;
    skel_fisher *fisher = make(skel_suite_comm());
    skel_fisher *alone = NULL;
    static double found[2][WEIGHTS];
    static double expected[2][WEIGHTS];
    uint8_t removed[WEIGHTS] = {0};
    bool right = true;

    for (size_t i = 0; i < WEIGHTS; i++) {
        removed[i] = i % 4 != 0;
    }
    ck_assert_ok(skel_comm_create_self(&self));
    alone = make(self);
    right = skel_fisher_diagonal(fisher, found[0]) == SKEL_OK;
    right = skel_fisher_update(fisher, removed, weight, found[1]) == SKEL_OK && right;
    right = skel_fisher_diagonal(alone, expected[0]) == SKEL_OK && right;
    right = skel_fisher_update(alone, removed, weight, expected[1]) == SKEL_OK && right;
    right = right && memcmp(found, expected, sizeof found) == 0;
    ck_assert(skel_suite_all(right));
    skel_fisher_destroy(&fisher);
    skel_fisher_destroy(&alone);
    skel_comm_destroy(&self);
}
END_TEST

START_TEST(a_gradient_that_is_no_number_is_an_error_on_every_rank)
{
    static double found[WEIGHTS];
    uint8_t removed[WEIGHTS] = {0};

    removed[1] = 1;
    for (size_t sample = 0; sample < SAMPLES; sample += 4) {
        size_t at = sample * 90;
        float was = gradient[sample][at];
        skel_fisher *fisher = NULL;
        skel_status status = SKEL_OK;

        gradient[sample][at] = sample % 8 == 0 ? NAN : INFINITY;
        fisher = make(skel_suite_comm());
        gradient[sample][at] = was;
        status = skel_fisher_diagonal(fisher, found);
        ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
        ck_assert(skel_suite_all(strstr(skel_error_message(), "not finite") != NULL));
        status = skel_fisher_update(fisher, removed, weight, found);
        ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
        skel_fisher_destroy(&fisher);
    }
}
END_TEST

/* Without damping the matrix is singular; with too little, K is singular but for rounding. */
START_TEST(a_singular_matrix_is_an_error_on_every_rank)
{
    const skel_comm *comm = skel_suite_comm();
    static const float row[WEIGHTS] = {1e10F};
    static double found[WEIGHTS];
    skel_fisher *fisher = NULL;
    skel_status status = skel_fisher_create(comm, SAMPLES, BATCH, WEIGHTS, 0, &fisher);

    ck_assert(skel_suite_all(status == SKEL_ERR_CONFIG && fisher == NULL));
    ck_assert(skel_suite_all(strstr(skel_error_message(), "above 0") != NULL));
    status = skel_fisher_create(comm, (size_t)1 << 31, 1, 1, 1, &fisher);
    ck_assert(skel_suite_all(status == SKEL_ERR_CONFIG && fisher == NULL));
    ck_assert(skel_suite_all(skel_fisher_create(comm, SAMPLES, BATCH, WEIGHTS, 1e-30, &fisher) ==
                             SKEL_OK));
    for (size_t round = 0; round < skel_fisher_rounds(fisher); round++) {
        skel_fisher_add(fisher, round, row);
    }
    status = skel_fisher_diagonal(fisher, found);
    ck_assert(skel_suite_all(status == SKEL_ERR_NUMBER));
    ck_assert(skel_suite_all(strstr(skel_error_message(), "more damping helps") != NULL));
    skel_fisher_destroy(&fisher);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_unchecked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, the_diagonal_is_that_of_lapacks_inverse);
    tcase_add_test(tcase, the_diagonal_is_that_of_the_recursion_over_samples);
    tcase_add_test(tcase, the_removal_of_one_weight_is_its_closed_form);
    tcase_add_test(tcase, the_joint_removal_of_many_is_that_of_the_dense_inverse);
    tcase_add_test(tcase, bits_do_not_depend_on_the_number_of_ranks);
    tcase_add_test(tcase, a_gradient_that_is_no_number_is_an_error_on_every_rank);
    tcase_add_test(tcase, a_singular_matrix_is_an_error_on_every_rank);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "fisher", fill);
}
