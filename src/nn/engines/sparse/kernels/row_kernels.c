/* Tiles of up to 8 pixels stay in registers while a row's entries pass by. */
#include "row_kernels.h"

#include "lanes.h"

enum { TILE = 8, FLOAT_PIXELS = 1024 };

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

INLINE void gather(size_t height, size_t width, const skel_sparse_entry *entry, size_t count,
                   const float *in, size_t in_row, size_t in_column, const float start[],
                   float *out, size_t out_row, size_t out_column)
{
    vector sum[TILE];

    for (size_t k = 0; k < height * width; k++) {
        sum[k] = SOURCE(start);
    }
    for (size_t n = 0; n < count; n++) {
        const float *p = in + entry[n].offset;
        float weight = entry[n].weight;

        for (size_t y = 0; y < height; y++) {
            for (size_t x = 0; x < width; x++) {
                sum[y * width + x] += weight * SOURCE(p + y * in_row + x * in_column);
            }
        }
    }
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            TARGET(out + y * out_row + x * out_column) = sum[y * width + x];
        }
    }
}

INLINE void apply(const skel_sparse_rows *rows, const skel_sparse_row *row, size_t in_column,
                  size_t out_column, const float *in, const float start[], float *out)
{
    const skel_sparse_entry *entry = rows->entry + row->first;
    size_t columns = 0;

    for (size_t x = 0; x < row->width; x += columns) {
        size_t lines = 0;

        columns = part_of(row->width - x);
        for (size_t y = 0; y < row->height; y += lines) {
            lines = tile_rows(columns, row->height - y);
            FOR_TILE(gather, lines, columns, entry, row->count,
                     in + y * rows->in_row + x * in_column, rows->in_row, in_column, start,
                     out + row->target + y * rows->out_row + x * out_column, rows->out_row,
                     out_column);
        }
    }
}

static void apply_row(const skel_sparse_rows *rows, const skel_sparse_row *row, const float *in,
                      float bias, const skel_sparse_lane_mask *lanes, float *out)
{
    float start[LANES] __attribute__((aligned(64)));

    for (size_t l = 0; l < LANES; l++) {
        start[l] = lanes->lane[l] != 0 ? bias : 0.0F;
    }
    if (rows->in_column == LANES && rows->out_column == LANES) {
        apply(rows, row, LANES, LANES, in, start, out);
    } else {
        apply(rows, row, rows->in_column, rows->out_column, in, start, out);
    }
}

INLINE void multiply(size_t height, size_t width, const skel_sparse_entry *entry, size_t count,
                     const float *in, size_t in_row, size_t in_column, const float *out,
                     size_t out_row, size_t out_column, float *scratch)
{
    vector d[TILE];

    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            d[y * width + x] = SOURCE(out + y * out_row + x * out_column);
        }
    }
    for (size_t n = 0; n < count; n++) {
        const float *p = in + entry[n].offset;
        vector *to = (vector *)(void *)(scratch + n * LANES);
        vector sum[2] = {*to, {0}};

        for (size_t y = 0; y < height; y++) {
            for (size_t x = 0; x < width; x++) {
                sum[(y * width + x) % 2] +=
                    d[y * width + x] * SOURCE(p + y * in_row + x * in_column);
            }
        }
        *to = sum[0] + sum[1];
    }
}

/* Moves the lanes' sums to the total of each entry. */
static void settle(size_t count, float *scratch, double sums[])
{
    for (size_t n = 0; n < count; n++) {
        float *lane = scratch + n * LANES;
        double part[4] = {0};

        for (size_t l = 0; l < LANES; l += 4) {
            for (size_t k = 0; k < 4; k++) {
                part[k] += (double)lane[l + k];
            }
        }
        sums[n] += (part[0] + part[1]) + (part[2] + part[3]);
    }
    memset(scratch, 0, count * LANES * sizeof *scratch);
}

INLINE void products(const skel_sparse_rows *rows, const skel_sparse_row *row, size_t in_column,
                     const float *in, const float *out, float *scratch, double sums[])
{
    const skel_sparse_entry *entry = rows->entry + row->first;
    size_t columns = 0;
    size_t pending = 0;

    for (size_t x = 0; x < row->width; x += columns) {
        size_t lines = 0;

        columns = part_of(row->width - x);
        for (size_t y = 0; y < row->height; y += lines) {
            lines = tile_rows(columns, row->height - y);
            FOR_TILE(multiply, lines, columns, entry, row->count,
                     in + y * rows->in_row + x * in_column, rows->in_row, in_column,
                     out + row->target + y * rows->out_row + x * LANES, rows->out_row, LANES,
                     scratch);
            pending += lines * columns;
            if (pending >= FLOAT_PIXELS) {
                settle(row->count, scratch, sums);
                pending = 0;
            }
        }
    }
    if (pending > 0) {
        settle(row->count, scratch, sums);
    }
}

static void row_products(const skel_sparse_rows *rows, const skel_sparse_row *row, const float *in,
                         const float *out, float *scratch, double sums[])
{
    if (row->count == 0) {
        return;
    }
    if (rows->in_column == LANES) {
        products(rows, row, LANES, in, out, scratch, sums);
    } else {
        products(rows, row, rows->in_column, in, out, scratch, sums);
    }
}

const skel_sparse_row_kernels SKEL_ISA_NAME(skel_sparse_row_kernels) = {
    .apply = apply_row,
    .products = row_products,
};
