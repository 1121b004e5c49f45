/** Kernels of the tangents of batch norm, for products with the Hessian.
 *
 *  R x is the tangent of x: its derivative along the vector that the Hessian is multiplied with.
 *  Names begin with r for R: rx is R x. Sums as in norm.h. Source: Pearlmutter 1994.
 */
#ifndef SKEL_NN_DENSE_KERNELS_NORM_TANGENT_H
#define SKEL_NN_DENSE_KERNELS_NORM_TANGENT_H

#include "norm.h"

/** Tangents of the vectors of a batch norm, each [blocks * lanes], zero behind the channels. */
typedef struct skel_dense_f32_norm_tangent_vectors {
    const float *mean;
    const float *slope;
    const float *shift;
    const float *log_inverse; /**< R s / s, where s is 1 / standard deviation */
} skel_dense_f32_norm_tangent_vectors;

/** Gradient and tangent of the gradient that reach a batch norm, and its input with its tangent. */
typedef struct skel_dense_f32_norm_tangent_pair {
    const float *x;
    const float *rx;                       /**< R x; NULL: 0 */
    skel_dense_f32_norm_incoming gradient; /**< dy; the ReLU stops R dy where it stops dy */
    const float *first;                    /**< first contribution to R dy */
    const float *second;                   /**< second contribution; NULL: none */
} skel_dense_f32_norm_tangent_pair;

/** Means of a batch norm's backward pass and their tangents, each [blocks * lanes]. */
typedef struct skel_dense_f32_norm_tangent_means {
    const float *offset; /**< as of skel_dense_f32_norm_backward_apply() */
    const float *factor;
    const float *offset_tangent;
    const float *factor_tangent;
} skel_dense_f32_norm_tangent_means;

/** Tangent of the result of skel_dense_f32_norm_apply().
 *
 *  Local.
 *  @param rx       R x; NULL: 0
 *  @param other    R other; NULL: 0
 *  @param y        the result if a ReLU follows: R y is 0 where y is not above 0 and below the
 *                  ceiling; NULL: no ReLU
 *  @param ceiling  the ReLU's upper bound, above 0; INFINITY: none
 */
void skel_dense_f32_norm_tangent_apply(skel_dense_extent extent, const float *x, const float *rx,
                                       skel_dense_f32_norm_vectors vectors,
                                       skel_dense_f32_norm_tangent_vectors tangents,
                                       const float *other, const float *y, float ceiling,
                                       float *ry);

/** Sums by channel of R dy, and of R (dy * xhat) times the standard deviation.
 *
 *  Local.
 *  @param rectified  out: R dy, the sum of both contributions, 0 where the ReLU stops it; NULL: not
 *                    wanted; may be `first`
 */
void skel_dense_f32_norm_tangent_backward_sums(skel_dense_extent extent,
                                               skel_dense_f32_norm_tangent_pair pair,
                                               skel_dense_f32_norm_vectors vectors,
                                               skel_dense_f32_norm_tangent_vectors tangents,
                                               float *rectified, double partials[], size_t channels,
                                               double sum[], double products[]);

/** Tangent of the result of skel_dense_f32_norm_backward_apply().
 *
 *  Local.
 *  @param pair  its `rx` is not NULL
 *  @param rdx   out; may be one of the contributions to R dy
 */
void skel_dense_f32_norm_tangent_backward_apply(skel_dense_extent extent,
                                                skel_dense_f32_norm_tangent_pair pair,
                                                skel_dense_f32_norm_vectors vectors,
                                                skel_dense_f32_norm_tangent_vectors tangents,
                                                skel_dense_f32_norm_tangent_means means,
                                                float *rdx);

#endif
