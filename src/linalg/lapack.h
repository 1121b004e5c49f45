/** The routines of BLAS and LAPACK that run on one process, and their threads. */
#ifndef SKEL_LINALG_LAPACK_H
#define SKEL_LINALG_LAPACK_H

#include "scalapack.h"

SKEL_ROUTINE(void, dgemm_,
             (const char *transa, const char *transb, const int *m, const int *n, const int *k,
              const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
              const double *beta, double *c, const int *ldc))
SKEL_ROUTINE(void, dtrsm_,
             (const char *side, const char *uplo, const char *trans, const char *diag, const int *m,
              const int *n, const double *alpha, const double *a, const int *lda, double *b,
              const int *ldb))
SKEL_ROUTINE(void, dpotrf_, (const char *uplo, const int *n, double *a, const int *lda, int *info))
SKEL_ROUTINE(void, dpotri_, (const char *uplo, const int *n, double *a, const int *lda, int *info))
SKEL_ROUTINE(void, dgeqrf_,
             (const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
              const int *lwork, int *info))
SKEL_ROUTINE(void, dorgqr_,
             (const int *m, const int *n, const int *k, double *a, const int *lda,
              const double *tau, double *work, const int *lwork, int *info))
SKEL_ROUTINE(void, dgeqrt_,
             (const int *m, const int *n, const int *nb, double *a, const int *lda, double *t,
              const int *ldt, double *work, int *info))
SKEL_ROUTINE(void, dgemqrt_,
             (const char *side, const char *trans, const int *m, const int *n, const int *k,
              const int *nb, const double *v, const int *ldv, const double *t, const int *ldt,
              double *c, const int *ldc, double *work, int *info))

/** Lets the BLAS use one thread: with more, the order of sums may depend on their number.
 *
 *  Local. Has an effect on OpenBLAS alone, which is the BLAS that has threads here.
 */
void skel_lapack_one_thread(void);

#endif
