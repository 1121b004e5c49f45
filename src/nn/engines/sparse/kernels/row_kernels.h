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
    size_t target; /**< its first pixel in a block of the output */
    size_t height; /**< pixels that the row computes */
    size_t width;
} skel_sparse_row;

/** A map: output pixel (y, x) of a row is the sum over its entries of
 *  weight * input[offset + y * in_row + x * in_column]. */
typedef struct skel_sparse_rows {
    size_t rows;
    skel_sparse_row *row;
    skel_sparse_entry
        *entry;       /**< borrowed from the engine's array of entries, rows one after the other */
    uint32_t *source; /**< of each entry, its index in the parameter; borrowed likewise */
    size_t entries;
    size_t in_row; /**< distances in floats */
    size_t in_column;
    size_t out_row;
    size_t out_column;
} skel_sparse_rows;

/** Kernels over one row, for one instruction set. */
typedef struct skel_sparse_row_kernels {
    /** Computes one row of a block.
     *
     *  Local.
     *  @param in    a block of the input
     *  @param bias  first term of every sum in lanes with an image
     *  @param out   a block of the output
     */
    void (*apply)(const skel_sparse_rows *rows, const skel_sparse_row *row, const float *in,
                  float bias, const skel_sparse_lane_mask *lanes, float *out);

    /** Adds one block's gradient of the weights of one row.
     *
     *  Local. Products are summed by lane in float over up to 1024 pixels, in double from there.
     *  @param in       a block of the input
     *  @param out      a block of the gradient of the output
     *  @param scratch  [row->count][lanes], zeros; zeros again after it
     *  @param sums     [row->count] added to
     */
    void (*products)(const skel_sparse_rows *rows, const skel_sparse_row *row, const float *in,
                     const float *out, float *scratch, double sums[]);
} skel_sparse_row_kernels;

extern const skel_sparse_row_kernels skel_sparse_row_kernels_baseline;
extern const skel_sparse_row_kernels skel_sparse_row_kernels_avx2;
extern const skel_sparse_row_kernels skel_sparse_row_kernels_avx512;

#endif
