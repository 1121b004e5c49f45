/* Sums of 4 outputs times 3 or 4 columns, or of one output times 9 or 12 columns, stay in registers
 * while the pixels pass by. */
#include "weight_kernels.h"

#include "turn.h"

/* A tile has 12 sums, and AVX2 has 16 registers; with AVX-512, which has 32, it has 16 sums, whose
 * lanes are one vector when they are added up. A chunk of pixels of a tile's outputs, and of one
 * column, fit in a first cache of 32 KiB; a chunk of the planes of a group fits in a second cache.
 */
enum {
    OUTPUTS = 4,
    COLUMNS = LANES == 16 ? 4 : 3,
    COLUMNS_OF_ONE = LANES == 16 ? 12 : 9,
    TILE = OUTPUTS * COLUMNS,
    CHUNK_PIXELS = 1024 / LANES,
    GROUP_PLANES = 48
};

/* Pixels that are summed in float. */
typedef struct chunk {
    size_t block; /* the first one */
    size_t blocks;
    size_t row;
    size_t rows;
} chunk;

/* How many sums a tile has, at most TILE. A constant where tiles are computed. */
typedef struct shape {
    size_t outputs;
    size_t columns;
} shape;

/* A range of the columns. */
typedef struct group {
    size_t first;
    size_t last;
} group;

/* The sums over the lanes of each vector. */
INLINE void fold(const vector sum[TILE], float total[])
{
    for (size_t i = 0; i < TILE; i += LANES) {
        vector some[LANES];

        for (size_t l = 0; l < LANES; l++) {
            some[l] = i + l < TILE ? sum[i + l] : (vector){0};
        }
        some[0] = fold_lanes(some);
        memcpy(total + i, some, sizeof *some);
    }
}

INLINE void multiply(const skel_sparse_convolution *c, shape of, size_t in_column, chunk part,
                     const float *const in[], const float *const out[], vector sum[TILE])
{
    for (size_t b = part.block; b < part.block + part.blocks; b++) {
        for (size_t y = part.row; y < part.row + part.rows; y++) {
            size_t from = b * c->in_block + y * c->in_row;
            size_t to = b * c->out_block + y * c->out_row;

            for (size_t x = 0; x < c->width; x++, from += in_column, to += LANES) {
                vector factor[COLUMNS_OF_ONE];

#pragma GCC unroll 16
                for (size_t k = 0; k < of.columns; k++) {
                    factor[k] = SOURCE(in[k] + from);
                }
#pragma GCC unroll 8
                for (size_t o = 0; o < of.outputs; o++) {
                    vector d = SOURCE(out[o] + to);

#pragma GCC unroll 16
                    for (size_t k = 0; k < of.columns; k++) {
                        sum[o * of.columns + k] += d * factor[k];
                    }
                }
            }
        }
    }
}

/* One tile over one chunk. A tile at an edge repeats its last output or column. */
INLINE void tile_products(const skel_sparse_convolution *c, shape of, size_t in_column, chunk part,
                          const float *in, const float *const out[], group tile,
                          double *const sums[])
{
    const float *from[COLUMNS_OF_ONE];
    vector sum[TILE];
    float total[(TILE + LANES - 1) / LANES * LANES];

    for (size_t k = 0; k < of.columns; k++) {
        size_t n = tile.first + k < tile.last ? tile.first + k : tile.last - 1;

        from[k] = in + c->column[n].offset;
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < TILE; i++) {
        sum[i] = (vector){0};
    }
    multiply(c, of, in_column, part, from, out, sum);
    fold(sum, total);
    for (size_t k = 0; tile.first + k < tile.last; k++) {
        size_t index = c->column[tile.first + k].index;

        for (size_t o = 0; o < of.outputs && sums[o] != NULL; o++) {
            sums[o][index] += (double)total[o * of.columns + k];
        }
    }
}

/* All tiles of a group of columns over one chunk. */
INLINE void chunk_products(const skel_sparse_convolution *c, shape of, size_t in_column, chunk part,
                           group columns, const float *in, const float *out, size_t channels,
                           const uint32_t channel[], const uint32_t target[], double sums[])
{
    for (size_t first = 0; first < channels; first += of.outputs) {
        const float *plane[OUTPUTS];
        double *sum[OUTPUTS];

        for (size_t o = 0; o < of.outputs; o++) {
            size_t n = first + o < channels ? first + o : channels - 1;

            plane[o] = out + channel[n] * c->out_plane;
            sum[o] = first + o < channels ? sums + target[n] * c->weights : NULL;
        }
        for (size_t n = columns.first; n < columns.last; n += of.columns) {
            group tile = {n, n + of.columns < columns.last ? n + of.columns : columns.last};

            tile_products(c, of, in_column, part, in, plane, tile, sum);
        }
    }
}

/* The chunk that begins at a block and a row: whole blocks if several fit, else rows of one. */
static chunk chunk_at(const skel_sparse_convolution *c, size_t block, size_t row)
{
    size_t pixels = c->height * c->width;
    size_t blocks = CHUNK_PIXELS / pixels;
    size_t rows = CHUNK_PIXELS / c->width;

    if (blocks > 0) {
        blocks = blocks < c->blocks - block ? blocks : c->blocks - block;
        return (chunk){.block = block, .blocks = blocks, .rows = c->height};
    }
    rows = rows == 0 ? 1 : rows;
    rows = rows < c->height - row ? rows : c->height - row;
    return (chunk){.block = block, .blocks = 1, .row = row, .rows = rows};
}

INLINE void all_products(const skel_sparse_convolution *c, shape of, size_t in_column,
                         const float *in, const float *out, size_t channels,
                         const uint32_t channel[], const uint32_t target[], double sums[])
{
    size_t step = GROUP_PLANES * c->elements;

    for (size_t n = 0; n < c->columns; n += step) {
        group columns = {n, n + step < c->columns ? n + step : c->columns};
        chunk part = {.blocks = 0};

        for (size_t block = 0; block < c->blocks; block += part.blocks) {
            for (size_t row = 0; row < c->height; row += part.rows) {
                part = chunk_at(c, block, row);
                chunk_products(c, of, in_column, part, columns, in, out, channels, channel, target,
                               sums);
            }
        }
    }
}

/* Compiled for contiguous pixels and for all others, for several outputs and for one. */
static void products(const skel_sparse_convolution *convolution, const float *in, const float *out,
                     size_t channels, const uint32_t channel[], const uint32_t target[],
                     double sums[])
{
    const shape several = {OUTPUTS, COLUMNS};
    const shape one = {1, COLUMNS_OF_ONE};
    size_t in_column = convolution->in_column;

    if (channels == 1 && in_column == LANES) {
        all_products(convolution, one, LANES, in, out, 1, channel, target, sums);
    } else if (channels == 1) {
        all_products(convolution, one, in_column, in, out, 1, channel, target, sums);
    } else if (in_column == LANES) {
        all_products(convolution, several, LANES, in, out, channels, channel, target, sums);
    } else {
        all_products(convolution, several, in_column, in, out, channels, channel, target, sums);
    }
}

const skel_sparse_weight_kernels SKEL_ISA_NAME(skel_sparse_weight_kernels) = {
    .products = products,
};
