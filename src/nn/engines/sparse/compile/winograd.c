/* Dense rows that Winograd's algorithm computes. */
#include "winograd.h"

#include "reach.h"
#include "rows.h"
#include "tap.h"

#include "skel/memory.h"
#include "skel/work.h"

#include <string.h>

enum {
    POINTS = SKEL_SPARSE_WINOGRAD_POINTS,
    TAPS = SKEL_SPARSE_WINOGRAD_TAPS,
    TAP_SIDE = 3,
    TOGETHER = 16, /* tiles, whose values at 36 points are in few pages and cache lines for each */
};

/* Floats that one layer and direction needs; their largest ones are what the engine has. */
typedef struct needs {
    size_t weight;
    size_t input;
    size_t output;
    size_t room;
} needs;

size_t skel_sparse_winograd_together(size_t tiles)
{
    return tiles < TOGETHER ? tiles : TOGETHER;
}

static void widen(size_t *count, size_t needed)
{
    *count = needed > *count ? needed : *count;
}

/* Floats of values of so many channels and tiles at all points. */
static size_t values_of(const skel_sparse *sparse, size_t channels, size_t tiles)
{
    return POINTS * skel_sparse_winograd_step(channels * tiles * sparse->kernels->lanes);
}

static size_t padded_to(size_t count, size_t multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

/* Widens what is needed to the gradients of the weights of so many rows and columns. */
static void add_gradient_needs(const skel_sparse *sparse, const skel_sparse_grid *grid, size_t rows,
                               size_t columns, needs *out)
{
    size_t padded = padded_to(rows, sparse->kernels->band->rows);
    size_t group = sparse->kernels->winograd->group;
    size_t together =
        skel_sparse_winograd_together(sparse->blocks * skel_sparse_winograd_tiles(grid));

    widen(&out->input, values_of(sparse, padded_to(columns, group), together));
    widen(&out->output, values_of(sparse, padded, together));
    widen(&out->room, POINTS * skel_sparse_winograd_step(padded * group));
}

/* Widens what is needed to so many rows and columns of a grid. */
static void add_needs(const skel_sparse *sparse, const skel_sparse_grid *grid, size_t rows,
                      size_t columns, bool back, needs *out)
{
    size_t padded = padded_to(rows, sparse->kernels->band->rows);
    size_t tiles = sparse->kernels->winograd->tiles;

    widen(&out->weight, POINTS * skel_sparse_winograd_step(padded * columns));
    widen(&out->input, values_of(sparse, columns, tiles));
    widen(&out->output, values_of(sparse, padded, tiles));
    if (!back && sparse->base.options.kept_only && !sparse->base.options.inference) {
        add_gradient_needs(sparse, grid, rows, columns, out);
    }
}

/* Takes what is needed and not there. */
static skel_status take(skel_sparse *sparse, const needs *of)
{
    skel_sparse_winograd *winograd = &sparse->winograd;
    skel_status status = SKEL_OK;

    if (of->weight > winograd->weights) {
        winograd->weights = of->weight;
        SKEL_TRY(skel_sparse_take(sparse, of->weight, sizeof(float), &winograd->weight));
    }
    if (of->input > winograd->inputs) {
        winograd->inputs = of->input;
        SKEL_TRY(skel_sparse_take(sparse, of->input, sizeof(float), &winograd->input));
    }
    if (of->output > winograd->outputs) {
        winograd->outputs = of->output;
        SKEL_TRY(skel_sparse_take(sparse, of->output, sizeof(float), &winograd->output));
    }
    if (of->room > winograd->rooms) {
        winograd->rooms = of->room;
        SKEL_TRY(skel_sparse_take(sparse, of->room, sizeof(float), &winograd->room));
    }
done:
    return status;
}

/* Whether batch norm alone reads a layer's output. Where all products of a sum are 0, the output is
 * the bias, and a ReLU behind it may let no gradient through; the algorithm leaves rounding errors
 * there. */
static bool is_only_normalised(const skel_sparse *sparse, size_t step)
{
    const skel_graph *graph = &sparse->graph;
    const skel_graph_tensor *out = &graph->tensor[graph->step[step].output];

    for (size_t u = out->first_use; u < out->first_use + out->uses; u++) {
        const skel_graph_step *reader = &graph->step[graph->use[u].step];

        if (reader->kind != SKEL_STEP_NORM || reader->op->kind != SKEL_OP_BATCHNORM) {
            return false;
        }
    }
    return out->uses > 0;
}

/* Percentage of the channels' weights that a dense row keeps; that of a matrix: the algorithm does
 * not pay. */
static double percent_of(const skel_sparse *sparse, size_t step, const skel_sparse_grid *grid,
                         size_t rows, size_t channels)
{
    const skel_sparse_work *work = &sparse->work[step];
    double time = skel_work_tiled(&work->window, rows, channels, grid->height, grid->width);

    return SKEL_WORK_DENSE_PERCENT *
           (work->groups == 1 && is_only_normalised(sparse, step) ? time : 1);
}

/* Whether a mask of the promised density keeps so many rows densely on average. */
static bool is_promised(const skel_sparse *sparse, size_t step, const skel_sparse_grid *grid,
                        size_t rows, size_t channels)
{
    double density = sparse->base.options.density > 0 ? sparse->base.options.density : 1;
    double percent = percent_of(sparse, step, grid, rows, channels);

    return percent < SKEL_WORK_DENSE_PERCENT && 100 * density >= percent;
}

/* Whether the gradients of all weights of a layer with so many live channels are computed faster
 * than one product after the other. */
static bool covers(const skel_sparse *sparse, size_t step, size_t rows, size_t columns)
{
    return rows >= SKEL_WORK_LEAST_ROWS && columns > 0 &&
           percent_of(sparse, step, &sparse->work[step].forward.grid[0], rows, columns) <
               SKEL_WORK_DENSE_PERCENT;
}

/* Takes the list of a layer's channels, if their gradients may be computed together. */
static skel_status promise_cover(skel_sparse *sparse, size_t step, needs *most)
{
    const skel_sparse_grid *grid = &sparse->work[step].forward.grid[0];
    size_t inputs = sparse->planes[sparse->graph.step[step].operand[SKEL_STEP_INPUT]].channels;

    if (!skel_sparse_gives_all(sparse) || !covers(sparse, step, grid->rows, inputs)) {
        return SKEL_OK;
    }
    add_gradient_needs(sparse, grid, grid->rows, inputs, most);
    return SKEL_ALLOC(inputs, sizeof(uint32_t), &sparse->work[step].all.offset);
}

skel_status skel_sparse_winograd_promise(skel_sparse *sparse)
{
    needs most = {.weight = 0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_sparse_work *work = &sparse->work[i];

        if (skel_graph_has_weights(&sparse->graph.step[i])) {
            const skel_sparse_grid *grid = &work->forward.grid[0];
            size_t inputs = sparse->planes[sparse->graph.step[i].operand[SKEL_STEP_INPUT]].channels;

            if (is_promised(sparse, i, grid, grid->rows, inputs)) {
                add_needs(sparse, grid, grid->rows, inputs, false, &most);
            }
            if (work->backward.rows > 0 &&
                is_promised(sparse, i, &work->backward.grid[0], inputs, grid->rows)) {
                add_needs(sparse, &work->backward.grid[0], inputs, grid->rows, true, &most);
            }
            SKEL_TRY(promise_cover(sparse, i, &most));
        }
    }
    SKEL_TRY(take(sparse, &most));
done:
    return status;
}

/* Lists the live channels of a layer's input and counts those of its output. */
static void cover_layer(skel_sparse *sparse, size_t step)
{
    skel_sparse_work *work = &sparse->work[step];
    const skel_sparse_planes *in =
        &sparse->planes[sparse->graph.step[step].operand[SKEL_STEP_INPUT]];
    const uint8_t *still = skel_sparse_reach_still(sparse, step);
    size_t rows = 0;
    size_t columns = 0;

    for (size_t c = 0; c < work->forward.rows; c++) {
        rows += work->idle[c] == 0;
    }
    for (size_t c = 0; c < in->channels; c++) {
        if (still == NULL || still[c] == 0) {
            work->all.offset[columns++] =
                (uint32_t)skel_sparse_tap_offset(in, &work->window, c, 0, 0);
        }
    }
    work->all.rows = covers(sparse, step, rows, columns) ? rows : 0;
    work->all.columns = columns;
    work->all.taps = TAPS;
}

void skel_sparse_winograd_cover(skel_sparse *sparse)
{
    for (size_t i = 0; i < sparse->graph.steps; i++) {
        if (sparse->work[i].all.offset != NULL) {
            cover_layer(sparse, i);
        }
    }
}

skel_status skel_sparse_winograd_make(skel_sparse *sparse)
{
    needs most = {.weight = 0};

    for (size_t i = 0; i < sparse->graph.steps; i++) {
        const skel_sparse_work *work = &sparse->work[i];

        for (size_t back = 0; back < 2; back++) {
            const skel_sparse_rows *rows = back == 1 ? &work->backward : &work->forward;

            if (rows->rows > 0 && rows->grid[0].bands.taps == TAPS) {
                add_needs(sparse, &rows->grid[0], rows->grid[0].bands.rows,
                          rows->grid[0].bands.columns, back == 1, &most);
            }
        }
    }
    return take(sparse, &most);
}

/* Where the first of the taps that a channel's first pixel reads is: the transposed map reads them
 * from the last one on. */
static size_t corner_of(const skel_sparse_search *search, size_t channel)
{
    skel_window window = search->sparse->work[search->step].window;

    for (size_t d = 0; d < 2 && search->back; d++) {
        window.before[d] = TAP_SIDE - 1 - window.before[d];
    }
    return skel_sparse_tap_offset(search->planes, &window, channel, 0, 0);
}

/* Marks the pixels that the taps read for the first pixel with channel and tap, counted from 1; or
 * clears them. */
static void mark_taps(const skel_sparse_search *search, bool clear)
{
    for (size_t c = 0; c < search->planes->channels; c++) {
        size_t corner = corner_of(search, c);

        for (size_t t = 0; t < TAPS; t++) {
            size_t at =
                corner + t / TAP_SIDE * search->planes->row + t % TAP_SIDE * search->planes->lanes;

            search->mark[at >> search->shift] = clear ? 0 : (uint32_t)(c * TAPS + t + 1);
        }
    }
}

/* Channel and tap of an entry, as marked. */
static size_t tap_of(const skel_sparse_search *search, size_t entry)
{
    return search->mark[search->rows->entry[entry].offset >> search->shift] - 1;
}

/* Marks the channels that the rows of a grid from `first` on read. Returns how many there are. */
static size_t mark_channels(const skel_sparse_search *search, const skel_sparse_grid *grid,
                            size_t first, uint32_t column[])
{
    const skel_sparse_row *last = &search->rows->row[grid->first + grid->rows - 1];
    size_t channels = 0;

    memset(column, 0, search->planes->channels * sizeof *column);
    for (size_t n = search->rows->row[first].first; n < last->first + last->count; n++) {
        uint32_t *at = &column[tap_of(search, n) / TAPS];

        channels += *at == 0;
        *at = 1;
    }
    return channels;
}

/* The first row of a grid of which Winograd's algorithm computes all, or its end. */
static size_t first_of(const skel_sparse_search *search, const skel_sparse_grid *grid,
                       uint32_t column[], size_t *channels)
{
    size_t end = grid->first + grid->rows;
    size_t first = grid->first + grid->empty;
    double percent =
        percent_of(search->sparse, search->step, grid, end - first, search->planes->channels);

    first =
        skel_sparse_rows_from(search->rows, grid, first, search->rows->row[end - 1].count, percent);
    *channels = mark_channels(search, grid, first, column);
    first = skel_sparse_rows_from(search->rows, grid, first, TAPS * *channels, percent);
    if (end - first < SKEL_WORK_LEAST_ROWS) {
        return end;
    }
    *channels = mark_channels(search, grid, first, column);
    return percent_of(search->sparse, search->step, grid, end - first, *channels) <
                   SKEL_WORK_DENSE_PERCENT
               ? first
               : end;
}

/* Lists the marked channels, and gives each entry of the dense rows its place. */
static skel_status list_channels(const skel_sparse_search *search, const skel_sparse_grid *grid,
                                 uint32_t column[], skel_sparse_bands *bands)
{
    const skel_sparse_rows *rows = search->rows;
    const skel_sparse_row *last = &rows->row[grid->first + grid->rows - 1];
    size_t height = search->sparse->kernels->band->rows;
    size_t all = (bands->rows + height - 1) / height * bands->columns;
    size_t n = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(bands->columns, sizeof *bands->offset, &bands->offset));
    for (size_t c = 0; c < search->planes->channels; c++) {
        if (column[c] != 0) {
            bands->offset[n] = (uint32_t)corner_of(search, c);
            column[c] = (uint32_t)n++;
        }
    }
    for (n = rows->row[grid->first + grid->rows - bands->rows].first; n < last->first + last->count;
         n++) {
        size_t tap = tap_of(search, n);

        rows->place[n] = (uint32_t)(tap % TAPS * all + column[tap / TAPS]);
    }
done:
    return status;
}

skel_status skel_sparse_winograd_find(const skel_sparse_search *search, skel_sparse_grid *grid,
                                      skel_sparse_bands *bands)
{
    size_t end = grid->first + grid->rows;
    size_t first = 0;
    uint32_t *column = NULL;
    skel_status status = SKEL_OK;

    *bands = (skel_sparse_bands){.rows = 0};
    if (grid->rows == grid->empty ||
        percent_of(search->sparse, search->step, grid, grid->rows - grid->empty,
                   search->planes->channels) >= SKEL_WORK_DENSE_PERCENT) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(search->planes->channels, sizeof *column, &column));
    mark_taps(search, false);
    first = first_of(search, grid, column, &bands->columns);
    if (first < end) {
        bands->rows = end - first;
        bands->taps = TAPS;
        SKEL_TRY(list_channels(search, grid, column, bands));
    }
done:
    mark_taps(search, true);
    SKEL_FREE(&column);
    return status;
}
