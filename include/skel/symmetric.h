/** Products G G' and Cholesky factors by one library call each: what `skel bench` times.
 *
 *  The functions on one process are the scale for those on all ranks. Other rooms use gram.h and
 *  cholesky.h, which bound their memory and check their results.
 */
#ifndef SKEL_SYMMETRIC_H
#define SKEL_SYMMETRIC_H

#include "skel/matrix.h"

/** k = g g', below the diagonal and on it, by ScaLAPACK's pdsyrk.
 *
 *  Collective. The other elements of `k` keep their values.
 *  @param g  [rows][columns]
 *  @param k  [rows][rows], of the same grid
 */
void skel_symmetric_update(const skel_matrix *g, skel_matrix *k);

/** k = g g', below the diagonal and on it, by dsyrk of the BLAS on this process alone.
 *
 *  Local. The BLAS uses one thread. The other elements of `k` keep their values.
 *  @param g  [columns][rows]: column after column
 *  @param k  [rows][rows]
 */
void skel_symmetric_update_here(size_t rows, size_t columns, const double g[], double k[]);

/** Puts the Cholesky factor L in the place of a matrix, below the diagonal and on it, by LAPACK's
 *  dpotrf on this process alone.
 *
 *  Local. The BLAS uses one thread.
 *  @param a  [rows][rows] in, the elements below the diagonal and on it; out, those of L
 *  Errors: SKEL_ERR_NUMBER if the matrix is not positive definite.
 */
SKEL_CHECKED skel_status skel_symmetric_factor_here(size_t rows, double a[]);

#endif
