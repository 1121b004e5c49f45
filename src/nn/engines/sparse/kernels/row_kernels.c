/* Tiles of up to 8 pixels stay in registers while the entries of a row pass by. */
#include "row_kernels.h"

#include "row_statistics.h"

/* Pixels of a tile: sums in as many registers, of which AVX2 has 16. Pixels whose sums of products
 * float may hold. */
enum { TILE = 8, PRODUCT_PIXELS = 1024 };

/* Entries whose sums are in the first cache together. */
enum { SPREAD_ENTRIES = 64 };

/* Calls the function with the tile's shape as constants. */
#define FOR_TILE(verb, rows, columns, ...)                                                         \
    do {                                                                                           \
        switch ((rows)*16 + (columns)) {                                                           \
        case 1 * 16 + 8:                                                                           \
            verb(1, 8, __VA_ARGS__);                                                               \
            break;                                                                                 \
        case 2 * 16 + 4:                                                                           \
            verb(2, 4, __VA_ARGS__);                                                               \
            break;                                                                                 \
        case 4 * 16 + 2:                                                                           \
            verb(4, 2, __VA_ARGS__);                                                               \
            break;                                                                                 \
        case 8 * 16 + 1:                                                                           \
            verb(8, 1, __VA_ARGS__);                                                               \
            break;                                                                                 \
        case 1 * 16 + 4:                                                                           \
            verb(1, 4, __VA_ARGS__);                                                               \
            break;                                                                                 \
        case 2 * 16 + 2:                                                                           \
            verb(2, 2, __VA_ARGS__);                                                               \
            break;                                                                                 \
        case 1 * 16 + 2:                                                                           \
            verb(1, 2, __VA_ARGS__);                                                               \
            break;                                                                                 \
        default:                                                                                   \
            verb(1, 1, __VA_ARGS__);                                                               \
            break;                                                                                 \
        }                                                                                          \
    } while (0)

/* Largest of 8, 4, 2 and 1 that does not exceed what is left. */
static size_t part_of(size_t left)
{
    return left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

/* Rows of a tile with that many columns. */
static size_t tile_rows(size_t columns, size_t left)
{
    if (columns * part_of(left) >= TILE) {
        return TILE / columns;
    }
    return columns == 2 && left >= 2 ? 2 : 1;
}

/* What all tiles of one call share; addresses are of the tile's first pixel. */
typedef struct tile {
    const skel_sparse_rows *rows;
    size_t first; /* rows */
    size_t last;
    const float *in;
    float *out;
    const float *bias;
    vector valid;   /* all bits set in lanes with an image */
    float *scratch; /* statistics; NULL: not wanted */
    bool streams;   /* the sums are stored past the caches */
    bool restart;   /* the tile begins new sums in float */
} tile;

/* Asks for a tile's cache lines: the tiles of a plane's channels are too far apart for the
 * processor to foresee which comes next. */
INLINE void prefetch(size_t height, size_t width, const float *first, size_t row, size_t column)
{
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x += 64 / (4 * LANES)) {
            __builtin_prefetch(first + y * row + x * column);
        }
    }
}

INLINE void prefetch_to_write(size_t height, size_t width, const float *first, size_t row,
                              size_t column)
{
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x += 64 / (4 * LANES)) {
            __builtin_prefetch(first + y * row + x * column, 1);
        }
    }
}

INLINE void apply_tile(size_t height, size_t width, const tile *t, size_t in_column,
                       size_t out_column, bool statistics)
{
    const skel_sparse_rows *rows = t->rows;
    const size_t in_row = rows->in_row;
    const size_t out_row = rows->out_row;
    const skel_sparse_entry *entry = rows->entry + rows->row[t->first].first;

    for (size_t r = t->first; r < t->last; r++) {
        const skel_sparse_row *row = &rows->row[r];
        const skel_sparse_entry *end = entry + row->count;
        float *out = t->out + row->target;
        vector sum[TILE];

        if (!t->streams) {
            prefetch_to_write(height, width, t->out + rows->row[r + SKEL_SPARSE_ROWS_AHEAD].target,
                              out_row, out_column);
        }
        for (size_t k = 0; k < height * width; k++) {
            sum[k] = (vector){0};
            if (t->bias != NULL) {
                sum[k] = (vector)((bits)(sum[k] + t->bias[row->channel]) & (bits)t->valid);
            }
        }
        for (; entry < end; entry++) {
            const float *p = t->in + entry->offset;
            float weight = entry->weight;

            prefetch(height, width, t->in + entry[SKEL_SPARSE_ENTRIES_AHEAD].offset, in_row,
                     in_column);

            for (size_t y = 0; y < height; y++) {
                for (size_t x = 0; x < width; x++) {
                    sum[y * width + x] += weight * SOURCE(p + y * in_row + x * in_column);
                }
            }
        }
        for (size_t y = 0; y < height; y++) {
            for (size_t x = 0; x < width; x++) {
                stream_or_store(t->streams, out + y * out_row + x * out_column, sum[y * width + x]);
            }
        }
        if (statistics) {
            add_statistics(height * width, sum, t->restart,
                           t->scratch + (r - t->first) * SKEL_SPARSE_STATISTICS * LANES);
        }
    }
}

INLINE void apply_tiles(skel_sparse_range range, tile t, size_t in_column, size_t out_column,
                        bool statistics, double sums[])
{
    const skel_sparse_rows *rows = range.rows;
    const float *in = t.in;
    float *out = t.out;
    size_t columns = 0;
    size_t pending = 0;

    for (size_t x = 0; x < range.grid->width; x += columns) {
        size_t lines = 0;

        columns = part_of(range.grid->width - x);
        for (size_t y = 0; y < range.grid->height; y += lines) {
            lines = tile_rows(columns, range.grid->height - y);
            t.in = in + y * rows->in_row + x * in_column;
            t.out = out + y * rows->out_row + x * out_column;
            t.restart = pending == 0;
            FOR_TILE(apply_tile, lines, columns, &t, in_column, out_column, statistics);
            pending += lines * columns;
            if (statistics && pending >= STATISTICS_PIXELS) {
                settle_statistics(range, pending, t.scratch, sums);
                pending = 0;
            }
        }
    }
    if (statistics) {
        if (pending > 0) {
            settle_statistics(range, pending, t.scratch, sums);
        }
        clear_scratch(range, t.scratch);
    }
}

/* Compiled for contiguous pixels, with statistics and without, and for all others. */
static void apply(skel_sparse_range range, const float *in, const float bias[],
                  const skel_sparse_lane_mask *lanes, float *out, float *scratch, double sums[])
{
    const skel_sparse_rows *rows = range.rows;
    bool dense = rows->in_column == LANES && rows->out_column == LANES;
    tile t = {.rows = rows,
              .first = range.first,
              .last = range.last,
              .in = in,
              .out = out,
              .bias = bias,
              .streams = range.streams,
              .scratch = scratch};

    memcpy(&t.valid, lanes, sizeof t.valid);
    clear_statistics(range, sums);
    if (dense && sums != NULL) {
        apply_tiles(range, t, LANES, LANES, true, sums);
    } else if (dense) {
        apply_tiles(range, t, LANES, LANES, false, sums);
    } else if (sums != NULL) {
        apply_tiles(range, t, rows->in_column, LANES, true, sums);
    } else {
        apply_tiles(range, t, rows->in_column, rows->out_column, false, sums);
    }
    if (range.streams) {
        stream_fence();
    }
}

INLINE void multiply_tile(size_t height, size_t width, const skel_sparse_range *range,
                          const float *in, size_t in_column, const float *out, float *scratch)
{
    const skel_sparse_rows *rows = range->rows;
    const size_t in_row = rows->in_row;
    const size_t out_row = rows->gradient_row;
    const size_t plane = rows->gradient_plane;
    const skel_sparse_entry *entry = rows->entry + rows->row[range->first].first;

    for (size_t r = range->first; r < range->last; r++) {
        const skel_sparse_entry *end = entry + rows->row[r].count;
        const float *from = out + rows->row[r].channel * plane;
        vector d[TILE];

        prefetch(height, width, out + rows->row[r + SKEL_SPARSE_ROWS_AHEAD].channel * plane,
                 out_row, LANES);

        for (size_t y = 0; y < height; y++) {
            for (size_t x = 0; x < width; x++) {
                d[y * width + x] = SOURCE(from + y * out_row + x * LANES);
            }
        }
        for (; entry < end; entry++, scratch += LANES) {
            const float *p = in + entry->offset;
            prefetch(height, width, in + entry[SKEL_SPARSE_ENTRIES_AHEAD].offset, in_row,
                     in_column);
            vector sum[2] = {SOURCE(scratch), {0}};

            for (size_t y = 0; y < height; y++) {
                for (size_t x = 0; x < width; x++) {
                    sum[(y * width + x) % 2] +=
                        d[y * width + x] * SOURCE(p + y * in_row + x * in_column);
                }
            }
            TARGET(scratch) = sum[0] + sum[1];
        }
    }
}

/* Entries of a range. */
static size_t entries_of(skel_sparse_range range)
{
    const skel_sparse_row *row = range.rows->row;

    return range.first == range.last
               ? 0
               : row[range.last - 1].first + row[range.last - 1].count - row[range.first].first;
}

static void settle(skel_sparse_range range, float *scratch, double sums[])
{
    size_t first = range.rows->row[range.first].first;
    size_t count = entries_of(range);

    for (size_t n = 0; n < count; n++) {
        float *lane = scratch + n * LANES;
        double part[4] = {0};

        for (size_t l = 0; l < LANES; l += 4) {
            for (size_t k = 0; k < 4; k++) {
                part[k] += (double)lane[l + k];
            }
        }
        sums[first + n] += (part[0] + part[1]) + (part[2] + part[3]);
    }
    memset(scratch, 0, count * LANES * sizeof *scratch);
}

/* Moves the lanes of sums to the rows of the images: adds them, or writes them. */
static void spread(skel_sparse_range range, float *scratch, bool add,
                   const skel_sparse_image_rows *rows)
{
    const uint32_t *source = range.rows->source + range.rows->row[range.first].first;
    size_t count = entries_of(range);

    for (size_t from = 0; from < count; from += SPREAD_ENTRIES) {
        size_t end = from + SPREAD_ENTRIES < count ? from + SPREAD_ENTRIES : count;

        for (size_t l = 0; l < rows->images; l++) {
            float *row = rows->first + l * rows->stride;

            for (size_t n = from; n < end; n++) {
                row[source[n]] = scratch[n * LANES + l] + (add ? row[source[n]] : 0);
            }
        }
    }
    memset(scratch, 0, count * LANES * sizeof *scratch);
}

/* Where sums in float go that are over enough pixels. */
typedef struct sink {
    double *sums;                       /* of the whole batch; NULL: of each image */
    const skel_sparse_image_rows *rows; /* with sums NULL */
    bool add;                           /* to the rows */
} sink;

static void drain(skel_sparse_range range, float *scratch, sink *to)
{
    if (to->sums != NULL) {
        settle(range, scratch, to->sums);
        return;
    }
    spread(range, scratch, to->add, to->rows);
    to->add = true;
}

INLINE void multiply_tiles(skel_sparse_range range, size_t in_column, const float *in,
                           const float *out, float *scratch, size_t *pending, sink *to)
{
    const skel_sparse_rows *rows = range.rows;
    size_t columns = 0;

    for (size_t x = 0; x < range.grid->width; x += columns) {
        size_t lines = 0;

        columns = part_of(range.grid->width - x);
        for (size_t y = 0; y < range.grid->height; y += lines) {
            lines = tile_rows(columns, range.grid->height - y);
            FOR_TILE(multiply_tile, lines, columns, &range, in + y * rows->in_row + x * in_column,
                     in_column, out + rows->gradient_origin + y * rows->gradient_row + x * LANES,
                     scratch);
            *pending += lines * columns;
            if (*pending >= PRODUCT_PIXELS) {
                drain(range, scratch, to);
                *pending = 0;
            }
        }
    }
}

static void multiply(skel_sparse_range range, const float *in, const float *out, float *scratch,
                     size_t *pending, sink *to)
{
    while (range.first < range.last && range.rows->row[range.first].count == 0) {
        range.first++;
    }
    if (range.first == range.last) {
        return;
    }
    if (range.rows->in_column == LANES) {
        multiply_tiles(range, LANES, in, out, scratch, pending, to);
    } else {
        multiply_tiles(range, range.rows->in_column, in, out, scratch, pending, to);
    }
}

static void products(skel_sparse_range range, const float *in, const float *out, float *scratch,
                     size_t *pending, double sums[])
{
    multiply(range, in, out, scratch, pending, &(sink){.sums = sums});
}

static void image_products(skel_sparse_range range, const float *in, const float *out,
                           float *scratch, const skel_sparse_image_rows *rows)
{
    sink to = {.rows = rows};
    size_t pending = 0;

    multiply(range, in, out, scratch, &pending, &to);
    if (pending > 0) {
        spread(range, scratch, to.add, rows);
    }
}

const skel_sparse_row_kernels SKEL_ISA_NAME(skel_sparse_row_kernels) = {
    .apply = apply,
    .products = products,
    .image_products = image_products,
    .settle = settle,
};
