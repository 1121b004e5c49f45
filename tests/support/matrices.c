/* Matrices for the tests of distributed ones. */
#include "matrices.h"

#include "suite.h"

#include "skel/memory.h"

#include <math.h>
#include <stdint.h>

/* Calls a test on each grid that the ranks can form. */
void matrices_on_each_grid(void (*test)(const skel_grid *grid))
{
    const skel_comm *comm = skel_suite_comm();

    for (int rows = 1; rows <= skel_comm_size(comm); rows++) {
        skel_grid *grid = NULL;

        if (skel_comm_size(comm) % rows == 0) {
            ck_assert(skel_suite_all(
                skel_grid_create(comm, rows, skel_comm_size(comm) / rows, &grid) == SKEL_OK));
            test(grid);
            skel_grid_destroy(&grid);
        }
    }
}

skel_matrix *matrices_make(const skel_grid *grid, size_t rows, size_t columns, skel_matrix_fn fn)
{
    skel_matrix *matrix = NULL;

    ck_assert(skel_suite_all(skel_matrix_create(grid, rows, columns, &matrix) == SKEL_OK));
    if (fn != NULL) {
        skel_matrix_fill(matrix, fn, &rows);
    }
    return matrix;
}

/* The whole matrix, column after column. Owned. */
double *matrices_whole(const skel_matrix *matrix)
{
    double *whole = NULL;

    ck_assert_ok(
        SKEL_ALLOC(skel_matrix_rows(matrix) * skel_matrix_columns(matrix), sizeof *whole, &whole));
    skel_matrix_gather(matrix, whole);
    return whole;
}

double matrices_noise(void *context, size_t row, size_t column)
{
    uint64_t bits = (uint64_t)row * UINT64_C(0x9E3779B97F4A7C15) ^
                    (uint64_t)(column + 1) * UINT64_C(0xD1B54A32D192ED03);

    (void)context;
    bits = (bits ^ bits >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ bits >> 32) * UINT64_C(0x94D049BB133111EB);
    return (double)(bits >> 11) / (double)(UINT64_C(1) << 52) - 1;
}

/* Second matrices_differences: eigenvalues 2 - 2 cos(k pi / (n + 1)), k = 1 ... n. */
double matrices_differences(void *context, size_t row, size_t column)
{
    size_t distance = row < column ? column - row : row - column;

    (void)context;
    return distance == 0 ? 2 : distance == 1 ? -1 : 0;
}

double matrices_ones(void *context, size_t row, size_t column)
{
    (void)context;
    (void)row;
    (void)column;
    return 1;
}

double matrices_zeros(void *context, size_t row, size_t column)
{
    (void)context;
    (void)row;
    (void)column;
    return 0;
}

double matrices_broken(void *context, size_t row, size_t column)
{
    const size_t *rows = context;

    return row == *rows - 1 && column == 0 ? (double)NAN : 1;
}

bool matrices_close(double a, double b, double scale)
{
    return fabs(a - b) <= 1e-10 * scale;
}
