/* Spectra of matrices: the share of a target in the leading eigenvectors, also where eigenvalues
 * are 0 and their vectors any. */
#include "matrices.h"
#include "suite.h"

#include "skel/spectrum.h"

#include <math.h>

enum { ROWS = 70 /* more than one block */ };

/* A direction that no coordinate is left out of. */
static double direction(size_t row)
{
    return 1 + (double)(row % 7);
}

static double outer_product(void *context, size_t row, size_t column)
{
    (void)context;
    return direction(row) * direction(column);
}

static double diagonal(void *context, size_t row, size_t column)
{
    (void)context;
    return row == column ? (double)(ROWS - row) : 0;
}

static void fill_target(double target[ROWS])
{
    for (size_t i = 0; i < ROWS; i++) {
        target[i] = (double)(i % 3) - 0.5;
    }
}

/* The spectrum of a matrix on the grid of all ranks; whether all ranks have it. */
static bool spectrum_of(skel_matrix_fn fn, const double target[], skel_spectrum *out)
{
    skel_grid *grid = NULL;
    skel_matrix *matrix = NULL;
    bool right = skel_grid_create(skel_suite_comm(), 0, 0, &grid) == SKEL_OK;

    matrix = matrices_make(grid, ROWS, ROWS, fn);
    right = right && skel_spectrum_of_matrix(grid, matrix, target, out) == SKEL_OK;
    skel_matrix_destroy(&matrix);
    skel_grid_destroy(&grid);
    return skel_suite_all(right);
}

START_TEST(vectors_of_values_that_are_zero_have_no_share)
{
    double target[ROWS];
    double squares[2] = {0};
    double product = 0;
    skel_spectrum one = {0};
    skel_spectrum none = {0};
    bool right = true;

    fill_target(target);
    ck_assert(spectrum_of(outer_product, target, &one));
    ck_assert(spectrum_of(matrices_zeros, target, &none));
    for (size_t i = 0; i < ROWS; i++) {
        squares[0] += direction(i) * direction(i);
        squares[1] += target[i] * target[i];
        product += direction(i) * target[i];
    }
    for (size_t k = 0; k < ROWS; k++) {
        double share = product * product / squares[0] / squares[1];

        right = right && fabs(one.alignment[k] - share) < 1e-10 && none.alignment[k] == 0;
    }
    ck_assert(skel_suite_all(right && one.rank == 1 && none.rank == 0));
    skel_spectrum_clear(&one);
    skel_spectrum_clear(&none);
}
END_TEST

/* The k-th vector is the k-th coordinate. */
START_TEST(shares_of_a_matrix_without_zeros_add_up_to_one)
{
    double target[ROWS];
    double squares = 0;
    double sum = 0;
    skel_spectrum spectrum = {0};
    bool right = true;

    fill_target(target);
    ck_assert(spectrum_of(diagonal, target, &spectrum));
    for (size_t i = 0; i < ROWS; i++) {
        squares += target[i] * target[i];
    }
    for (size_t k = 0; k < ROWS; k++) {
        sum += target[k] * target[k];
        right = right && fabs(spectrum.alignment[k] - sum / squares) < 1e-10;
    }
    ck_assert(skel_suite_all(right && spectrum.rank == ROWS));
    skel_spectrum_clear(&spectrum);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, vectors_of_values_that_are_zero_have_no_share);
    tcase_add_test(tcase, shares_of_a_matrix_without_zeros_add_up_to_one);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "spectrum", fill);
}
