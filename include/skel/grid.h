/** Grids of ranks that share dense matrices.
 *
 *      SKEL_TRY(skel_grid_create(comm, 0, 0, &grid));
 *      SKEL_TRY(skel_matrix_create(grid, n, n, &matrix));
 *      done:
 *      skel_matrix_destroy(&matrix);
 *      skel_grid_destroy(&grid);
 */
#ifndef SKEL_GRID_H
#define SKEL_GRID_H

#include "skel/comm.h"
#include "skel/version.h"

/** The ranks in rows and columns. Opaque. */
typedef struct skel_grid skel_grid;

/** Arranges all ranks of a group in a grid.
 *
 *  Collective. Rank r is in row r / columns and column r % columns.
 *  @param comm           borrowed while the grid lives; made with MPI
 *  @param rows, columns  the same on every rank; both 0: as square as possible, not more rows than
 *                        columns
 *  @param out            *owned*: skel_grid_destroy() it
 *  Errors: SKEL_ERR_CONFIG if rows times columns is not the number of ranks; SKEL_ERR_MISSING if
 *          this program was built without ScaLAPACK; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_grid_create(const skel_comm *comm, int rows, int columns,
                                          skel_grid **out);

/** Frees the grid; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_grid_destroy(skel_grid **grid);

/** Rows and columns of ranks.
 *
 *  Local.
 */
void skel_grid_shape(const skel_grid *grid, int *rows, int *columns);

/** The group of ranks.
 *
 *  Local. Borrowed.
 */
const skel_comm *skel_grid_comm(const skel_grid *grid);

/** Names the libraries of this layer: "ScaLAPACK 2.2.1, OpenBLAS 0.3.21"; "" if it was built
 *  without them.
 *
 *  Local.
 */
void skel_grid_libraries(char out[SKEL_LIBRARIES]);

#endif
