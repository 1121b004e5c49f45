/** Eigenvalues of distributed symmetric matrices. */
#ifndef SKEL_EIGEN_H
#define SKEL_EIGEN_H

#include "skel/matrix.h"

/** Eigenvalues, and eigenvectors if they are wanted, of a symmetric matrix.
 *
 *  Collective. The result is checked: with vectors A Z = Z diag(values) and Z' Z = 1 must hold up
 *  to rounding, without them the sums of the values and of their squares must be those of the
 *  matrix. ScaLAPACK's divide and conquer comes first; if its result fails the check, the QR
 *  iteration is asked. A matrix of one block is solved by LAPACK on every rank.
 *  @param matrix   above and below the diagonal; not changed
 *  @param values   [rows] out: ascending, the same bits on every rank
 *  @param vectors  out: column k belongs to values[k]; of the matrix's grid and size; NULL if not
 *                  wanted
 *  Errors: SKEL_ERR_NUMBER if the matrix has an element that is not finite; SKEL_ERR_CONFIG as
 *          skel_eigen_check(), if vectors are wanted; SKEL_ERR_INTERNAL if neither solver passes
 *          the check; SKEL_ERR_MEMORY. Agreed on.
 *  Source: of the doubt in divide and conquer, Reference-ScaLAPACK issue 74.
 */
SKEL_CHECKED skel_status skel_eigen_symmetric(const skel_matrix *matrix, double values[],
                                              skel_matrix *vectors);

/** Whether ScaLAPACK can compute the eigenvectors of a matrix of so many rows on a grid.
 *
 *  Local.
 *  Errors: SKEL_ERR_CONFIG if its workspace has more elements than a 32-bit index counts.
 */
SKEL_CHECKED skel_status skel_eigen_check(size_t rows, int grid_rows, int grid_columns);

/** Bytes that skel_eigen_symmetric() takes on the rank that needs most, besides matrix and vectors.
 *
 *  Local.
 */
size_t skel_eigen_bytes(size_t rows, bool vectors, int grid_rows, int grid_columns);

#endif
