/** A distributed matrix, as this room sees it. */
#ifndef SKEL_LINALG_MATRIX_IMPL_H
#define SKEL_LINALG_MATRIX_IMPL_H

#include "grid_impl.h"
#include "scalapack.h"

#include "skel/matrix.h"

struct skel_matrix {
    const skel_grid *grid;
    int rows;
    int columns;
    int local_rows; /**< of this rank */
    int local_columns;
    int descriptor[SKEL_DESCRIPTOR];
    double *data; /**< [local_columns][local_rows] */
};

/** Rows (or columns) that one of `ranks` ranks in a line holds of `count`, in blocks of `block`.
 *
 *  Local.
 */
static inline int skel_matrix_share(int count, int block, int place, int ranks)
{
    int blocks = count / block;
    int share = blocks / ranks * block;
    int extra = blocks % ranks;

    if (place < extra) {
        return share + block;
    }
    return place == extra ? share + count % block : share;
}

/** Row of the whole matrix that is local row `i` of this rank.
 *
 *  Local.
 */
static inline size_t skel_matrix_row_of(const skel_matrix *matrix, int i)
{
    int block = i / SKEL_MATRIX_BLOCK * matrix->grid->rows + matrix->grid->row;

    return (size_t)block * SKEL_MATRIX_BLOCK + (size_t)(i % SKEL_MATRIX_BLOCK);
}

/** Column of the whole matrix that is local column `j` of this rank.
 *
 *  Local.
 */
static inline size_t skel_matrix_column_of(const skel_matrix *matrix, int j)
{
    int block = j / SKEL_MATRIX_BLOCK * matrix->grid->columns + matrix->grid->column;

    return (size_t)block * SKEL_MATRIX_BLOCK + (size_t)(j % SKEL_MATRIX_BLOCK);
}

/** Fills a descriptor of ScaLAPACK for blocks of any size.
 *
 *  Local. @param local_rows  rows of the rank's array
 */
static inline void skel_matrix_describe(int context, int rows, int columns, int block_rows,
                                        int block_columns, int local_rows,
                                        int descriptor[SKEL_DESCRIPTOR])
{
    const int values[SKEL_DESCRIPTOR] = {
        1, /* dense */
        context, rows, columns, block_rows, block_columns, 0, 0, local_rows > 0 ? local_rows : 1,
    };

    for (int i = 0; i < SKEL_DESCRIPTOR; i++) {
        descriptor[i] = values[i];
    }
}

#endif
