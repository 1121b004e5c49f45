/** The engine's own loops: batch norm fused with addition and ReLU, pooling, element by element.
 *
 *  All tensors are [images][blocks][pixels][lanes], lanes 16, 8 or 1. Every sum is taken in an
 *  order that depends on the shapes alone, never on the number of threads.
 */
#ifndef SKEL_NN_DENSE_KERNELS_H
#define SKEL_NN_DENSE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Shape of the tensors of one call. */
typedef struct skel_lanes_extent {
    size_t images;
    size_t blocks;
    size_t pixels;
    size_t lanes;
} skel_lanes_extent;

/** Vectors of one batch norm, each [blocks * lanes], zero behind the channels. */
typedef struct skel_lanes_norm_vectors {
    const float *mean;
    const float *slope; /**< scale / standard deviation */
    const float *shift;
} skel_lanes_norm_vectors;

/** Gradient that reaches a batch norm's output, and what the ReLU behind it let through. */
typedef struct skel_lanes_norm_incoming {
    const float *first;  /**< one part of the gradient */
    const float *second; /**< the other part; NULL: none */
    const float *output; /**< with `relu`: passes where it is above 0; NULL: computed again */
    bool relu;
} skel_lanes_norm_incoming;

/** Doubles that the sums over an extent need as scratch memory.
 *
 *  Local.
 */
size_t skel_lanes_norm_partials(skel_lanes_extent extent);

/** Sums of a tensor by channel.
 *
 *  Local.
 *  @param partials  [skel_lanes_norm_partials(extent)] scratch
 *  @param sum       [channels] out
 *  @param squares   [channels] out: sum of x^2
 */
void skel_lanes_norm_sums(skel_lanes_extent extent, const float *x, double partials[],
                          size_t channels, double sum[], double squares[]);

/** Normalises, adds `other` if it is not NULL, applies ReLU if asked to. NaN stays NaN.
 *
 *  Local.
 */
void skel_lanes_norm_apply(skel_lanes_extent extent, const float *x,
                           skel_lanes_norm_vectors vectors, const float *other, bool relu,
                           float *y);

/** Sums of the gradient dy by channel: of dy, and of dy * (x - mean).
 *
 *  Local.
 *  @param kept  out: dy after ReLU, both parts together; NULL: not wanted; may be `first`
 */
void skel_lanes_norm_backward_sums(skel_lanes_extent extent, const float *x,
                                   skel_lanes_norm_vectors vectors,
                                   skel_lanes_norm_incoming incoming, float *kept,
                                   double partials[], size_t channels, double sum[],
                                   double products[]);

/** Gradient with respect to x: slope * (dy - offset - (x - mean) * factor).
 *
 *  Local.
 *  @param offset  [blocks * lanes] mean of dy
 *  @param factor  [blocks * lanes] mean of dy * xhat, over the standard deviation
 *  @param dx      out; may be one of the incoming parts
 */
void skel_lanes_norm_backward_apply(skel_lanes_extent extent, const float *x,
                                    skel_lanes_norm_vectors vectors,
                                    skel_lanes_norm_incoming incoming, const float offset[],
                                    const float factor[], float *dx);

/** Tangents of the vectors of a batch norm, each [blocks * lanes], zero behind the channels. */
typedef struct skel_lanes_norm_tangents {
    const float *mean;
    const float *slope;
    const float *shift;
    const float *bend; /**< of the standard deviation's inverse, over it */
} skel_lanes_norm_tangents;

/** What reaches a batch norm from both sides, with tangents. */
typedef struct skel_lanes_norm_pair {
    const float *x;
    const float *rx;                   /**< tangent of x; NULL: 0 */
    skel_lanes_norm_incoming gradient; /**< its ReLU lets the tangent through where it lets dy */
    const float *first;                /**< one part of the tangent of dy */
    const float *second;               /**< the other part; NULL: none */
} skel_lanes_norm_pair;

/** Means of a batch norm's backward pass and their tangents, each [blocks * lanes]. */
typedef struct skel_lanes_norm_means {
    const float *offset; /**< as of skel_lanes_norm_backward_apply() */
    const float *factor;
    const float *offset_tangent;
    const float *factor_tangent;
} skel_lanes_norm_means;

/** Tangent of what skel_lanes_norm_apply() gives.
 *
 *  Local.
 *  @param rx     tangent of x; NULL: 0
 *  @param other  tangent of what is added; NULL: 0
 *  @param y      the result where there is a ReLU, which lets through where it is above 0; else
 * NULL
 */
void skel_lanes_norm_tangent_apply(skel_lanes_extent extent, const float *x, const float *rx,
                                   skel_lanes_norm_vectors vectors,
                                   skel_lanes_norm_tangents tangents, const float *other,
                                   const float *y, float *ry);

/** Sums by channel of the tangent of dy, and of dy * xhat's times the standard deviation.
 *
 *  Local.
 *  @param kept  out: tangent of dy after ReLU, both parts together; NULL: not wanted; may be
 * `first`
 */
void skel_lanes_norm_tangent_backward_sums(skel_lanes_extent extent, skel_lanes_norm_pair pair,
                                           skel_lanes_norm_vectors vectors,
                                           skel_lanes_norm_tangents tangents, float *kept,
                                           double partials[], size_t channels, double sum[],
                                           double products[]);

/** Tangent of what skel_lanes_norm_backward_apply() gives.
 *
 *  Local.
 *  @param pair  with an `rx`
 *  @param rdx   out; may be one of the tangent's parts
 */
void skel_lanes_norm_tangent_backward_apply(skel_lanes_extent extent, skel_lanes_norm_pair pair,
                                            skel_lanes_norm_vectors vectors,
                                            skel_lanes_norm_tangents tangents,
                                            skel_lanes_norm_means means, float *rdx);

/** y = max(x, 0); NaN stays NaN.
 *
 *  Local.
 */
void skel_lanes_relu_forward(size_t count, const float *x, float *y);

/** dx = dy where y > 0, else 0; `dx` may be `dy`.
 *
 *  Local.
 */
void skel_lanes_relu_backward(size_t count, const float *y, const float *dy, float *dx);

/** z = x + y; `z` may be either.
 *
 *  Local.
 */
void skel_lanes_add(size_t count, const float *x, const float *y, float *z);

/** y = x^2; `y` may be `x`.
 *
 *  Local.
 */
void skel_lanes_squares(size_t count, const float *x, float *y);

/** Square windows without padding, over planes of [height][width][lanes]. */
typedef struct skel_lanes_windows {
    size_t planes; /**< images * blocks */
    size_t height;
    size_t width;
    size_t lanes;
    size_t kernel; /**< at most 255 */
    size_t stride;
    size_t out_height;
    size_t out_width;
} skel_lanes_windows;

/** Largest value of each window, the first of ties in row-major order; a NaN counts as largest.
 *
 *  Local.
 *  @param choice  out: the pixel in the window, for the backward pass; NULL: not wanted
 */
void skel_lanes_maxpool_forward(skel_lanes_windows windows, const float *x, float *y,
                                uint16_t *choice);

/** Value of the pixel that was chosen in each window.
 *
 *  Local.
 */
void skel_lanes_maxpool_chosen(skel_lanes_windows windows, const uint16_t *choice, const float *x,
                               float *y);

/** Gives each window's gradient to the pixel that was chosen.
 *
 *  Local.
 */
void skel_lanes_maxpool_backward(skel_lanes_windows windows, const uint16_t *choice,
                                 const float *dy, float *dx);

/** Mean of each window.
 *
 *  Local.
 */
void skel_lanes_avgpool_forward(skel_lanes_windows windows, const float *x, float *y);

/** Spreads each window's gradient over its pixels.
 *
 *  Local.
 */
void skel_lanes_avgpool_backward(skel_lanes_windows windows, const float *dy, float *dx);

#endif
