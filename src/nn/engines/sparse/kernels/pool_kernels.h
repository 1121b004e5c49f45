/** Square pooling windows over one channel of a block. */
#ifndef SKEL_SPARSE_POOL_KERNELS_H
#define SKEL_SPARSE_POOL_KERNELS_H

#include "planes.h"

/** Shapes of one pooling step. */
typedef struct skel_sparse_pool {
    skel_sparse_planes in;
    skel_sparse_planes out;
    size_t kernel; /**< at most 255 */
    size_t stride;
} skel_sparse_pool;

/** Kernels over one channel of a block, for one instruction set. */
typedef struct skel_sparse_pool_kernels {
    /** Largest value of each window, the first of ties in row-major order; a NaN counts as largest.
     *
     *  Local.
     *  @param choice  [out pixels][lanes] out: the pixel in the window; NULL: not wanted
     */
    void (*max)(const skel_sparse_pool *pool, const float *x, float *y, uint16_t *choice);

    /** Gives each window's gradient to the pixel that was chosen.
     *
     *  Local.
     */
    void (*max_backward)(const skel_sparse_pool *pool, const uint16_t *choice, const float *dy,
                         float *dx);

    /** Mean of each window.
     *
     *  Local.
     */
    void (*mean)(const skel_sparse_pool *pool, const float *x, float *y);

    /** Spreads each window's gradient over its pixels.
     *
     *  Local.
     */
    void (*mean_backward)(const skel_sparse_pool *pool, const float *dy, float *dx);
} skel_sparse_pool_kernels;

extern const skel_sparse_pool_kernels skel_sparse_pool_kernels_baseline;
extern const skel_sparse_pool_kernels skel_sparse_pool_kernels_avx2;
extern const skel_sparse_pool_kernels skel_sparse_pool_kernels_avx512;

#endif
