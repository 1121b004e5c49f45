/* Tiles of some rows times 4 pixels stay in registers while the columns pass by. */
#include "band_kernels.h"

#include "band_tile.h"
#include "row_statistics.h"

/* The inputs of a chunk of columns at 4 pixels are brought together, so that all rows find them in
 * the first cache. */
enum { CHUNK = 192 };

/* Up to 4 pixels, one behind the other in the order of the grid. */
typedef struct tile {
    size_t pixels;
    size_t in[PIXELS]; /* distances from the first pixel, in floats */
    size_t out[PIXELS];
} tile;

/* A tile at the end of a grid repeats its last pixel. */
static tile tile_at(const skel_sparse_range *range, size_t first)
{
    const skel_sparse_rows *rows = range->rows;
    size_t width = range->grid->width;
    size_t left = range->grid->height * width - first;
    tile t = {.pixels = left < PIXELS ? left : PIXELS};

    for (size_t j = 0; j < PIXELS; j++) {
        size_t pixel = first + (j < t.pixels ? j : t.pixels - 1);

        t.in[j] = pixel / width * rows->in_row + pixel % width * rows->in_column;
        t.out[j] = pixel / width * rows->out_row + pixel % width * rows->out_column;
    }
    return t;
}

/* Brings the inputs of some columns at the tile's pixels together: [columns][PIXELS][LANES]. */
static void gather(const tile *t, size_t columns, const uint32_t offset[], const float *in,
                   float *panel)
{
    for (size_t k = 0; k < columns; k++, panel += (size_t)PIXELS * LANES) {
        const float *from = in + offset[k];

#pragma GCC unroll 8
        for (size_t j = 0; j < PIXELS; j++) {
            TARGET(panel + j * LANES) = SOURCE(from + t->in[j]);
        }
    }
}

/* The products of all bands of a range at a tile: [bands][ROWS][PIXELS][LANES]. */
static void sum_tile(skel_sparse_range range, const tile *t, const float *in, float *panel,
                     float *sums)
{
    const skel_sparse_bands *bands = &range.grid->bands;
    size_t start = range.grid->first + range.grid->rows - bands->rows;

    for (size_t k = 0; k < bands->columns; k += CHUNK) {
        size_t columns = bands->columns - k < CHUNK ? bands->columns - k : CHUNK;

        gather(t, columns, bands->offset + k, in, panel);
        for (size_t r = range.first; r < range.last; r += ROWS) {
            multiply_band(PIXELS, columns,
                          bands->weight + ((r - start) * bands->columns + k * ROWS), panel, k == 0,
                          sums + (r - range.first) * PIXELS * LANES);
        }
    }
}

/* Stores one row's sums at a tile's pixels, with the bias. */
INLINE void store_row(const tile *t, const vector bias, const float *sums, bool streams,
                      vector value[], float *out)
{
    for (size_t j = 0; j < PIXELS; j++) {
        value[j] = SOURCE(sums + j * LANES) + bias;
        stream_or_store(streams, out + t->out[j], value[j]);
    }
}

/* Stores all rows' sums at a tile's pixels, and counts them in the statistics. */
static void store_tile(skel_sparse_range range, const tile *t, const float bias[], vector valid,
                       const float *sums, bool restart, float *out, float *scratch)
{
    for (size_t r = range.first; r < range.last; r++, sums += (size_t)PIXELS * LANES) {
        const skel_sparse_row *row = &range.rows->row[r];
        vector shift = {0};
        vector value[PIXELS];

        if (bias != NULL) {
            shift = (vector)((bits)(shift + bias[row->channel]) & (bits)valid);
        }
        store_row(t, shift, sums, range.streams, value, out + row->target);
        if (scratch != NULL) {
            add_statistics(t->pixels, value, restart,
                           scratch + (r - range.first) * SKEL_SPARSE_STATISTICS * LANES);
        }
    }
}

static size_t panel_floats(size_t rows)
{
    return (CHUNK + (rows + ROWS - 1) / ROWS * ROWS) * PIXELS * LANES;
}

static void apply(skel_sparse_range range, const float *in, const float bias[],
                  const skel_sparse_lane_mask *lanes, float *out, float *scratch, double sums[],
                  float *panel)
{
    size_t pixels = range.grid->height * range.grid->width;
    float *total = panel + (size_t)CHUNK * PIXELS * LANES;
    size_t pending = 0;
    vector valid;

    memcpy(&valid, lanes, sizeof valid);
    clear_statistics(range, sums);
    for (size_t first = 0; first < pixels; first += PIXELS) {
        tile t = tile_at(&range, first);

        sum_tile(range, &t, in, panel, total);
        store_tile(range, &t, bias, valid, total, pending == 0, out, sums == NULL ? NULL : scratch);
        pending += t.pixels;
        if (sums != NULL && (pending >= STATISTICS_PIXELS || first + PIXELS >= pixels)) {
            settle_statistics(range, pending, scratch, sums);
            pending = 0;
        }
    }
    if (sums != NULL) {
        clear_scratch(range, scratch);
    }
    if (range.streams) {
        stream_fence();
    }
}

const skel_sparse_band_kernels SKEL_ISA_NAME(skel_sparse_band_kernels) = {
    .rows = ROWS,
    .panel = panel_floats,
    .apply = apply,
};
