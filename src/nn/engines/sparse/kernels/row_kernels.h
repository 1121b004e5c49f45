/** Sparse linear maps between planes: a convolution, or its transpose, as rows of kept weights. */
#ifndef SKEL_SPARSE_ROW_KERNELS_H
#define SKEL_SPARSE_ROW_KERNELS_H

#include "planes.h"

/** One kept weight of a row. */
typedef struct skel_sparse_entry {
    uint32_t offset; /**< of its factor for the row's first pixel, in a block of the input */
    float weight;
} skel_sparse_entry;

/** The kept weights of one channel of the output, or of its pixels of one residue by the stride. */
typedef struct skel_sparse_row {
    size_t first; /**< its entries are entry[first .. first + count) */
    size_t count;
    size_t target;  /**< its first pixel in a block of the output */
    size_t channel; /**< of the output */
} skel_sparse_row;

/** The dense rows of a grid, as a matrix: one row for each, and one column for each input that any
 *  of them reads. Winograd's algorithm has 9 matrices, one for each tap, with one column for each
 *  channel. Pruned weights in them are 0. */
typedef struct skel_sparse_bands {
    size_t rows; /**< the last ones of the grid; 0: none */
    size_t columns;
    size_t taps;      /**< matrices: 1, or 9 for Winograd's algorithm */
    uint32_t *offset; /**< [columns] of the input's factor, or the first tap's, as an entry has it;
                           owned */
    float *weight;    /**< [taps][bands][columns][rows of a band]; borrowed from the engine */
} skel_sparse_bands;

/** Consecutive rows that compute the same pixels, those with fewest entries first. */
typedef struct skel_sparse_grid {
    size_t first; /**< its rows are row[first .. first + rows) */
    size_t rows;
    size_t empty;  /**< rows without entries, the first ones */
    size_t height; /**< pixels that each row computes */
    size_t width;
    skel_sparse_bands bands;
} skel_sparse_grid;

/** Kernels ask for the memory of later entries and rows: behind the entries and rows of a map there
 *  must be as many more, of any value that is an offset in a block. */
enum { SKEL_SPARSE_ENTRIES_AHEAD = 16, SKEL_SPARSE_ROWS_AHEAD = 4 };

/** A map: output pixel (y, x) of a row is the sum over its entries of
 *  weight * input[offset + y * in_row + x * in_column]. */
typedef struct skel_sparse_rows {
    size_t grids; /**< one, or for a transposed map one for each residue by the stride */
    skel_sparse_grid *grid;
    size_t rows;
    size_t near; /**< rows of the channels [k near, (k + 1) near) are computed together: all rows,
                    or those of a few groups, which read the same small part of the input */
    skel_sparse_row *row;
    skel_sparse_entry *entry; /**< of all rows, in their order; borrowed from the engine */
    uint32_t *source;         /**< of each entry, its index in the parameter; borrowed likewise */
    uint32_t *place; /**< of each entry of a dense row, its column in the matrix, counted on from
                        all bands' columns of the taps before; borrowed likewise */
    size_t entries;
    size_t in_row; /**< distances in floats */
    size_t in_column;
    size_t out_row;
    size_t out_column;
    /* the output's gradient, whose ring may differ from the output's, for products() */
    size_t gradient_origin; /**< its first pixel in the first channel of a block */
    size_t gradient_plane;
    size_t gradient_row;
} skel_sparse_rows;

/** Rows [first, last) of a map, all of one grid. */
typedef struct skel_sparse_range {
    const skel_sparse_rows *rows;
    const skel_sparse_grid *grid;
    size_t first;
    size_t last;
    bool streams; /**< outputs are stored past the caches: they are read after much else */
} skel_sparse_range;

/** Where the gradients of the images of one block go. */
typedef struct skel_sparse_image_rows {
    size_t images; /**< of the block, in its first lanes */
    size_t stride; /**< floats from an image's row to the next one's */
    float *first;  /**< the first image's gradients of the layer's weights, as `source` counts them
                    */
} skel_sparse_image_rows;

enum { SKEL_SPARSE_STATISTICS = 3 }; /**< vectors of scratch for each row with statistics */

/** Kernels over rows, for one instruction set. They pass over the pixels tile by tile: all rows
 *  read the same tile of the input before the next tile, so that the tile stays in the cache. */
typedef struct skel_sparse_row_kernels {
    /** Computes rows of a block.
     *
     *  Local.
     *  @param in       a block of the input
     *  @param bias     [channels] first term of every sum in lanes with an image; NULL: 0
     *  @param out      a block of the output
     *  @param scratch  [last - first][SKEL_SPARSE_STATISTICS][lanes], zeros; zeros again after it;
     *                  NULL without `sums`
     *  @param sums     [channels][2] out: sums of the outputs and of their squares, of the rows'
     *                  channels; NULL: not wanted. Summed by lane in float around a mean of one
     *                  tile, over about 256 pixels, and in double from there
     */
    void (*apply)(skel_sparse_range range, const float *in, const float bias[],
                  const skel_sparse_lane_mask *lanes, float *out, float *scratch, double sums[]);

    /** Adds one block's gradient of the weights of rows, by lane in float. Moves the sums over
     *  about 1024 pixels to the sums in double.
     *
     *  Local.
     *  @param in       a block of the input
     *  @param out      a block of the gradient of the output
     *  @param scratch  [entries of the rows][lanes] sums in float, zeros at first
     *  @param pending  in and out: pixels that the sums in float are over, 0 at first
     *  @param sums     [entries of the map] added to
     */
    void (*products)(skel_sparse_range range, const float *in, const float *out, float *scratch,
                     size_t *pending, double sums[]);

    /** Computes the gradients of single images, of one block, by the weights of rows. Sums are in
     *  float over at most about 1024 pixels, and added up in float from there.
     *
     *  Local.
     *  @param scratch  as of products(); zeros after it
     *  @param rows     out: the images' gradients by the weights of the entries, not the others'
     */
    void (*image_products)(skel_sparse_range range, const float *in, const float *out,
                           float *scratch, const skel_sparse_image_rows *rows);

    /** Moves what is left of the sums in float to those in double.
     *
     *  Local.
     *  @param scratch  as of products(); zeros after it
     */
    void (*settle)(skel_sparse_range range, float *scratch, double sums[]);
} skel_sparse_row_kernels;

extern const skel_sparse_row_kernels skel_sparse_row_kernels_baseline;
extern const skel_sparse_row_kernels skel_sparse_row_kernels_avx2;
extern const skel_sparse_row_kernels skel_sparse_row_kernels_avx512;

#endif
