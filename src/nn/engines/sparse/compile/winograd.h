/** Dense rows that Winograd's algorithm computes: chosen by shape and mask, with their memory. */
#ifndef SKEL_SPARSE_WINOGRAD_H
#define SKEL_SPARSE_WINOGRAD_H

#include "sparse.h"

/** A map of a layer whose dense rows are looked for. */
typedef struct skel_sparse_search {
    const skel_sparse *sparse;
    size_t step;
    bool back; /**< the transposed map */
    skel_sparse_rows *rows;
    const skel_sparse_planes *planes; /**< of the tensor that the map reads */
    uint32_t *mark;                   /**< [pixels of a block, ring included] zeros */
    unsigned shift;                   /**< an offset shifted by it is a pixel */
} skel_sparse_search;

/** Takes the memory that the layers need if masks keep rows as densely as the network.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_winograd_promise(skel_sparse *sparse);

/** Lists the channels of each layer of which the algorithm gives the gradients of all weights.
 *
 *  Local. After skel_sparse_reach_mark(), for an engine that gives the gradients of all weights.
 */
void skel_sparse_winograd_cover(skel_sparse *sparse);

/** Finds the dense rows of a grid if the algorithm computes them faster than a matrix.
 *
 *  Local. `mark` is zeros after it. Errors: SKEL_ERR_MEMORY.
 *  @param bands  out; no rows: the layer is not of 3x3 taps, too small, or its rows keep too little
 */
SKEL_CHECKED skel_status skel_sparse_winograd_find(const skel_sparse_search *search,
                                                   skel_sparse_grid *grid,
                                                   skel_sparse_bands *bands);

/** Takes more memory where the promise was too small for the layers' dense rows.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_winograd_make(skel_sparse *sparse);

/** Floats from one point to the next, for so many at each: an odd number of lines of the cache.
 *
 *  Local.
 */
static inline size_t skel_sparse_winograd_step(size_t floats)
{
    return 16 * ((floats + 15) / 16 | 1);
}

/** Tiles of a grid's image.
 *
 *  Local.
 */
static inline size_t skel_sparse_winograd_tiles(const skel_sparse_grid *grid)
{
    const size_t side = SKEL_SPARSE_WINOGRAD_SIDE;

    return (grid->height + side - 1) / side * ((grid->width + side - 1) / side);
}

/** Tiles whose values are in memory together for the weights' gradients.
 *
 *  Local.
 *  @param tiles  of the largest window
 */
size_t skel_sparse_winograd_together(size_t tiles);

#endif
