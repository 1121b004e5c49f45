/* QR factorisations by one library call for each half. */
#include "skel/qr_library.h"

#include "lapack.h"
#include "matrix_impl.h"

#include "skel/memory.h"

static const int one = 1; /* Fortran's first row and column */
static const int ask = -1;

skel_status skel_qr_library(skel_matrix *matrix)
{
    const skel_comm *comm = matrix->grid->comm;
    double *scale = NULL;
    double *work = NULL;
    double size[2] = {0, 0};
    int length = 0;
    int info = 0;
    skel_status status =
        SKEL_ALLOC((size_t)matrix->local_columns + SKEL_MATRIX_BLOCK, sizeof(double), &scale);

    SKEL_TRY(skel_comm_agree(comm, status));
    pdgeqrf_(&matrix->rows, &matrix->columns, matrix->data, &one, &one, matrix->descriptor, scale,
             &size[0], &ask, &info);
    pdorgqr_(&matrix->rows, &matrix->columns, &matrix->columns, matrix->data, &one, &one,
             matrix->descriptor, scale, &size[1], &ask, &info);
    length = (int)(size[0] > size[1] ? size[0] : size[1]);
    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC((size_t)length, sizeof(double), &work)));
    pdgeqrf_(&matrix->rows, &matrix->columns, matrix->data, &one, &one, matrix->descriptor, scale,
             work, &length, &info);
    SKEL_ASSERT(info == 0);
    pdorgqr_(&matrix->rows, &matrix->columns, &matrix->columns, matrix->data, &one, &one,
             matrix->descriptor, scale, work, &length, &info);
    SKEL_ASSERT(info == 0);
done:
    SKEL_FREE(&scale);
    SKEL_FREE(&work);
    return status;
}

skel_status skel_qr_library_here(size_t count, size_t length, double vectors[])
{
    int rows = (int)length;
    int columns = (int)count;
    double *scale = NULL;
    double *work = NULL;
    double size[2] = {0, 0};
    int most = 0;
    int info = 0;
    skel_status status = SKEL_OK;

    skel_lapack_one_thread();
    SKEL_TRY(SKEL_ALLOC(count, sizeof(double), &scale));
    dgeqrf_(&rows, &columns, vectors, &rows, scale, &size[0], &ask, &info);
    dorgqr_(&rows, &columns, &columns, vectors, &rows, scale, &size[1], &ask, &info);
    most = (int)(size[0] > size[1] ? size[0] : size[1]);
    SKEL_TRY(SKEL_ALLOC((size_t)most, sizeof(double), &work));
    dgeqrf_(&rows, &columns, vectors, &rows, scale, work, &most, &info);
    SKEL_ASSERT(info == 0);
    dorgqr_(&rows, &columns, &columns, vectors, &rows, scale, work, &most, &info);
    SKEL_ASSERT(info == 0);
done:
    SKEL_FREE(&scale);
    SKEL_FREE(&work);
    return status;
}
