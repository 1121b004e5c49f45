/** Gradients of all weights of a convolution, pruned ones included. */
#ifndef SKEL_SPARSE_WEIGHT_KERNELS_H
#define SKEL_SPARSE_WEIGHT_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/** One element of the kernel at one channel of the input. */
typedef struct skel_sparse_column {
    uint32_t offset; /**< of its factor for the first output pixel, in a block of the input */
    uint32_t index;  /**< of its weight, among the weights of one channel of the output */
} skel_sparse_column;

/** A convolution whose weights' gradients are wanted; distances in floats. */
typedef struct skel_sparse_convolution {
    size_t height; /**< of the output, in pixels */
    size_t width;
    size_t blocks;
    size_t in_block; /**< from a block of the input to the next */
    size_t in_row;   /**< between the factors of two output pixels one below the other */
    size_t in_column;
    size_t out_block;
    size_t out_plane;
    size_t out_row;
    size_t elements; /**< of the kernel: height times width */
    size_t weights;  /**< of one channel of the output */
    size_t columns;
    const skel_sparse_column *column; /**< those whose weights' gradients are wanted */
} skel_sparse_convolution;

/** Kernels for one instruction set. */
typedef struct skel_sparse_weight_kernels {
    /** Adds gradients of weights: sums[target * weights + column.index] += sum over blocks and
     *  pixels p of out[channel][p] * in[column.offset + p].
     *
     *  Local. Sums are by lane in float over at most 1024 / lanes pixels or a row, and in double
     *  from there. Their order depends on the shapes alone, not on which channels are asked for
     *  together.
     *  @param in        first block of the input
     *  @param out       first pixel of channel 0 of the first block of the output's gradient
     *  @param channels  channels of the output whose weights' gradients are wanted
     *  @param channel   [channels] their numbers
     *  @param target    [channels] their rows of `sums`
     *  @param sums      [rows][weights] added to
     */
    void (*products)(const skel_sparse_convolution *convolution, const float *in, const float *out,
                     size_t channels, const uint32_t channel[], const uint32_t target[],
                     double sums[]);
} skel_sparse_weight_kernels;

extern const skel_sparse_weight_kernels skel_sparse_weight_kernels_baseline;
extern const skel_sparse_weight_kernels skel_sparse_weight_kernels_avx2;
extern const skel_sparse_weight_kernels skel_sparse_weight_kernels_avx512;

#endif
