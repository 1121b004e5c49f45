/** Batch norm, addition and ReLU over one channel of a block. All tensors have the same planes. */
#ifndef SKEL_SPARSE_NORM_KERNELS_H
#define SKEL_SPARSE_NORM_KERNELS_H

#include "planes.h"

enum { SKEL_SPARSE_CHOICE_NONE = 0xffff };

/** The values that normalise a channel. */
typedef struct skel_sparse_channel {
    float mean;
    float slope; /**< scale / standard deviation */
    float shift;
} skel_sparse_channel;

/** Gradient of a batch norm's output, in one part or two; addresses of the channel's first pixel.
 */
typedef struct skel_sparse_incoming {
    const float *first;
    const float *second; /**< the other part; NULL: none */
    const float *output; /**< with `relu`: the gradient passes where the output is above 0; NULL:
                            the kernel computes the output again */
    bool relu;
} skel_sparse_incoming;

/** Sums of x and of x^2, over all lanes: sum[0] and sum[1] out.
 *
 *  Local. Both are summed in float around each image's mean of a row, over at most 256 pixels or a
 *  row, and in double from there.
 */
void skel_sparse_channel_sums(const skel_sparse_planes *planes, const float *x, double sum[2]);

/** y = (x - mean) * slope + shift, plus `other` if it is not NULL, ReLU if asked to; NaN stays.
 *
 *  Local.
 */
void skel_sparse_channel_apply(const skel_sparse_planes *planes, const float *x,
                               skel_sparse_channel channel, const float *other, bool relu,
                               const skel_sparse_lane_mask *lanes, float *y);

/** Sums of dy and of dy * (x - mean), over all lanes: sum[0] and sum[1] out.
 *
 *  Local.
 *  @param kept  out: dy after ReLU, both parts together; NULL: not wanted; may be `first`
 */
void skel_sparse_channel_backward_sums(const skel_sparse_planes *planes, const float *x,
                                       skel_sparse_channel channel, skel_sparse_incoming incoming,
                                       float *kept, double sum[2]);

/** dx = slope * (dy - offset - (x - mean) * factor) in lanes with an image.
 *
 *  Local.
 *  @param dx  out; may be one of the incoming parts
 */
void skel_sparse_channel_backward_apply(const skel_sparse_planes *planes, const float *x,
                                        skel_sparse_channel channel, skel_sparse_incoming incoming,
                                        float offset, float factor,
                                        const skel_sparse_lane_mask *lanes, float *dx);

/** Normalises, applies ReLU and takes the largest of each window of kernel x kernel pixels.
 *
 *  Local.
 *  @param pooled  planes of y
 *  @param choice  [pooled pixels][16] out: the first largest pixel of the window, or
 *                 SKEL_SPARSE_CHOICE_NONE if the ReLU lets no pixel through; NULL: not wanted
 */
void skel_sparse_channel_pool(const skel_sparse_planes *planes, const skel_sparse_planes *pooled,
                              size_t kernel, const float *x, skel_sparse_channel channel,
                              const skel_sparse_lane_mask *lanes, float *y, uint16_t *choice);

/** skel_sparse_channel_backward_sums() behind skel_sparse_channel_pool().
 *
 *  Local.
 *  @param dy  gradient of the pooled channel
 */
void skel_sparse_channel_pool_backward_sums(const skel_sparse_planes *planes,
                                            const skel_sparse_planes *pooled, size_t kernel,
                                            const float *x, skel_sparse_channel channel,
                                            const uint16_t *choice, const float *dy, double sum[2]);

/** skel_sparse_channel_backward_apply() behind skel_sparse_channel_pool().
 *
 *  Local.
 */
void skel_sparse_channel_pool_backward_apply(const skel_sparse_planes *planes,
                                             const skel_sparse_planes *pooled, size_t kernel,
                                             const float *x, skel_sparse_channel channel,
                                             const uint16_t *choice, const float *dy, float offset,
                                             float factor, const skel_sparse_lane_mask *lanes,
                                             float *dx);

/** Sum over all lanes.
 *
 *  Local.
 */
double skel_sparse_channel_sum(const skel_sparse_planes *planes, const float *x);

/** y = max(x, 0); NaN stays NaN.
 *
 *  Local.
 */
void skel_sparse_channel_relu(const skel_sparse_planes *planes, const float *x, float *y);

/** dx = dy where y > 0, else 0; `dx` may be `dy`.
 *
 *  Local.
 */
void skel_sparse_channel_relu_backward(const skel_sparse_planes *planes, const float *y,
                                       const float *dy, float *dx);

/** z = x + y; `z` may be either.
 *
 *  Local.
 */
void skel_sparse_channel_add(const skel_sparse_planes *planes, const float *x, const float *y,
                             float *z);

/** y = x.
 *
 *  Local.
 */
void skel_sparse_channel_copy(const skel_sparse_planes *planes, const float *x, float *y);

#endif
