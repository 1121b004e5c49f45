/* How the threads of a parallel region share the rows of a layer. */
#include "share.h"

#include "../compile/bands.h"

#include <omp.h>

/* Work in tenths of a kept weight's: of a row beside that of its entries, since its sums are stored
 * and counted, of a column of a dense row, and of 9 of them by Winograd's algorithm. */
enum { ENTRY_WORK = 10, ROW_WORK = 30, COLUMN_WORK = 3, CHANNEL_WORK = 7 };

static size_t work_of(const skel_sparse_rows *rows, const skel_sparse_grid *grid, size_t r)
{
    size_t column = grid->bands.taps > 1 ? CHANNEL_WORK : COLUMN_WORK;

    return ROW_WORK + (r < skel_sparse_bands_first(grid) ? ENTRY_WORK * rows->row[r].count
                                                         : column * grid->bands.columns);
}

/* The first row from `first` on before which a part of the work of all of them is done. */
static size_t row_at(const skel_sparse *sparse, const skel_sparse_rows *rows,
                     const skel_sparse_grid *grid, size_t first, size_t part, size_t parts)
{
    size_t height = sparse->kernels->band->rows;
    size_t last = grid->first + grid->rows;
    size_t dense = skel_sparse_bands_first(grid);
    size_t all = 0;
    size_t done = 0;
    size_t r = first;

    if (part == 0 || part == parts) {
        return part == 0 ? first : last;
    }
    for (size_t i = first; i < last; i++) {
        all += work_of(rows, grid, i);
    }
    while (r < last && done * parts < all * part) {
        done += work_of(rows, grid, r++);
    }
    return r > dense ? dense + (r - dense) / height * height : r;
}

skel_sparse_range skel_sparse_share(const skel_sparse *sparse, const skel_sparse_rows *rows,
                                    const skel_sparse_grid *grid, bool skip)
{
    size_t thread = (size_t)omp_get_thread_num();
    size_t threads = (size_t)omp_get_num_threads();
    size_t first = grid->first + (skip ? grid->empty : 0);

    return (skel_sparse_range){.rows = rows,
                               .grid = grid,
                               .first = row_at(sparse, rows, grid, first, thread, threads),
                               .last = row_at(sparse, rows, grid, first, thread + 1, threads)};
}

size_t skel_sparse_share_near(const skel_sparse_range *range)
{
    const skel_sparse_row *row = range->rows->row;
    size_t part = row[range->first].channel / range->rows->near;
    size_t end = range->first + 1;

    while (end < range->last && row[end].channel / range->rows->near == part) {
        end++;
    }
    return end;
}

float *skel_sparse_scratch(const skel_sparse *sparse)
{
    return sparse->scratch == NULL
               ? NULL
               : sparse->scratch + (size_t)omp_get_thread_num() * sparse->scratch_vectors *
                                       sparse->kernels->lanes;
}

float *skel_sparse_panel(const skel_sparse *sparse)
{
    return sparse->panel + (size_t)omp_get_thread_num() * sparse->panel_floats;
}
