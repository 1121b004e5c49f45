/* Singular values, checked. */
#include "matrix_impl.h"

#include "skel/eigen.h"
#include "skel/memory.h"
#include "skel/singular.h"

#include <float.h>
#include <math.h>

static const int one = 1; /* Fortran's first row and column */

enum {
    ELEMENTS_HERE = 65536 /* of a matrix that every rank solves alone, by LAPACK */
};

static int smaller(const skel_matrix *matrix)
{
    return matrix->rows < matrix->columns ? matrix->rows : matrix->columns;
}

/* LAPACK on every rank. */
static skel_status solve_here(const skel_matrix *matrix, double values[])
{
    size_t count = (size_t)matrix->rows * (size_t)matrix->columns;
    int longer = matrix->rows > matrix->columns ? matrix->rows : matrix->columns;
    int length = 8 * longer + 64 * smaller(matrix);
    double *whole = NULL;
    double *work = NULL;
    double none = 0;
    int info = 0;
    skel_status status = SKEL_ALLOC(count, sizeof *whole, &whole);

    if (status == SKEL_OK) {
        status = SKEL_ALLOC((size_t)length, sizeof *work, &work);
    }
    SKEL_TRY(skel_comm_agree(matrix->grid->comm, status));
    skel_matrix_gather(matrix, whole);
    dgesvd_("N", "N", &matrix->rows, &matrix->columns, whole, &matrix->rows, values, &none, &one,
            &none, &one, work, &length, &info);
    if (info != 0) {
        status = SKEL_FAIL(SKEL_ERR_INTERNAL, "singular values: LAPACK's dgesvd: info %d", info);
    }
    status = skel_comm_agree(matrix->grid->comm, status);
done:
    SKEL_FREE(&whole);
    SKEL_FREE(&work);
    return status;
}

static skel_status solve_together(const skel_matrix *matrix, double values[])
{
    const skel_comm *comm = matrix->grid->comm;
    skel_matrix *copy = NULL;
    double *work = NULL;
    double asked = 0;
    double none = 0;
    int query = -1;
    int length = 0;
    int info = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_matrix_create(matrix->grid, (size_t)matrix->rows, (size_t)matrix->columns, &copy));
    skel_matrix_copy(matrix, copy);
    pdgesvd_("N", "N", &copy->rows, &copy->columns, copy->data, &one, &one, copy->descriptor,
             values, &none, &one, &one, copy->descriptor, &none, &one, &one, copy->descriptor,
             &asked, &query, &info);
    length = 2 * (int)fmax(asked, 0) + 4 * SKEL_MATRIX_BLOCK * SKEL_MATRIX_BLOCK;
    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC((size_t)length, sizeof *work, &work)));
    pdgesvd_("N", "N", &copy->rows, &copy->columns, copy->data, &one, &one, copy->descriptor,
             values, &none, &one, &one, copy->descriptor, &none, &one, &one, copy->descriptor, work,
             &length, &info);
    if (info != 0) {
        status =
            SKEL_FAIL(SKEL_ERR_INTERNAL, "singular values: ScaLAPACK's pdgesvd: info %d", info);
    }
    status = skel_comm_agree(comm, status);
done:
    skel_matrix_destroy(&copy);
    SKEL_FREE(&work);
    return status;
}

/* The root's values for all, and the check of their squares. */
static skel_status settle(const skel_matrix *matrix, double norm, double values[])
{
    const skel_comm *comm = matrix->grid->comm;
    size_t count = (size_t)smaller(matrix);
    double scale = norm > 0 ? norm : 1;
    double squares = 0;
    double lowest = 0;
    skel_status status = SKEL_OK;

    skel_comm_broadcast(comm, count * sizeof *values, values);
    for (size_t k = 0; k < count; k++) {
        squares += values[k] / scale * (values[k] / scale);
        lowest = fmin(lowest, values[k]);
    }
    if (!(lowest >= 0 &&
          fabs(sqrt(squares) * scale - norm) <= 8 * (double)count * DBL_EPSILON * norm)) {
        status = SKEL_FAIL(SKEL_ERR_INTERNAL,
                           "singular values of a matrix of %d rows and %d columns are wrong: the "
                           "root of the sum of their squares is %g, and its norm %g",
                           matrix->rows, matrix->columns, sqrt(squares) * scale, norm);
    }
    return skel_comm_agree(comm, status);
}

/* Element of [0 A; A' 0], of which A is held whole by every rank, column after column. */
typedef struct skel_singular_block {
    const double *whole;
    size_t rows;
} skel_singular_block;

static double block_element(void *context, size_t row, size_t column)
{
    const skel_singular_block *block = context;

    if (row < block->rows && column >= block->rows) {
        return block->whole[(column - block->rows) * block->rows + row];
    }
    if (row >= block->rows && column < block->rows) {
        return block->whole[(row - block->rows) * block->rows + column];
    }
    return 0;
}

skel_status skel_singular_by_eigen(const skel_matrix *matrix, double values[])
{
    size_t rows = (size_t)matrix->rows;
    size_t columns = (size_t)matrix->columns;
    skel_singular_block block = {.rows = rows};
    double *whole = NULL;
    double *both = NULL;
    skel_matrix *large = NULL;
    skel_status status = SKEL_ALLOC(rows * columns, sizeof *whole, &whole);

    if (status == SKEL_OK) {
        status = SKEL_ALLOC(rows + columns, sizeof *both, &both);
    }
    SKEL_TRY(skel_comm_agree(matrix->grid->comm, status));
    SKEL_ASSERT(whole != NULL && both != NULL);
    skel_matrix_gather(matrix, whole);
    block.whole = whole;
    SKEL_TRY(skel_matrix_create(matrix->grid, rows + columns, rows + columns, &large));
    skel_matrix_fill(large, block_element, &block);
    SKEL_TRY(skel_eigen_symmetric(large, both, NULL));
    for (size_t k = 0; k < (size_t)smaller(matrix); k++) {
        values[k] = fmax(both[rows + columns - 1 - k], 0);
    }
    status = settle(matrix, skel_matrix_norm(matrix), values);
done:
    skel_matrix_destroy(&large);
    SKEL_FREE(&whole);
    SKEL_FREE(&both);
    return status;
}

skel_status skel_singular_values(const skel_matrix *matrix, double values[])
{
    size_t count = (size_t)matrix->rows * (size_t)matrix->columns;
    double norm = skel_matrix_norm(matrix);
    skel_status status = SKEL_OK;

    if (!isfinite(norm)) {
        return SKEL_FAIL(SKEL_ERR_NUMBER,
                         "singular values: an element of the matrix is not finite");
    }
    if (smaller(matrix) == 1) {
        values[0] = norm;
        return SKEL_OK;
    }
    status = count <= ELEMENTS_HERE ? solve_here(matrix, values) : solve_together(matrix, values);
    if (status == SKEL_OK) {
        status = settle(matrix, norm, values);
    }
    return status == SKEL_OK ? status : skel_singular_by_eigen(matrix, values);
}
