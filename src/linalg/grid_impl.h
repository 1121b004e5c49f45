/** A grid of ranks, as this room sees it. */
#ifndef SKEL_LINALG_GRID_IMPL_H
#define SKEL_LINALG_GRID_IMPL_H

#include "skel/grid.h"

struct skel_grid {
    const skel_comm *comm;
    int handle;  /**< of the communicator, in BLACS */
    int context; /**< of the grid, in BLACS */
    int rows;
    int columns;
    int row; /**< of this rank */
    int column;
};

#endif
