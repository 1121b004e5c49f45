/* Products and factors by one library call, over the ranks and on one process. */
#include "lapack.h"
#include "matrix_impl.h"

#include "skel/symmetric.h"

static const int one = 1; /* Fortran's first row and column */
static const double alpha = 1;
static const double zero = 0;

void skel_symmetric_update(const skel_matrix *g, skel_matrix *k)
{
    SKEL_ASSERT(g->grid == k->grid && k->rows == k->columns && g->rows == k->rows);
    pdsyrk_("L", "N", &g->rows, &g->columns, &alpha, g->data, &one, &one, g->descriptor, &zero,
            k->data, &one, &one, k->descriptor);
}

void skel_symmetric_update_here(size_t rows, size_t columns, const double g[], double k[])
{
    int n = (int)rows;
    int width = (int)columns;

    skel_lapack_one_thread();
    dsyrk_("L", "N", &n, &width, &alpha, g, &n, &zero, k, &n);
}

skel_status skel_symmetric_factor_here(size_t rows, double a[])
{
    int n = (int)rows;
    int info = 0;

    skel_lapack_one_thread();
    dpotrf_("L", &n, a, &n, &info);
    SKEL_ASSERT(info >= 0);
    if (info > 0) {
        return SKEL_FAIL(SKEL_ERR_NUMBER,
                         "Cholesky factor of %zu rows by LAPACK: the first %d rows and columns are "
                         "not positive definite",
                         rows, info);
    }
    return SKEL_OK;
}
