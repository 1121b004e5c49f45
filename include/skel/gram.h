/** Gram matrices of rows that the ranks hold: K = G G', where G has some rows for each sample.
 *
 *      SKEL_TRY(skel_gram_create(grid, samples, outputs, &gram));
 *      skel_gram_samples(grid, samples, &first, &count);    // whose rows this rank provides
 *      for each block of parameters: SKEL_TRY(skel_gram_add(gram, columns, columns, rows));
 *      skel_gram_finish(&gram, &matrix);
 *      done:
 *      skel_gram_destroy(&gram);
 *
 *  Memory does not grow with the number of parameters: G may be given in any number of blocks of
 *  columns, and none of them is kept.
 */
#ifndef SKEL_GRAM_H
#define SKEL_GRAM_H

#include "skel/matrix.h"

/** A Gram matrix that is being summed. Opaque. */
typedef struct skel_gram skel_gram;

/** The samples whose rows this rank provides: consecutive, at most ceil(samples / ranks).
 *
 *  Local.
 *  @param first, count  out: this rank's are first, ..., first + count - 1; the last ranks may have
 *                       fewer than the others, or none
 */
void skel_gram_samples(const skel_grid *grid, size_t samples, size_t *first, size_t *count);

/** Begins with a matrix of zeros.
 *
 *  Collective.
 *  @param outputs  rows of each sample; row s * outputs + c of G is the sample's row c
 *  @param out      *owned*: skel_gram_finish() or skel_gram_destroy() it.
 *  Errors: as skel_matrix_create().
 */
SKEL_CHECKED skel_status skel_gram_create(const skel_grid *grid, size_t samples, size_t outputs,
                                          skel_gram **out);

/** Frees the sum; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_gram_destroy(skel_gram **gram);

/** Adds the products of some columns of G.
 *
 *  Collective. Products and sums are in double, so each product of two floats is exact.
 *  @param columns  of this block, the same on every rank
 *  @param stride   floats from one row to the next, at least `columns`
 *  @param rows     [count of skel_gram_samples() times outputs][stride] of this rank
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_NUMBER if an element is not finite, naming row and column.
 *          Agreed on.
 */
SKEL_CHECKED skel_status skel_gram_add(skel_gram *gram, size_t columns, size_t stride,
                                       const float rows[]);

/** Returns the whole symmetric matrix.
 *
 *  Collective. Takes `*gram`, and nulls it.
 *  @param out  [samples * outputs][samples * outputs], *owned*: skel_matrix_destroy() it
 */
void skel_gram_finish(skel_gram **gram, skel_matrix **out);

/** Bytes that skel_gram_create() and skel_gram_add() take on the rank that needs most, with the
 *  copies that the BLAS makes of rows.
 *
 *  Local.
 */
size_t skel_gram_bytes(size_t samples, size_t outputs, int grid_rows, int grid_columns);

#endif
