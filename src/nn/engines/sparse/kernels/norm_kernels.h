/** Batch norm, addition and activations over one channel of a block. All tensors have the same
 *  pixels; the rings of a batch norm's input, of its gradient and of the output may differ. */
#ifndef SKEL_SPARSE_NORM_KERNELS_H
#define SKEL_SPARSE_NORM_KERNELS_H

#include "activation.h"
#include "planes.h"

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
    const float *output; /**< with an activation: its value, from which its derivative follows;
                            NULL: the kernel computes the value again */
    skel_sparse_activation activation;
    size_t row; /**< from a pixel to the one below, in all these arrays and in `kept` */
} skel_sparse_incoming;

/** Kernels over one channel of a block, for one instruction set. */
typedef struct skel_sparse_norm_kernels {
    /** Sums of x and of x^2, over all lanes: sum[0] and sum[1] out.
     *
     *  Local. Both are summed in float around each image's mean of a row, over at most 256 pixels
     *  or a row, and in double from there.
     */
    void (*sums)(const skel_sparse_planes *planes, const float *x, double sum[2]);

    /** y = activation((x - mean) * slope + shift, plus `other` if it is not NULL) in lanes with an
     *  image, else 0; NaN stays.
     *
     *  Local.
     *  @param distance  from a pixel to the one below, in `other` and `y`
     */
    void (*apply)(const skel_sparse_planes *planes, const float *x, skel_sparse_channel channel,
                  const float *other, skel_sparse_activation activation,
                  const skel_sparse_lane_mask *lanes, size_t distance, float *y);

    /** Sums of dy and of dy * (x - mean), over all lanes: sum[0] and sum[1] out.
     *
     *  Local.
     *  @param kept  out: dy after the activation, both parts together; NULL: not wanted; may be
     *               `first`
     */
    void (*backward_sums)(const skel_sparse_planes *planes, const float *x,
                          skel_sparse_channel channel, skel_sparse_incoming incoming, float *kept,
                          double sum[2]);

    /** dx = slope * (dy - offset - (x - mean) * factor) in lanes with an image.
     *
     *  Local.
     *  @param distance  from a pixel to the one below, in `dx`
     *  @param dx        out; may be one of the incoming parts if its distance is theirs
     */
    void (*backward_apply)(const skel_sparse_planes *planes, const float *x,
                           skel_sparse_channel channel, skel_sparse_incoming incoming, float offset,
                           float factor, const skel_sparse_lane_mask *lanes, size_t distance,
                           float *dx);

    /** Sum over all lanes.
     *
     *  Local.
     */
    double (*sum)(const skel_sparse_planes *planes, const float *x);

    /** z = x + y; `z` may be either.
     *
     *  Local.
     */
    void (*add)(const skel_sparse_planes *planes, const float *x, const float *y, float *z);
} skel_sparse_norm_kernels;

extern const skel_sparse_norm_kernels skel_sparse_norm_kernels_baseline;
extern const skel_sparse_norm_kernels skel_sparse_norm_kernels_avx2;
extern const skel_sparse_norm_kernels skel_sparse_norm_kernels_avx512;

#endif
