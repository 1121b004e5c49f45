/** Rows of kept weights of one layer, forward and transposed. */
#ifndef SKEL_SPARSE_ROWS_H
#define SKEL_SPARSE_ROWS_H

#include "sparse.h"

/** Takes the memory of a layer's rows and sets the pixels that they compute.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_rows_create(skel_sparse *sparse, size_t step);

/** Lists a layer's kept weights, without their values.
 *
 *  Local.
 *  @param kept  [weights of the layer] 0 where pruned; NULL: all are kept. With a packing its
 *               indices count alone
 *  @param at    in: the first free entry of the engine's; out: the first behind those of the layer
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_rows_fill(skel_sparse *sparse, size_t step,
                                               const uint8_t kept[], size_t *at);

/** The first row of a grid from `first` on that keeps this percentage of so many inputs.
 *
 *  Local.
 */
size_t skel_sparse_rows_from(const skel_sparse_rows *rows, const skel_sparse_grid *grid,
                             size_t first, size_t inputs, double percent);

#endif
