/** The routines of ScaLAPACK, BLACS, BLAS and LAPACK that this room calls. Their packages have no
 *  headers for C.
 *
 *  Fortran takes every argument by address, stores matrices by columns, and counts rows and
 *  columns from 1. The length of a text argument follows the other arguments; these libraries read
 *  one character and never the length, so it is left out.
 */
#ifndef SKEL_LINALG_SCALAPACK_H
#define SKEL_LINALG_SCALAPACK_H

#include "skel/status.h"

enum {
    SKEL_DESCRIPTOR = 9 /**< integers that describe a distributed matrix to ScaLAPACK */
};

/* A build without ScaLAPACK has functions of the same names, which no program reaches:
 * skel_grid_create() refuses to make a grid. */
#ifdef SKEL_SCALAPACK
#define SKEL_ROUTINE(type, name, arguments) type name arguments;
#else
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define SKEL_ROUTINE(type, name, arguments)                                                        \
    static inline type name arguments                                                              \
    {                                                                                              \
        SKEL_ASSERT(!"built without ScaLAPACK");                                                   \
    }
#endif

/* Process grids. */
SKEL_ROUTINE(int, Csys2blacs_handle, (void *mpi_comm))
SKEL_ROUTINE(void, Cfree_blacs_system_handle, (int handle))
SKEL_ROUTINE(void, Cblacs_gridinit, (int *context, const char *order, int rows, int columns))
SKEL_ROUTINE(void, Cblacs_gridinfo, (int context, int *rows, int *columns, int *row, int *column))
SKEL_ROUTINE(void, Cblacs_gridexit, (int context))

/* Distributed matrices. */
SKEL_ROUTINE(void, pdgemm_,
             (const char *transa, const char *transb, const int *m, const int *n, const int *k,
              const double *alpha, const double *a, const int *ia, const int *ja, const int *desca,
              const double *b, const int *ib, const int *jb, const int *descb, const double *beta,
              double *c, const int *ic, const int *jc, const int *descc))
SKEL_ROUTINE(void, pdsyrk_,
             (const char *uplo, const char *trans, const int *n, const int *k, const double *alpha,
              const double *a, const int *ia, const int *ja, const int *desca, const double *beta,
              double *c, const int *ic, const int *jc, const int *descc))
SKEL_ROUTINE(void, pdtran_,
             (const int *m, const int *n, const double *alpha, const double *a, const int *ia,
              const int *ja, const int *desca, const double *beta, double *c, const int *ic,
              const int *jc, const int *descc))

/* Cholesky factors. */
SKEL_ROUTINE(void, pdpotrf_,
             (const char *uplo, const int *n, double *a, const int *ia, const int *ja,
              const int *desca, int *info))
SKEL_ROUTINE(void, pdpotri_,
             (const char *uplo, const int *n, double *a, const int *ia, const int *ja,
              const int *desca, int *info))
SKEL_ROUTINE(void, pdtrsm_,
             (const char *side, const char *uplo, const char *trans, const char *diag, const int *m,
              const int *n, const double *alpha, const double *a, const int *ia, const int *ja,
              const int *desca, double *b, const int *ib, const int *jb, const int *descb))
SKEL_ROUTINE(void, pdtrmv_,
             (const char *uplo, const char *trans, const char *diag, const int *n, const double *a,
              const int *ia, const int *ja, const int *desca, double *x, const int *ix,
              const int *jx, const int *descx, const int *incx))
SKEL_ROUTINE(void, pdsymv_,
             (const char *uplo, const int *n, const double *alpha, const double *a, const int *ia,
              const int *ja, const int *desca, const double *x, const int *ix, const int *jx,
              const int *descx, const int *incx, const double *beta, double *y, const int *iy,
              const int *jy, const int *descy, const int *incy))

/* QR factors. */
SKEL_ROUTINE(void, pdgeqrf_,
             (const int *m, const int *n, double *a, const int *ia, const int *ja, const int *desca,
              double *tau, double *work, const int *lwork, int *info))
SKEL_ROUTINE(void, pdorgqr_,
             (const int *m, const int *n, const int *k, double *a, const int *ia, const int *ja,
              const int *desca, const double *tau, double *work, const int *lwork, int *info))

/* Eigenvalues and singular values. */
SKEL_ROUTINE(void, pdsyev_,
             (const char *jobz, const char *uplo, const int *n, double *a, const int *ia,
              const int *ja, const int *desca, double *w, double *z, const int *iz, const int *jz,
              const int *descz, double *work, const int *lwork, int *info))
SKEL_ROUTINE(void, pdsyevd_,
             (const char *jobz, const char *uplo, const int *n, double *a, const int *ia,
              const int *ja, const int *desca, double *w, double *z, const int *iz, const int *jz,
              const int *descz, double *work, const int *lwork, int *iwork, const int *liwork,
              int *info))
SKEL_ROUTINE(void, pdgesvd_,
             (const char *jobu, const char *jobvt, const int *m, const int *n, double *a,
              const int *ia, const int *ja, const int *desca, double *s, double *u, const int *iu,
              const int *ju, const int *descu, double *vt, const int *ivt, const int *jvt,
              const int *descvt, double *work, const int *lwork, int *info))

/* On one process. */
SKEL_ROUTINE(void, dsyrk_,
             (const char *uplo, const char *trans, const int *n, const int *k, const double *alpha,
              const double *a, const int *lda, const double *beta, double *c, const int *ldc))
SKEL_ROUTINE(void, dsyev_,
             (const char *jobz, const char *uplo, const int *n, double *a, const int *lda,
              double *w, double *work, const int *lwork, int *info))
SKEL_ROUTINE(void, dgesvd_,
             (const char *jobu, const char *jobvt, const int *m, const int *n, double *a,
              const int *lda, double *s, double *u, const int *ldu, double *vt, const int *ldvt,
              double *work, const int *lwork, int *info))

#endif
