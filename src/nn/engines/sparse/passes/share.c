/* How the threads of a parallel region share the rows of a layer. */
#include "share.h"

#include <omp.h>

/* Work of a row beside that of its entries, in entries: its sums are stored and counted. */
enum { ROW_WORK = 3 };

/* The first of some rows before which a part of the work of all of them is done. */
static size_t row_at(const skel_sparse_row row[], size_t rows, size_t part, size_t parts)
{
    size_t work =
        rows == 0 ? 0 : row[rows - 1].first + row[rows - 1].count - row->first + ROW_WORK * rows;
    size_t r = part == parts ? rows : 0;

    while (r < rows && (row[r].first - row->first + ROW_WORK * r) * parts < work * part) {
        r++;
    }
    return r;
}

skel_sparse_range skel_sparse_share(const skel_sparse_rows *rows, const skel_sparse_grid *grid,
                                    bool skip)
{
    size_t thread = (size_t)omp_get_thread_num();
    size_t threads = (size_t)omp_get_num_threads();
    size_t first = grid->first + (skip ? grid->empty : 0);
    size_t count = grid->first + grid->rows - first;

    return (skel_sparse_range){.rows = rows,
                               .grid = grid,
                               .first = first + row_at(rows->row + first, count, thread, threads),
                               .last =
                                   first + row_at(rows->row + first, count, thread + 1, threads)};
}

float *skel_sparse_scratch(const skel_sparse *sparse)
{
    return sparse->scratch == NULL
               ? NULL
               : sparse->scratch + (size_t)omp_get_thread_num() * sparse->scratch_vectors *
                                       sparse->kernels->lanes;
}
