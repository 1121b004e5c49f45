/* How the threads of a parallel region share the rows of a layer. */
#include "share.h"

#include <omp.h>

/* Work of a row beside that of its entries, in entries: its sums are stored and counted. */
enum { ROW_WORK = 3 };

/* The first row before which a share of the work of all rows is done. */
static size_t row_at(const skel_sparse_rows *rows, const skel_sparse_grid *grid, size_t part,
                     size_t parts)
{
    const skel_sparse_row *row = rows->row + grid->first;
    const skel_sparse_row *last = row + grid->rows - 1;
    size_t work = last->first + last->count - row->first + ROW_WORK * grid->rows;
    size_t r = 0;

    while (r < grid->rows && (row[r].first - row->first + ROW_WORK * r) * parts < work * part) {
        r++;
    }
    return grid->first + r;
}

skel_sparse_range skel_sparse_share(const skel_sparse_rows *rows, const skel_sparse_grid *grid)
{
    size_t thread = (size_t)omp_get_thread_num();
    size_t threads = (size_t)omp_get_num_threads();

    return (skel_sparse_range){.rows = rows,
                               .grid = grid,
                               .first = row_at(rows, grid, thread, threads),
                               .last = row_at(rows, grid, thread + 1, threads)};
}

float *skel_sparse_scratch(const skel_sparse *sparse)
{
    return sparse->scratch == NULL
               ? NULL
               : sparse->scratch + (size_t)omp_get_thread_num() * sparse->scratch_vectors *
                                       sparse->kernels->lanes;
}
