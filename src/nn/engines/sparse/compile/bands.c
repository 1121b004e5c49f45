/* Dense rows of the layers' maps. */
#include "bands.h"

#include "rows.h"
#include "winograd.h"

#include "skel/memory.h"
#include "skel/sizes.h"
#include "skel/work.h"

#include <string.h>

static size_t padded_rows(const skel_sparse *sparse, size_t rows)
{
    size_t height = sparse->kernels->band->rows;

    return (rows + height - 1) / height * height;
}

size_t skel_sparse_bands_floats(const skel_sparse *sparse, const skel_sparse_bands *bands)
{
    return bands->taps * padded_rows(sparse, bands->rows) * bands->columns;
}

static skel_status take_weights(skel_sparse *sparse, size_t floats)
{
    sparse->band_floats = floats;
    return skel_sparse_take(sparse, floats, sizeof *sparse->band_weight, &sparse->band_weight);
}

static skel_status take_sums(skel_sparse *sparse, size_t sums)
{
    sparse->band_sums = sums;
    return skel_sparse_take(sparse, sums, sizeof *sparse->band_sum, &sparse->band_sum);
}

/* Whether weights' gradients of dense rows are computed apart from others. */
static bool gives_kept(const skel_sparse *sparse)
{
    return sparse->base.options.kept_only && !sparse->base.options.inference;
}

/* Floats of the matrices of all layers if each row is dense, and of the largest forward map. */
static size_t all_floats(const skel_sparse *sparse, size_t *most)
{
    size_t all = 0;

    *most = 0;
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            const skel_sparse_work *work = &sparse->work[i];
            size_t count = sparse->graph.network->parameter[sparse->graph.step[i].op->weight].count;
            size_t rows = work->forward.rows;
            size_t back = work->backward.rows == 0 ? 0 : work->backward.grid[0].rows;
            size_t forward = count / rows * padded_rows(sparse, rows);

            all += forward + (back == 0 ? 0 : count / back * padded_rows(sparse, back));
            *most = forward > *most ? forward : *most;
        }
    }
    return all;
}

skel_status skel_sparse_bands_promise(skel_sparse *sparse, size_t entries, size_t forward)
{
    size_t most = 0;
    size_t all = all_floats(sparse, &most);
    skel_status status = SKEL_OK;

    SKEL_TRY(take_weights(sparse, skel_lesser(entries * 100 / SKEL_WORK_DENSE_PERCENT, all)));
    if (gives_kept(sparse)) {
        SKEL_TRY(take_sums(sparse, skel_lesser(forward * 100 / SKEL_WORK_DENSE_PERCENT, most)));
    }
done:
    return status;
}

/* The logarithm of the floats of a vector: a division for each kept weight would take longer than
 * all else. */
static unsigned shift_of(const skel_sparse *sparse)
{
    return (unsigned)__builtin_ctzl(sparse->kernels->lanes);
}

/* Marks the inputs that the rows of a grid from `first` on read. Returns how many there are. */
static size_t mark_columns(const skel_sparse_rows *rows, const skel_sparse_grid *grid, size_t first,
                           unsigned shift, uint32_t mark[])
{
    const skel_sparse_row *last = &rows->row[grid->first + grid->rows - 1];
    size_t columns = 0;

    for (size_t n = rows->row[first].first; n < last->first + last->count; n++) {
        uint32_t *at = &mark[rows->entry[n].offset >> shift];

        columns += *at == 0;
        *at = 1;
    }
    return columns;
}

/* Lists the marked inputs, and gives each entry of the dense rows its column. Clears the marks. */
static skel_status list_columns(skel_sparse_rows *rows, skel_sparse_grid *grid, unsigned shift,
                                size_t inputs, uint32_t mark[])
{
    const skel_sparse_row *last = &rows->row[grid->first + grid->rows - 1];
    skel_sparse_bands *bands = &grid->bands;
    size_t column = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(bands->columns, sizeof *bands->offset, &bands->offset));
    for (size_t i = 0; i < inputs; i++) {
        if (mark[i] != 0) {
            bands->offset[column] = (uint32_t)(i << shift);
            mark[i] = (uint32_t)column++;
        }
    }
    for (size_t n = rows->row[skel_sparse_bands_first(grid)].first; n < last->first + last->count;
         n++) {
        rows->place[n] = mark[rows->entry[n].offset >> shift];
    }
    memset(mark, 0, inputs * sizeof *mark);
done:
    return status;
}

/* The dense rows of one grid that are computed as a matrix. The rows are in the order of their
 * numbers of entries. */
static skel_status find_bands(const skel_sparse_search *search, skel_sparse_grid *grid)
{
    skel_sparse_rows *rows = search->rows;
    size_t end = grid->first + grid->rows;
    size_t inputs = skel_sparse_planes_floats(search->planes) >> search->shift;
    size_t columns = grid->rows == 0 ? 0 : rows->row[end - 1].count;
    size_t first = skel_sparse_rows_from(rows, grid, grid->first + grid->empty, columns,
                                         SKEL_WORK_DENSE_PERCENT);

    if (end - first < SKEL_WORK_LEAST_ROWS || grid->height * grid->width < SKEL_WORK_LEAST_PIXELS) {
        return SKEL_OK;
    }
    columns = mark_columns(rows, grid, first, search->shift, search->mark);
    memset(search->mark, 0, inputs * sizeof *search->mark);
    first = skel_sparse_rows_from(rows, grid, first, columns, SKEL_WORK_DENSE_PERCENT);
    if (end - first < SKEL_WORK_LEAST_ROWS) {
        return SKEL_OK;
    }
    grid->bands.rows = end - first;
    grid->bands.taps = 1;
    grid->bands.columns = mark_columns(rows, grid, first, search->shift, search->mark);
    return list_columns(rows, grid, search->shift, inputs, search->mark);
}

/* The dense rows of one map. */
static skel_status find_rows(skel_sparse_search *search, size_t *floats)
{
    const skel_sparse *sparse = search->sparse;
    skel_sparse_rows *rows = search->rows;
    skel_status status = SKEL_OK;

    skel_sparse_bands_clear(rows);
    if (sparse->work[search->step].groups > 1) {
        return SKEL_OK; /* rows of different groups read different inputs */
    }
    SKEL_TRY(SKEL_ALLOC(skel_sparse_planes_floats(search->planes) >> search->shift,
                        sizeof *search->mark, &search->mark));
    for (size_t g = 0; g < rows->grids; g++) {
        skel_sparse_grid *grid = &rows->grid[g];

        SKEL_TRY(skel_sparse_winograd_find(search, grid, &grid->bands));
        if (grid->bands.rows == 0) {
            SKEL_TRY(find_bands(search, grid));
        }
        *floats += skel_sparse_bands_floats(sparse, &grid->bands);
    }
done:
    SKEL_FREE(&search->mark);
    return status;
}

/* The dense rows of both maps of a layer, and their weights. */
static skel_status find_layer(const skel_sparse *sparse, size_t number, size_t *floats)
{
    const skel_graph_step *step = &sparse->graph.step[number];
    skel_sparse_work *work = &sparse->work[number];
    skel_sparse_search forward = {.sparse = sparse,
                                  .step = number,
                                  .rows = &work->forward,
                                  .planes = &sparse->planes[step->operand[SKEL_STEP_INPUT]],
                                  .shift = shift_of(sparse)};
    skel_sparse_search back = {.sparse = sparse,
                               .step = number,
                               .back = true,
                               .rows = &work->backward,
                               .planes = &sparse->back[step->output],
                               .shift = shift_of(sparse)};
    skel_status status = SKEL_OK;

    SKEL_TRY(find_rows(&forward, floats));
    SKEL_TRY(find_rows(&back, floats));
done:
    return status;
}

/* Gives the matrices of a map their memory, from float `at` of the engine's on. */
static void give_weights(const skel_sparse *sparse, skel_sparse_rows *rows, size_t *at)
{
    for (size_t g = 0; g < rows->grids; g++) {
        rows->grid[g].bands.weight = sparse->band_weight + *at;
        *at += skel_sparse_bands_floats(sparse, &rows->grid[g].bands);
    }
}

/* Takes more memory where the promise was too small. */
static skel_status take_needed(skel_sparse *sparse, size_t floats, size_t sums)
{
    skel_status status = SKEL_OK;

    if (floats > sparse->band_floats) {
        SKEL_TRY(take_weights(sparse, floats));
    }
    if (gives_kept(sparse) && sums > sparse->band_sums) {
        SKEL_TRY(take_sums(sparse, sums));
    }
    memset(sparse->band_weight, 0, floats * sizeof *sparse->band_weight);
done:
    return status;
}

skel_status skel_sparse_bands_make(skel_sparse *sparse)
{
    size_t floats = 0;
    size_t sums = 0;
    size_t at = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            size_t forward = 0;

            SKEL_TRY(find_layer(sparse, i, &floats));
            forward = skel_sparse_bands_floats(sparse, &sparse->work[i].forward.grid[0].bands);
            sums = forward > sums ? forward : sums;
        }
    }
    SKEL_TRY(take_needed(sparse, floats, sums));
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        give_weights(sparse, &sparse->work[i].forward, &at);
        give_weights(sparse, &sparse->work[i].backward, &at);
    }
done:
    return status;
}

void skel_sparse_bands_load(const skel_sparse *sparse, const skel_sparse_rows *rows,
                            const float weights[])
{
    size_t height = sparse->kernels->band->rows;

    for (size_t g = 0; g < rows->grids; g++) {
        const skel_sparse_grid *grid = &rows->grid[g];
        size_t first = skel_sparse_bands_first(grid);

        for (size_t r = 0; r < grid->bands.rows; r++) {
            const skel_sparse_row *row = &rows->row[first + r];
            float *to = grid->bands.weight + skel_sparse_bands_row(sparse, &grid->bands, r);

            for (size_t n = row->first; n < row->first + row->count; n++) {
                to[rows->place[n] * height] = weights[rows->source[n]];
            }
        }
    }
}

void skel_sparse_bands_clear(skel_sparse_rows *rows)
{
    for (size_t g = 0; rows->grid != NULL && g < rows->grids; g++) {
        SKEL_FREE(&rows->grid[g].bands.offset);
        rows->grid[g].bands = (skel_sparse_bands){.rows = 0};
    }
}
