/** Kernels of batch norm on constant statistics, which is an affine map of each channel.
 *
 *  They find the largest magnitude of their results, as bits: see elementwise.h.
 */
#ifndef SKEL_NN_DENSE_KERNELS_AFFINE_H
#define SKEL_NN_DENSE_KERNELS_AFFINE_H

#include "norm.h"

#include <stdint.h>

/** As skel_dense_f32_norm_apply(), with `other` multiplied by `factor`; returns the largest. A ReLU
 *  has no ceiling here.
 *
 *  Local. `y` may be `x`.
 */
int32_t skel_dense_f32_affine_forward(skel_dense_extent extent, const float *x,
                                      skel_dense_f32_norm_vectors vectors, const float *other,
                                      float factor, bool relu, float *y);

/** Arrays and factors of one backward pass. */
typedef struct skel_dense_f32_affine_arrays {
    const float *x;
    skel_dense_f32_norm_vectors vectors; /**< as in the forward pass */
    skel_dense_f32_norm_incoming incoming;
    float factor[2];          /**< of the first and second contribution */
    const float *coefficient; /**< [blocks * lanes] d y / d x of a channel, zero behind them */
    float *rectified;         /**< out: dy, the sum of both contributions times their factors, 0
                                   where the ReLU stops it; NULL: not wanted */
    float *dx;                /**< out: coefficient * dy; NULL: not wanted */
} skel_dense_f32_affine_arrays;

/** Computes dy and dx; each output may be one of the contributions.
 *
 *  Local.
 *  @param largest  [2] out: of `rectified` and of `dx`; 0 if that array is not wanted
 */
void skel_dense_f32_affine_backward(skel_dense_extent extent,
                                    const skel_dense_f32_affine_arrays *back, int32_t largest[2]);

#endif
