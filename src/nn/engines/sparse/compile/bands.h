/** Dense rows of the layers' maps: found in the mask, and made into matrices. */
#ifndef SKEL_SPARSE_BANDS_H
#define SKEL_SPARSE_BANDS_H

#include "sparse.h"

/** Takes the memory of the matrices that so many entries may need.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 *  @param entries  of both maps of all layers
 *  @param forward  of the forward maps of all layers
 */
SKEL_CHECKED skel_status skel_sparse_bands_promise(skel_sparse *sparse, size_t entries,
                                                   size_t forward);

/** Finds the dense rows of all layers and makes their matrices, without the weights' values.
 *
 *  Local. A row is dense if it keeps enough of the inputs that the dense rows of its grid read.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_bands_make(skel_sparse *sparse);

/** Floats of a grid's matrices, whose last band may have empty rows; its sums are as many.
 *
 *  Local.
 */
size_t skel_sparse_bands_floats(const skel_sparse *sparse, const skel_sparse_bands *bands);

/** Where a dense row begins in its grid's matrices. Its entry n is from there on at
 *  place[n] times the rows of a band.
 *
 *  Local.
 *  @param row  among the dense rows
 */
static inline size_t skel_sparse_bands_row(const skel_sparse *sparse,
                                           const skel_sparse_bands *bands, size_t row)
{
    size_t height = sparse->kernels->band->rows;

    return row / height * height * bands->columns + row % height;
}

/** Copies weights into the matrices of a map.
 *
 *  Local.
 *  @param weights  the layer's, as skel_sparse_rows.source counts them
 */
void skel_sparse_bands_load(const skel_sparse *sparse, const skel_sparse_rows *rows,
                            const float weights[]);

/** Frees the lists of a map's matrices.
 *
 *  Local.
 */
void skel_sparse_bands_clear(skel_sparse_rows *rows);

/** The first dense row of a grid; behind its last row if there is none.
 *
 *  Local.
 */
static inline size_t skel_sparse_bands_first(const skel_sparse_grid *grid)
{
    return grid->first + grid->rows - grid->bands.rows;
}

#endif
