/** Cholesky factors of distributed matrices: A = L L', with L lower triangular, by ScaLAPACK's
 *  pdpotrf; on one rank by LAPACK's dpotrf, which pdpotrf would call for each block.
 *
 *  A function of this header that makes a factor checks it: it multiplies the factor with a vector
 *  of signs and compares the product with that of the matrix.
 */
#ifndef SKEL_CHOLESKY_H
#define SKEL_CHOLESKY_H

#include "skel/matrix.h"

/** Replaces a symmetric positive definite matrix by its factor.
 *
 *  Collective. The elements above the diagonal are neither read nor changed.
 *  @param what  of the matrix, for messages: "Fisher matrix of 100 samples"
 *  Errors: SKEL_ERR_NUMBER if the matrix is not positive definite, naming the first leading part
 *          that is not; SKEL_ERR_INTERNAL if the factor's product is not the matrix;
 *          SKEL_ERR_MEMORY. Agreed on. The matrix is then undefined.
 */
SKEL_CHECKED skel_status skel_cholesky_factor(skel_matrix *matrix, const char *what);

/** B = L^-1 B.
 *
 *  Collective.
 *  @param factor  of skel_cholesky_factor()
 *  @param b       [rows of the factor][any]
 */
void skel_cholesky_forward(const skel_matrix *factor, skel_matrix *b);

/** B = L'^-1 B; after skel_cholesky_forward() it is A^-1 B.
 *
 *  Collective. As skel_cholesky_forward().
 */
void skel_cholesky_backward(const skel_matrix *factor, skel_matrix *b);

/** Replaces a factor by the inverse of the matrix that it was made of, above the diagonal too.
 *
 *  Collective. Errors: SKEL_ERR_NUMBER if the factor is singular; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_cholesky_invert(skel_matrix *factor);

#endif
