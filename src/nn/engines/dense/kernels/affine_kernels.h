/** Loops of passes that look for the largest magnitude on the way, and batch norm with constants
 *  for statistics.
 *
 *  A largest magnitude is given as a float's bits without the sign: as integers they are in the
 *  order of the magnitudes, and infinities and NaNs are above all numbers.
 */
#ifndef SKEL_NN_DENSE_AFFINE_KERNELS_H
#define SKEL_NN_DENSE_AFFINE_KERNELS_H

#include "kernels.h"

/** Bits of infinity: what is not below is not finite. */
#define SKEL_LANES_INFINITE 0x7f800000

/** The largest magnitude.
 *
 *  Local.
 */
int32_t skel_lanes_largest(size_t count, const float *x);

/** y = |x| where kept, else 0; returns the largest.
 *
 *  Local.
 *  @param kept  [count]; NULL: all are
 */
int32_t skel_lanes_magnitudes(size_t count, const float *x, const uint8_t *kept, float *y);

/** x = factor * x, at most FLT_MAX in magnitude.
 *
 *  Local.
 */
void skel_lanes_scale(size_t count, float factor, float *x);

/** z = first * x + second * y; returns the largest.
 *
 *  Local.
 */
int32_t skel_lanes_weighted_add(size_t count, float first, const float *x, float second,
                                const float *y, float *z);

/** As skel_lanes_norm_apply(), with a factor for `other`; returns the largest.
 *
 *  Local. `y` may be `x`.
 */
int32_t skel_lanes_affine_forward(skel_lanes_extent extent, const float *x,
                                  skel_lanes_norm_vectors vectors, const float *other, float factor,
                                  bool relu, float *y);

/** What a batch norm on constant statistics reads and writes on its way back. */
typedef struct skel_lanes_affine_backward {
    const float *x;
    skel_lanes_norm_vectors vectors; /**< as in the forward pass */
    skel_lanes_norm_incoming incoming;
    float factor[2];      /**< of the incoming parts */
    const float *through; /**< [blocks * lanes] factor by channel, zero behind the channels */
    float *kept;          /**< out: dy, the incoming parts' sum behind the ReLU; NULL: not wanted */
    float *dx;            /**< out: through * dy; NULL: not wanted */
} skel_lanes_affine_backward;

/** Passes dy through; each output may be one of the incoming parts.
 *
 *  Local.
 *  @param largest  [2] out: of `kept` and of `dx`; 0 of what is not wanted
 */
void skel_lanes_affine_back(skel_lanes_extent extent, const skel_lanes_affine_backward *back,
                            int32_t largest[2]);

#endif
