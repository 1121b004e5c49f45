/* Orthonormal bases over the ranks: against LAPACK, ScaLAPACK and the Gram-Schmidt process, and the
 * same bits on any number of ranks. */
#include "matrices.h"
#include "suite.h"

#include "run/basis.h"

#include "skel/memory.h"
#include "skel/orthonormal.h"
#include "skel/qr.h"
#include "skel/qr_library.h"
#include "skel/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NB = SKEL_QR_BLOCK, NB3 = 3 * NB, NB5 = 5 * NB };

/* Vectors and their elements: below, at and above one block, several blocks, and square. */
static const size_t sizes[][2] = {{1, 1},           {1, 5},     {2, 2},        {2, 9},
                                  {NB - 1, NB - 1}, {NB, NB},   {NB, NB3 + 5}, {NB + 1, NB + 1},
                                  {NB + 1, 200},    {NB3, NB3}, {NB5 + 7, 300}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static const double close_enough = 1e-10; /* relative to vectors of norm 1 */

static double *draw(size_t count, size_t length)
{
    skel_stream stream = skel_stream_open(3, SKEL_PURPOSE_TEST, (uint32_t)count, (uint32_t)length);
    double *vectors = NULL;

    ck_assert_ok(SKEL_ALLOC(count * length, sizeof *vectors, &vectors));
    for (size_t i = 0; i < count * length; i++) {
        vectors[i] = skel_stream_normal(&stream);
    }
    return vectors;
}

static double dot(size_t length, const double a[], const double b[])
{
    double sum = 0;

    for (size_t i = 0; i < length; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Turns each vector so that its product with the original, R's diagonal, is positive. */
static void turn(size_t count, size_t length, const double original[], double vectors[])
{
    for (size_t j = 0; j < count; j++) {
        double *vector = vectors + j * length;
        double sign = dot(length, original + j * length, vector) < 0 ? -1 : 1;

        for (size_t i = 0; i < length; i++) {
            vector[i] *= sign;
        }
    }
}

static bool all_close(size_t count, const double a[], const double b[])
{
    bool right = true;

    for (size_t i = 0; i < count; i++) {
        right = right && fabs(a[i] - b[i]) <= close_enough;
    }
    return right;
}

START_TEST(vectors_are_orthonormal_and_span_in_turn_what_the_original_ones_span)
{
    for (size_t s = 0; s < SIZES; s++) {
        size_t count = sizes[s][0];
        size_t length = sizes[s][1];
        double *original = draw(count, length);
        double *q = draw(count, length);
        bool right = skel_qr_orthonormalise(skel_suite_comm(), count, length, q) == SKEL_OK;

        for (size_t i = 0; right && i < count; i++) {
            double rest = dot(length, original + i * length, original + i * length);

            for (size_t j = 0; j < count; j++) {
                double product = dot(length, q + i * length, q + j * length);

                right = right && fabs(product - (i == j ? 1 : 0)) <= close_enough;
            }
            /* a vector is a sum of the basis up to its own place, which has a positive share */
            for (size_t j = 0; j <= i; j++) {
                double share = dot(length, original + i * length, q + j * length);

                rest -= share * share;
                right = right && (j < i || share > 0);
            }
            right = right && fabs(rest) <= close_enough * (double)length;
        }
        ck_assert(skel_suite_all(right));
        SKEL_FREE(&original);
        SKEL_FREE(&q);
    }
}
END_TEST

START_TEST(the_basis_is_that_of_lapack_and_of_gram_and_schmidt)
{
    for (size_t s = 0; s < SIZES; s++) {
        size_t count = sizes[s][0];
        size_t length = sizes[s][1];
        double *original = draw(count, length);
        double *q = draw(count, length);
        double *lapack = draw(count, length);
        double *schmidt = draw(count, length);
        bool right = skel_qr_orthonormalise(skel_suite_comm(), count, length, q) == SKEL_OK;

        right = right && skel_qr_library_here(count, length, lapack) == SKEL_OK;
        turn(count, length, original, lapack);
        skel_orthonormal_here(count, length, schmidt);
        right = right && all_close(count * length, q, lapack);
        right = right && all_close(count * length, q, schmidt);
        ck_assert(skel_suite_all(right));
        SKEL_FREE(&original);
        SKEL_FREE(&q);
        SKEL_FREE(&lapack);
        SKEL_FREE(&schmidt);
    }
}
END_TEST

typedef struct columns {
    size_t length;
    const double *of;
} columns;

static double element(void *context, size_t row, size_t column)
{
    const columns *whole = context;

    return whole->of[column * whole->length + row];
}

static void as_scalapack(const skel_grid *grid)
{
    for (size_t s = 0; s < SIZES; s++) {
        size_t count = sizes[s][0];
        size_t length = sizes[s][1];
        double *original = draw(count, length);
        double *q = draw(count, length);
        columns whole = {length, original};
        skel_matrix *matrix = NULL;
        double *gathered = NULL;
        bool right = skel_qr_orthonormalise(skel_suite_comm(), count, length, q) == SKEL_OK;

        right = right && skel_matrix_create(grid, length, count, &matrix) == SKEL_OK;
        ck_assert(skel_suite_all(right));
        skel_matrix_fill(matrix, element, &whole);
        ck_assert(skel_suite_all(skel_qr_library(matrix) == SKEL_OK));
        gathered = matrices_whole(matrix);
        turn(count, length, original, gathered);
        ck_assert(skel_suite_all(all_close(count * length, q, gathered)));
        SKEL_FREE(&original);
        SKEL_FREE(&q);
        SKEL_FREE(&gathered);
        skel_matrix_destroy(&matrix);
    }
}

START_TEST(the_basis_is_that_of_scalapack_on_every_grid)
{
    matrices_on_each_grid(as_scalapack);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_ranks)
{
    skel_comm *self = NULL;

    ck_assert_ok(skel_comm_create_self(&self));
    for (size_t s = 0; s < SIZES; s++) {
        size_t count = sizes[s][0];
        size_t length = sizes[s][1];
        double *together = draw(count, length);
        double *alone = draw(count, length);
        bool right = skel_qr_orthonormalise(skel_suite_comm(), count, length, together) == SKEL_OK;

        right = skel_qr_orthonormalise(self, count, length, alone) == SKEL_OK && right;
        right = right && memcmp(together, alone, count * length * sizeof *alone) == 0;
        ck_assert(skel_suite_all(right));
        SKEL_FREE(&together);
        SKEL_FREE(&alone);
    }
    skel_comm_destroy(&self);
}
END_TEST

START_TEST(vectors_that_depend_on_each_other_give_an_orthonormal_basis_too)
{
    size_t count = NB + 3;
    size_t length = 150;
    double *q = draw(count, length);
    bool right = true;

    memcpy(q + 2 * length, q, length * sizeof *q);           /* twice the same vector */
    memset(q + (count - 1) * length, 0, length * sizeof *q); /* and one of zeros */
    right = skel_qr_orthonormalise(skel_suite_comm(), count, length, q) == SKEL_OK;
    for (size_t i = 0; right && i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            double product = dot(length, q + i * length, q + j * length);

            right = right && fabs(product - (i == j ? 1 : 0)) <= close_enough;
        }
    }
    ck_assert(skel_suite_all(right));
    SKEL_FREE(&q);
}
END_TEST

/* On one rank in turn, and last on all of them. */
START_TEST(an_element_that_is_no_number_on_any_rank_is_an_error_on_every_rank)
{
    static const double broken[] = {(double)NAN, (double)INFINITY, 1e200};
    int size = skel_comm_size(skel_suite_comm());

    for (size_t k = 0; k < 3; k++) {
        for (int failing = 0; failing <= size; failing++) {
            double *q = draw(NB + 1, 70);

            if (failing == size || failing == skel_comm_rank(skel_suite_comm())) {
                q[NB * 70 + 3] = broken[k];
            }
            ck_assert(skel_suite_all(skel_qr_orthonormalise(skel_suite_comm(), NB + 1, 70, q) ==
                                     SKEL_ERR_NUMBER));
            ck_assert(skel_suite_all(strstr(skel_error_message(), "not finite") != NULL));
            SKEL_FREE(&q);
        }
    }
}
END_TEST

/* Of vectors that each rank makes orthonormal alone, and of more that all make together. */
START_TEST(vectors_that_a_rank_does_not_have_are_an_error_on_every_rank)
{
    static const size_t shapes[][2] = {{2, 9}, {320, 320}};
    int size = skel_comm_size(skel_suite_comm());

    ck_assert(!skel_qr_pays(shapes[0][0], shapes[0][1]));
    ck_assert(skel_qr_pays(shapes[1][0], shapes[1][1]));
    for (size_t s = 0; s < 2; s++) {
        double *q = draw(shapes[s][0], shapes[s][1]);

        for (int failing = 0; failing < size; failing++) {
            skel_status local = failing == skel_comm_rank(skel_suite_comm())
                                    ? SKEL_FAIL(SKEL_ERR_MEMORY, "no vectors on %d", failing)
                                    : SKEL_OK;
            skel_status status =
                skel_basis_make(skel_suite_comm(), local, shapes[s][0], shapes[s][1], q);
            char words[32];

            (void)snprintf(words, sizeof words, "no vectors on %d", failing);
            ck_assert(skel_suite_all(status == SKEL_ERR_MEMORY));
            ck_assert(skel_suite_all(strstr(skel_error_message(), words) != NULL));
        }
        ck_assert(skel_suite_all(
            skel_basis_make(skel_suite_comm(), SKEL_OK, shapes[s][0], shapes[s][1], q) == SKEL_OK));
        SKEL_FREE(&q);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, vectors_are_orthonormal_and_span_in_turn_what_the_original_ones_span);
    tcase_add_test(tcase, the_basis_is_that_of_lapack_and_of_gram_and_schmidt);
    tcase_add_test(tcase, the_basis_is_that_of_scalapack_on_every_grid);
    tcase_add_test(tcase, bits_do_not_depend_on_the_number_of_ranks);
    tcase_add_test(tcase, vectors_that_depend_on_each_other_give_an_orthonormal_basis_too);
    tcase_add_test(tcase, an_element_that_is_no_number_on_any_rank_is_an_error_on_every_rank);
    tcase_add_test(tcase, vectors_that_a_rank_does_not_have_are_an_error_on_every_rank);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "qr", fill);
}
