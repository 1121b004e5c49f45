/** Pooling windows over one channel of a block. */
#ifndef SKEL_SPARSE_POOL_KERNELS_H
#define SKEL_SPARSE_POOL_KERNELS_H

#include "planes.h"

/** Shapes of one pooling step. */
typedef struct skel_sparse_pool {
    skel_sparse_planes in;
    skel_sparse_planes out;
    size_t kernel[2]; /**< {vertical, horizontal}; together at most SKEL_SPARSE_POOL_MOST pixels */
    size_t stride[2];
    size_t before[2];    /**< padding above and on the left; each window has a pixel of the input */
    bool counts_padding; /**< a mean divides by all pixels of the window, else by those of the
                              input */
} skel_sparse_pool;

enum { SKEL_SPARSE_POOL_MOST = 65535 }; /**< pixels of a window: choices have 16 bits */

/** Kernels over one channel of a block, for one instruction set. */
typedef struct skel_sparse_pool_kernels {
    /** Largest value of each window, the first of ties in row-major order; a NaN counts as largest.
     *
     *  Local.
     *  Padding is never the largest.
     *  @param choice  [out pixels][lanes] out: the pixel in the window; NULL: not wanted
     */
    void (*max)(const skel_sparse_pool *pool, const float *x, float *y, uint16_t *choice);

    /** Gives each window's gradient to the pixel that was chosen.
     *
     *  Local.
     */
    void (*max_backward)(const skel_sparse_pool *pool, const uint16_t *choice, const float *dy,
                         float *dx);

    /** Mean of each window; padding is 0.
     *
     *  Local.
     */
    void (*mean)(const skel_sparse_pool *pool, const float *x, float *y);

    /** Spreads each window's gradient over its pixels of the input.
     *
     *  Local.
     */
    void (*mean_backward)(const skel_sparse_pool *pool, const float *dy, float *dx);
} skel_sparse_pool_kernels;

extern const skel_sparse_pool_kernels skel_sparse_pool_kernels_baseline;
extern const skel_sparse_pool_kernels skel_sparse_pool_kernels_avx2;
extern const skel_sparse_pool_kernels skel_sparse_pool_kernels_avx512;

#endif
