/** Spectra: eigenvalues or singular values, and the numbers that sum them up. */
#ifndef SKEL_SPECTRUM_H
#define SKEL_SPECTRUM_H

#include "skel/matrix.h"

/** A spectrum. Plain data; skel_spectrum_clear() frees its arrays. */
typedef struct skel_spectrum {
    size_t count;
    double *values;        /**< [count] descending; owned */
    double trace;          /**< sum of the values */
    size_t rank;           /**< values above count * 2.2e-16 * the largest magnitude */
    double condition;      /**< the largest value over the smallest one that counts for `rank`;
                                infinite if `rank` is less than `count`, NaN if it is 0 */
    double effective_rank; /**< exp of the entropy of values / trace, from 1 to `count`; 0 if all
                                values are 0 */
    double gap;        /**< 1 - the second value / the largest, from 0 to 1; NaN for one value, or
                            if all are 0. Of a mask's singular values: how well its bipartite
                            graph expands (Hoory, Linial and Wigderson 2006) */
    double *alignment; /**< [count] share of the target's squared norm in the span of the first
                            k + 1 eigenvectors, or of all `rank` ones if these are fewer; NULL
                            without a target; owned */
} skel_spectrum;

/** Sums up values that are known.
 *
 *  Local.
 *  @param values  [count], any order; of a matrix without negative eigenvalues, so what is below 0
 *                 is rounding
 *  @param out     out; skel_spectrum_clear() it
 *  Errors: SKEL_ERR_MEMORY.
 *  Source: of the effective rank, Roy and Vetterli 2007.
 */
SKEL_CHECKED skel_status skel_spectrum_of_values(size_t count, const double values[],
                                                 skel_spectrum *out);

/** The spectrum of a symmetric matrix without negative eigenvalues.
 *
 *  Collective.
 *  @param grid    of the matrix
 *  @param target  [rows] vector whose share in the leading eigenvectors is wanted, the same on
 *                 every rank; NULL: none
 *  @param out     out, the same on every rank; skel_spectrum_clear() it
 *  Errors: as skel_eigen_symmetric().
 */
SKEL_CHECKED skel_status skel_spectrum_of_matrix(const skel_grid *grid, const skel_matrix *matrix,
                                                 const double target[], skel_spectrum *out);

/** Frees the arrays, and sets all members to 0.
 *
 *  Local.
 */
void skel_spectrum_clear(skel_spectrum *spectrum);

#endif
