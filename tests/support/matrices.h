/** Matrices for the tests of distributed ones, and what is known of them. */
#ifndef SKEL_TESTS_MATRICES_H
#define SKEL_TESTS_MATRICES_H

#include "skel/matrix.h"

/** Calls a test on each grid that the ranks can form.
 *
 *  Collective.
 */
void matrices_on_each_grid(void (*test)(const skel_grid *grid));

/** Makes a matrix; `fn` is called with the number of rows as its context, NULL leaves zeros.
 *
 *  Collective. *Owned*.
 */
skel_matrix *matrices_make(const skel_grid *grid, size_t rows, size_t columns, skel_matrix_fn fn);

/** The whole matrix on every rank, column after column.
 *
 *  Collective. *Owned*: SKEL_FREE() it.
 */
double *matrices_whole(const skel_matrix *matrix);

/** Pseudo-random elements from -1 to 1.
 *
 *  Local.
 */
double matrices_noise(void *context, size_t row, size_t column);

/** Second differences: eigenvalues 2 - 2 cos(k pi / (n + 1)), k = 1 ... n.
 *
 *  Local.
 */
double matrices_differences(void *context, size_t row, size_t column);

/** Ones.
 *
 *  Local.
 */
double matrices_ones(void *context, size_t row, size_t column);

/** Zeros.
 *
 *  Local.
 */
double matrices_zeros(void *context, size_t row, size_t column);

/** Ones, and one element that is not a number, in the last row of the first column.
 *
 *  Local.
 */
double matrices_broken(void *context, size_t row, size_t column);

/** Whether two numbers differ by at most 1e-10 of `scale`.
 *
 *  Local.
 */
bool matrices_close(double a, double b, double scale);

#endif
