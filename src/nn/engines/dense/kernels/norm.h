/** Kernels of batch norm, fused with an addition and a ReLU behind it, which may have an upper
 *  bound.
 *
 *  Tensors are of skel_dense_extent. dy is the gradient with respect to the result, xhat is
 *  (x - mean) / standard deviation. A tensor has at most two contributions to its gradient here,
 *  from two steps that read it; the kernels add them up. Every sum is taken in an order that
 *  depends on the shapes alone, never on the number of threads.
 */
#ifndef SKEL_NN_DENSE_KERNELS_NORM_H
#define SKEL_NN_DENSE_KERNELS_NORM_H

#include "extent.h"

#include <stdbool.h>

/** Vectors of one batch norm, each [blocks * lanes], zero behind the channels. */
typedef struct skel_dense_f32_norm_vectors {
    const float *mean;
    const float *slope; /**< scale / standard deviation */
    const float *shift;
} skel_dense_f32_norm_vectors;

/** The gradient that reaches a batch norm, and where the ReLU behind it passes the gradient. */
typedef struct skel_dense_f32_norm_incoming {
    const float *first;  /**< first contribution to the gradient */
    const float *second; /**< second contribution; NULL: none */
    const float *output; /**< with `relu`: the result, for its sign; NULL: computed again from x */
    bool relu;
    float ceiling; /**< with `relu`: its upper bound, above 0: 6 of ReLU6, INFINITY of ReLU */
} skel_dense_f32_norm_incoming;

/** Number of doubles that the sums over an extent need as scratch memory.
 *
 *  Local.
 */
size_t skel_dense_f32_norm_partials(skel_dense_extent extent);

/** Sums of a tensor by channel.
 *
 *  Local.
 *  @param partials  [skel_dense_f32_norm_partials(extent)] scratch
 *  @param sum       [channels] out
 *  @param squares   [channels] out: sum of x^2
 */
void skel_dense_f32_norm_sums(skel_dense_extent extent, const float *x, double partials[],
                              size_t channels, double sum[], double squares[]);

/** y = (x - mean) * slope + shift, plus `other` if it is not NULL, then ReLU if `relu`.
 *
 *  Local. NaN stays NaN.
 *  @param ceiling  the ReLU's upper bound, above 0; INFINITY: none
 */
void skel_dense_f32_norm_apply(skel_dense_extent extent, const float *x,
                               skel_dense_f32_norm_vectors vectors, const float *other, bool relu,
                               float ceiling, float *y);

/** Sums by channel of dy and of dy * (x - mean).
 *
 *  Local.
 *  @param rectified  out: dy, the sum of both contributions, 0 where the ReLU stops it; NULL: not
 *                    wanted; may be `first`
 *  @param sum        [channels] out: sum of dy
 *  @param products   [channels] out: sum of dy * (x - mean)
 */
void skel_dense_f32_norm_backward_sums(skel_dense_extent extent, const float *x,
                                       skel_dense_f32_norm_vectors vectors,
                                       skel_dense_f32_norm_incoming incoming, float *rectified,
                                       double partials[], size_t channels, double sum[],
                                       double products[]);

/** Gradient with respect to x: slope * (dy - offset - (x - mean) * factor).
 *
 *  Local. Source: Ioffe and Szegedy 2015, section "Normalization via Mini-Batch Statistics".
 *  @param offset  [blocks * lanes] mean of dy
 *  @param factor  [blocks * lanes] mean of dy * xhat, divided by the standard deviation
 *  @param dx      out; may be one of the contributions
 */
void skel_dense_f32_norm_backward_apply(skel_dense_extent extent, const float *x,
                                        skel_dense_f32_norm_vectors vectors,
                                        skel_dense_f32_norm_incoming incoming, const float offset[],
                                        const float factor[], float *dx);

#endif
