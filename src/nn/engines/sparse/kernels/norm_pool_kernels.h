/** Batch norm, ReLU and max-pooling over one channel of a block. */
#ifndef SKEL_SPARSE_NORM_POOL_KERNELS_H
#define SKEL_SPARSE_NORM_POOL_KERNELS_H

#include "norm_kernels.h"

enum { SKEL_SPARSE_CHOICE_NONE = 0xffff };

/** Kernels over one channel of a block, for one instruction set. */
typedef struct skel_sparse_norm_pool_kernels {
    /** Normalises, applies ReLU and takes the largest of each window of kernel x kernel pixels.
     *
     *  Local.
     *  @param pooled  planes of y
     *  @param choice  [pooled pixels][lanes] out: the first largest pixel of the window,
     *                 SKEL_SPARSE_CHOICE_NONE if the ReLU lets none through; NULL: not wanted
     */
    void (*apply)(const skel_sparse_planes *planes, const skel_sparse_planes *pooled, size_t kernel,
                  const float *x, skel_sparse_channel channel, const skel_sparse_lane_mask *lanes,
                  float *y, uint16_t *choice);

    /** Sums of dy and of dy * (x - mean) over the chosen pixels: sum[0] and sum[1] out.
     *
     *  Local.
     *  @param dy  gradient of the pooled channel
     */
    void (*backward_sums)(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                          size_t kernel, const float *x, skel_sparse_channel channel,
                          const uint16_t *choice, const float *dy, double sum[2]);

    /** dx = slope * (dy - offset - (x - mean) * factor) in lanes with an image; dy is 0 but in
     *  chosen pixels.
     *
     *  Local.
     *  @param distance  from a pixel to the one below, in `dx`
     */
    void (*backward_apply)(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                           size_t kernel, const float *x, skel_sparse_channel channel,
                           const uint16_t *choice, const float *dy, float offset, float factor,
                           const skel_sparse_lane_mask *lanes, size_t distance, float *dx);
} skel_sparse_norm_pool_kernels;

extern const skel_sparse_norm_pool_kernels skel_sparse_norm_pool_kernels_baseline;
extern const skel_sparse_norm_pool_kernels skel_sparse_norm_pool_kernels_avx2;
extern const skel_sparse_norm_pool_kernels skel_sparse_norm_pool_kernels_avx512;

#endif
