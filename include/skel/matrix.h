/** Dense matrices of doubles, spread in square blocks over a grid of ranks (block-cyclic).
 *
 *  Every rank holds some blocks: block (i, j) is on the rank in row i modulo the grid's rows and
 *  column j modulo the grid's columns. Rows and columns count from 0.
 */
#ifndef SKEL_MATRIX_H
#define SKEL_MATRIX_H

#include "skel/grid.h"

#include <stddef.h>

/** A distributed matrix. Opaque. */
typedef struct skel_matrix skel_matrix;

enum {
    SKEL_MATRIX_BLOCK = 64 /**< rows and columns of a block */
};

/** Makes a matrix of zeros.
 *
 *  Collective.
 *  @param grid  borrowed while the matrix lives
 *  @param out   *owned*: skel_matrix_destroy() it
 *  Errors: SKEL_ERR_CONFIG for a size of 0, and for one that ScaLAPACK's 32-bit indices cannot
 *          count, before memory is taken; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_matrix_create(const skel_grid *grid, size_t rows, size_t columns,
                                            skel_matrix **out);

/** Frees the matrix; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_matrix_destroy(skel_matrix **matrix);

/** Bytes of a matrix on the rank that holds most of it.
 *
 *  Local. `grid_rows` and `grid_columns` are those of the grid.
 */
size_t skel_matrix_bytes(size_t rows, size_t columns, int grid_rows, int grid_columns);

/** Rows of the whole matrix.
 *
 *  Local.
 */
size_t skel_matrix_rows(const skel_matrix *matrix);

/** Columns of the whole matrix.
 *
 *  Local.
 */
size_t skel_matrix_columns(const skel_matrix *matrix);

/** Returns the element of a row and a column; the same whichever rank asks. */
typedef double (*skel_matrix_fn)(void *context, size_t row, size_t column);

/** Sets every element.
 *
 *  Local, on every rank. Each rank asks `fn` for its own elements alone.
 */
void skel_matrix_fill(skel_matrix *matrix, skel_matrix_fn fn, void *context);

/** Copies all elements of a matrix of the same grid and size.
 *
 *  Local, on every rank.
 */
void skel_matrix_copy(const skel_matrix *from, skel_matrix *to);

/** Adds a number to every element of the diagonal.
 *
 *  Local, on every rank.
 */
void skel_matrix_shift(skel_matrix *matrix, double number);

/** Copies the elements below the diagonal to their places above it, block by block: without a copy
 *  of the matrix.
 *
 *  Collective. The matrix is square.
 */
void skel_matrix_mirror(skel_matrix *matrix);

/** Gives every rank a column.
 *
 *  Collective.
 *  @param out  [rows] out, the same on every rank
 */
void skel_matrix_column(const skel_matrix *matrix, size_t column, double out[]);

/** Gives every rank the diagonal of a square matrix.
 *
 *  Collective.
 *  @param out  [rows] out, the same on every rank
 */
void skel_matrix_diagonal(const skel_matrix *matrix, double out[]);

/** Gives every rank the whole matrix: for small ones.
 *
 *  Collective.
 *  @param out  [columns][rows] out: column after column, the same on every rank
 */
void skel_matrix_gather(const skel_matrix *matrix, double out[]);

/** Square root of the sum of the squares of all elements (Frobenius' norm).
 *
 *  Collective. The same bits on every rank. Does not overflow where the result does not.
 */
double skel_matrix_norm(const skel_matrix *matrix);

/** Whether a product takes a matrix as it is or transposed. */
typedef enum skel_matrix_form {
    SKEL_MATRIX_PLAIN,
    SKEL_MATRIX_TRANSPOSED,
} skel_matrix_form;

/** c = alpha op(a) op(b) + beta c, where op is given by the forms.
 *
 *  Collective. The matrices have the same grid and sizes that fit.
 */
void skel_matrix_multiply(double alpha, skel_matrix_form form_a, const skel_matrix *a,
                          skel_matrix_form form_b, const skel_matrix *b, double beta,
                          skel_matrix *c);

#endif
