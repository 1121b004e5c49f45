/* Cholesky factors. */
#include "lapack.h"
#include "matrix_impl.h"

#include "skel/cholesky.h"

#include <float.h>
#include <math.h>

static const int one = 1; /* Fortran's first row and column */
static const double alpha = 1;
static const double zero = 0;

/* Element of a vector of signs that follows no pattern of a matrix. */
static double sign(void *context, size_t row, size_t column)
{
    (void)context;
    (void)column;
    return __builtin_parityll((row + 1) * UINT64_C(0x9E3779B97F4A7C15)) != 0 ? 1 : -1;
}

/* A factor's rounding errors: LAPACK's bound is (n + 1) eps |L| |L'|, and |L|^2 is the trace. */
static skel_status compare(const skel_matrix *matrix, const skel_matrix *product,
                           skel_matrix *expected, double norm, const char *what)
{
    double size = (double)matrix->rows;
    double bound = 8 * (size + 1) * DBL_EPSILON * norm * sqrt(size);
    double error = 0;

    for (int i = 0; i < product->local_rows * product->local_columns; i++) {
        expected->data[i] -= product->data[i];
    }
    error = skel_matrix_norm(expected);
    if (!(error <= bound)) {
        return SKEL_FAIL(SKEL_ERR_INTERNAL,
                         "%s: ScaLAPACK's Cholesky factor is wrong: times a vector of signs it is "
                         "%g off, and rounding explains %g",
                         what, error, bound);
    }
    return SKEL_OK;
}

static skel_status factor(skel_matrix *matrix, const char *what)
{
    int info = 0;

    if (matrix->grid->rows * matrix->grid->columns == 1) {
        dpotrf_("L", &matrix->rows, matrix->data, &matrix->rows, &info);
    } else {
        pdpotrf_("L", &matrix->rows, matrix->data, &one, &one, matrix->descriptor, &info);
    }
    if (info > 0) {
        return SKEL_FAIL(SKEL_ERR_NUMBER,
                         "%s: not positive definite: its first %d rows and columns are singular or "
                         "have a negative eigenvalue; more damping helps",
                         what, info);
    }
    SKEL_ASSERT(info == 0);
    return SKEL_OK;
}

skel_status skel_cholesky_factor(skel_matrix *matrix, const char *what)
{
    const skel_comm *comm = matrix->grid->comm;
    size_t rows = (size_t)matrix->rows;
    skel_matrix *signs = NULL;
    skel_matrix *expected = NULL;
    double norm = skel_matrix_norm(matrix);
    skel_status status = SKEL_OK;

    SKEL_ASSERT(matrix->rows == matrix->columns);
    if (!isfinite(norm)) {
        return SKEL_FAIL(SKEL_ERR_NUMBER, "%s: an element is not finite", what);
    }
    SKEL_TRY(skel_matrix_create(matrix->grid, rows, 1, &signs));
    SKEL_TRY(skel_matrix_create(matrix->grid, rows, 1, &expected));
    skel_matrix_fill(signs, sign, NULL);
    pdsymv_("L", &matrix->rows, &alpha, matrix->data, &one, &one, matrix->descriptor, signs->data,
            &one, &one, signs->descriptor, &one, &zero, expected->data, &one, &one,
            expected->descriptor, &one);
    SKEL_TRY(skel_comm_agree(comm, factor(matrix, what)));
    pdtrmv_("L", "T", "N", &matrix->rows, matrix->data, &one, &one, matrix->descriptor, signs->data,
            &one, &one, signs->descriptor, &one);
    pdtrmv_("L", "N", "N", &matrix->rows, matrix->data, &one, &one, matrix->descriptor, signs->data,
            &one, &one, signs->descriptor, &one);
    status = skel_comm_agree(comm, compare(matrix, signs, expected, norm, what));
done:
    skel_matrix_destroy(&signs);
    skel_matrix_destroy(&expected);
    return status;
}

static void solve(const char *form, const skel_matrix *factor, skel_matrix *b)
{
    SKEL_ASSERT(factor->rows == b->rows);
    pdtrsm_("L", "L", form, "N", &b->rows, &b->columns, &alpha, factor->data, &one, &one,
            factor->descriptor, b->data, &one, &one, b->descriptor);
}

void skel_cholesky_forward(const skel_matrix *factor, skel_matrix *b)
{
    solve("N", factor, b);
}

void skel_cholesky_backward(const skel_matrix *factor, skel_matrix *b)
{
    solve("T", factor, b);
}

skel_status skel_cholesky_invert(skel_matrix *factor)
{
    const skel_comm *comm = factor->grid->comm;
    int info = 0;
    skel_status status = SKEL_OK;

    pdpotri_("L", &factor->rows, factor->data, &one, &one, factor->descriptor, &info);
    SKEL_ASSERT(info >= 0);
    if (info > 0) {
        status = SKEL_FAIL(SKEL_ERR_NUMBER,
                           "inverse of a matrix: element %d of its Cholesky "
                           "factor's diagonal is 0",
                           info);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_matrix_mirror(factor);
done:
    return status;
}
