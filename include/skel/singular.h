/** Singular values of distributed matrices. */
#ifndef SKEL_SINGULAR_H
#define SKEL_SINGULAR_H

#include "skel/matrix.h"

/** Singular values of a matrix.
 *
 *  Collective. The sum of their squares is compared with that of the elements. A matrix with one
 *  row or column, and one of few elements, never reaches ScaLAPACK, whose solver can wait for ever
 *  on degenerate ones. If the check fails, the eigenvalues of [0 A; A' 0] are taken.
 *  @param values  [the smaller of rows and columns] out: descending, at least 0, the same bits on
 *                 every rank
 *  Errors: SKEL_ERR_NUMBER if an element is not finite; SKEL_ERR_INTERNAL if no solver passes the
 *          check; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_singular_values(const skel_matrix *matrix, double values[]);

/** The singular values by way of the eigenvalues of [0 A; A' 0]: slower, for when the other way
 *  fails.
 *
 *  Collective. Errors: as skel_singular_values().
 */
SKEL_CHECKED skel_status skel_singular_by_eigen(const skel_matrix *matrix, double values[]);

#endif
