/* Grids of ranks. */
#include "grid_impl.h"
#include "scalapack.h"

#include "skel/memory.h"

#include <mpi.h>
#include <stdio.h>

/* The largest divisor of the number of ranks that is not above its square root. */
static int squarest(int ranks)
{
    int best = 1;

    for (int rows = 1; rows * rows <= ranks; rows++) {
        if (ranks % rows == 0) {
            best = rows;
        }
    }
    return best;
}

static skel_status check(const skel_comm *comm, int *rows, int *columns)
{
    int ranks = skel_comm_size(comm);

#ifndef SKEL_SCALAPACK
    return SKEL_FAIL(SKEL_ERR_MISSING,
                     "distributed matrices: this skel was built without ScaLAPACK; "
                     "build it with cmake -DSKEL_SCALAPACK=ON");
#endif
    if (*rows == 0 && *columns == 0) {
        *rows = squarest(ranks);
        *columns = ranks / *rows;
    }
    if (*rows < 1 || *columns < 1 || *rows > ranks || *columns > ranks ||
        *rows * *columns != ranks) {
        return SKEL_FAIL(SKEL_ERR_CONFIG,
                         "a grid of %d rows and %d columns does not fit: there are %d ranks, and "
                         "rows times columns must be their number",
                         *rows, *columns, ranks);
    }
    return SKEL_OK;
}

skel_status skel_grid_create(const skel_comm *comm, int rows, int columns, skel_grid **out)
{
    const MPI_Comm *mpi = skel_comm_mpi(comm);
    skel_grid *grid = NULL;
    skel_status status = check(comm, &rows, &columns);

    *out = NULL;
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(1, sizeof *grid, &grid);
    }
    SKEL_TRY(skel_comm_agree(comm, status));

    SKEL_ASSERT(mpi != NULL && grid != NULL);
    *grid = (skel_grid){.comm = comm, .rows = rows, .columns = columns};
    grid->handle = Csys2blacs_handle(*mpi);
    grid->context = grid->handle;
    Cblacs_gridinit(&grid->context, "Row", rows, columns);
    Cblacs_gridinfo(grid->context, &rows, &columns, &grid->row, &grid->column);
    *out = grid;
    grid = NULL;
done:
    SKEL_FREE(&grid);
    return status;
}

void skel_grid_destroy(skel_grid **grid)
{
    if (*grid == NULL) {
        return;
    }
    Cblacs_gridexit((*grid)->context);
    Cfree_blacs_system_handle((*grid)->handle);
    SKEL_FREE(grid);
}

void skel_grid_shape(const skel_grid *grid, int *rows, int *columns)
{
    *rows = grid->rows;
    *columns = grid->columns;
}

const skel_comm *skel_grid_comm(const skel_grid *grid)
{
    return grid->comm;
}

#ifdef SKEL_SCALAPACK
/* Of OpenBLAS, where the BLAS is one: "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...". */
char *openblas_get_config(void) __attribute__((weak));

void skel_grid_libraries(char out[SKEL_LIBRARIES])
{
    char blas[24] = "BLAS";
    char version[24] = "";

    if (openblas_get_config != NULL && sscanf(openblas_get_config(), "%*s %20s", version) == 1) {
        (void)snprintf(blas, sizeof blas, "OpenBLAS %.12s", version);
    }
    (void)snprintf(out, SKEL_LIBRARIES, "ScaLAPACK %s, %s", SKEL_SCALAPACK, blas);
}
#else
void skel_grid_libraries(char out[SKEL_LIBRARIES])
{
    out[0] = '\0';
}
#endif
