/* Eigenvalues and singular values on every grid of the ranks, against LAPACK and closed forms. */
#include "matrices.h"
#include "suite.h"

#include "skel/eigen.h"
#include "skel/memory.h"
#include "skel/singular.h"

#include <math.h>
#include <string.h>

/* LAPACK, on one process. */
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
            double *work, const int *lwork, int *info);
void dgesvd_(const char *jobu, const char *jobvt, const int *m, const int *n, double *a,
             const int *lda, double *s, double *u, const int *ldu, double *vt, const int *ldvt,
             double *work, const int *lwork, int *info);

static const double pi = 3.14159265358979323846;

/* Below, at and above one block, and several blocks. */
static const size_t sizes[] = {1, 2, 63, 64, 65, 128, 150};
enum { SIZES = sizeof sizes / sizeof *sizes };

static double symmetric(void *context, size_t row, size_t column)
{
    return matrices_noise(context, row, column) + matrices_noise(context, column, row);
}

/* Rectangular, with singular values 1, 2, ... */
static double ladder(void *context, size_t row, size_t column)
{
    (void)context;
    return row == column ? (double)row + 1 : 0;
}

/* Values and vectors of one matrix. */
static void check_eigen(const skel_grid *grid, size_t n, skel_matrix_fn fn)
{
    skel_matrix *a = matrices_make(grid, n, n, fn);
    skel_matrix *z = matrices_make(grid, n, n, NULL);
    double *whole = matrices_whole(a);
    double *lapack = matrices_whole(a);
    double *vectors = NULL;
    double values[150];
    double alone[150];
    double expected[150];
    double work[34 * 150];
    double scale = fmax(skel_matrix_norm(a), 1e-300);
    int order = (int)n;
    int length = sizeof work / sizeof *work;
    int info = 0;
    bool right = true;

    dsyev_("N", "L", &order, lapack, &order, expected, work, &length, &info);
    ck_assert(skel_suite_all(info == 0));
    ck_assert(skel_suite_all(skel_eigen_symmetric(a, values, z) == SKEL_OK));
    ck_assert(skel_suite_all(skel_eigen_symmetric(a, alone, NULL) == SKEL_OK));
    vectors = matrices_whole(z);
    for (size_t k = 0; k < n; k++) {
        right = right && matrices_close(values[k], expected[k], scale);
        right = right && matrices_close(alone[k], expected[k], scale);
        for (size_t i = 0; i < n; i++) {
            double sum = 0;

            for (size_t j = 0; j < n; j++) {
                sum += whole[j * n + i] * vectors[k * n + j];
            }
            right = right && matrices_close(sum, values[k] * vectors[k * n + i], scale);
        }
    }
    ck_assert(skel_suite_all(right));
    SKEL_FREE(&whole);
    SKEL_FREE(&lapack);
    SKEL_FREE(&vectors);
    skel_matrix_destroy(&a);
    skel_matrix_destroy(&z);
}

static void eigen_of_all_sizes(const skel_grid *grid)
{
    for (size_t s = 0; s < SIZES; s++) {
        check_eigen(grid, sizes[s], symmetric);
    }
    check_eigen(grid, 150, matrices_ones);
    check_eigen(grid, 150, ladder);
    check_eigen(grid, 150, matrices_zeros);
    check_eigen(grid, 2, matrices_zeros);
}

START_TEST(eigenvalues_are_those_of_lapack_and_vectors_solve_the_equation)
{
    matrices_on_each_grid(eigen_of_all_sizes);
}
END_TEST

static void known_eigenvalues(const skel_grid *grid)
{
    skel_matrix *a = matrices_make(grid, 150, 150, matrices_differences);
    double values[150];
    bool right = skel_eigen_symmetric(a, values, NULL) == SKEL_OK;

    for (int k = 1; k <= 150; k++) {
        right = right && matrices_close(values[k - 1], 2 - 2 * cos(k * pi / 151), 4);
    }
    ck_assert(skel_suite_all(right));
    skel_matrix_destroy(&a);
}

START_TEST(eigenvalues_of_second_differences_are_known)
{
    matrices_on_each_grid(known_eigenvalues);
}
END_TEST

static void check_singular(const skel_grid *grid, size_t rows, size_t columns, skel_matrix_fn fn,
                           skel_status (*solve)(const skel_matrix *, double[]))
{
    skel_matrix *a = matrices_make(grid, rows, columns, fn);
    size_t count = rows < columns ? rows : columns;
    int m = (int)rows;
    int n = (int)columns;
    int info = 0;
    int one = 1;
    int length = 65536;
    double none = 0;
    double values[300];
    double expected[300];
    double *whole = matrices_whole(a);
    double *work = NULL;
    double scale = fmax(skel_matrix_norm(a), 1e-300);
    bool right = true;

    ck_assert_ok(SKEL_ALLOC((size_t)length, sizeof *work, &work));
    dgesvd_("N", "N", &m, &n, whole, &m, expected, &none, &one, &none, &one, work, &length, &info);
    ck_assert(skel_suite_all(info == 0));
    ck_assert(skel_suite_all(solve(a, values) == SKEL_OK));
    for (size_t k = 0; k < count; k++) {
        right = right && matrices_close(values[k], expected[k], scale);
    }
    ck_assert(skel_suite_all(right));
    SKEL_FREE(&work);
    SKEL_FREE(&whole);
    skel_matrix_destroy(&a);
}

static void singular_of_all_shapes(const skel_grid *grid)
{
    check_singular(grid, 1, 1, matrices_noise, skel_singular_values);
    check_singular(grid, 1, 2, matrices_noise, skel_singular_values);
    check_singular(grid, 2, 1, matrices_zeros, skel_singular_values);
    check_singular(grid, 1, 200, matrices_noise, skel_singular_values);
    check_singular(grid, 2, 3, matrices_zeros, skel_singular_values);
    check_singular(grid, 150, 65, matrices_noise, skel_singular_values);
    check_singular(grid, 64, 150, ladder, skel_singular_values);
    check_singular(grid, 260, 300, matrices_noise,
                   skel_singular_values); /* beyond what a rank does alone */
    check_singular(grid, 300, 256, ladder, skel_singular_values);
    check_singular(grid, 300, 256, matrices_ones, skel_singular_values);
    check_singular(grid, 70, 90, matrices_noise, skel_singular_by_eigen);
    check_singular(grid, 90, 70, matrices_ones, skel_singular_by_eigen);
}

START_TEST(singular_values_are_those_of_lapack)
{
    matrices_on_each_grid(singular_of_all_shapes);
}
END_TEST

/* pdsyevd counts two copies of a rank's part of the vectors, and is given twice as much. */
START_TEST(eigenvectors_whose_workspace_32_bits_cannot_count_are_refused)
{
    ck_assert(skel_eigen_check(23000, 1, 1) == SKEL_OK);
    ck_assert(skel_eigen_check(23200, 1, 1) == SKEL_ERR_CONFIG);
    ck_assert(strstr(skel_error_message(), "use more ranks") != NULL);
    ck_assert(skel_eigen_check(23200, 1, 2) == SKEL_OK);
    ck_assert(skel_eigen_check(100000, 32, 32) == SKEL_OK);
    ck_assert(skel_eigen_check(100000, 4, 4) == SKEL_ERR_CONFIG);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, eigenvalues_are_those_of_lapack_and_vectors_solve_the_equation);
    tcase_add_test(tcase, eigenvalues_of_second_differences_are_known);
    tcase_add_test(tcase, singular_values_are_those_of_lapack);
    tcase_add_test(tcase, eigenvectors_whose_workspace_32_bits_cannot_count_are_refused);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "eigen", fill);
}
