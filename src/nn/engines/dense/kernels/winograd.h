/** Convolutions of 3x3 taps by Winograd's algorithm F(4x4, 3x3). oneDNN has it for 16 lanes alone.
 *
 *  A tile of 4x4 output pixels is a polynomial of degree 3 in each dimension, the 6x6 input pixels
 *  that it reads one of degree 5. The algorithm multiplies their values at 6x6 points, 36 products
 *  instead of 144. Every sum is taken in an order that depends on the shape alone, never on the
 *  number of threads.
 *
 *  Rounding errors, relative to the norm of the result, of random data: forward with 256 channels
 *  1.3e-6, where plain sums have 0.8e-6, and the points 0, 1, -1, 2, -2, infinity instead of
 *  0, 5/8, -5/8, 3/2, -3/2, infinity 3.2e-6; the gradient of the weights up to 4 times that of
 *  plain sums. Where all products of a sum are 0, the result is a rounding error and not 0, unless
 *  the whole tile is 0. Partial sums are up to 60 times a result, and overflow before it. Source:
 *  Lavin and Gray 2016.
 */
#ifndef SKEL_NN_DENSE_WINOGRAD_H
#define SKEL_NN_DENSE_WINOGRAD_H

#include "tiles.h"

/** Whether the algorithm computes a convolution: 3x3, stride 1, padding 1, in blocks.
 *
 *  Local.
 */
bool skel_dense_f32_winograd_fits(const skel_dense_f32_tiles *shape);

/** Floats of scratch memory that one direction needs.
 *
 *  Local.
 */
size_t skel_dense_f32_winograd_scratch(const skel_dense_f32_tiles *shape,
                                       skel_dense_direction direction);

/** As skel_dense_f32_tiles_forward().
 *
 *  Local.
 *  @param scratch  [skel_dense_f32_winograd_scratch()]
 */
void skel_dense_f32_winograd_forward(const skel_dense_f32_tiles *shape, const float *x,
                                     const float *weights, const float *bias, float *y,
                                     float *scratch);

/** As skel_dense_f32_tiles_backward_data().
 *
 *  Local.
 *  @param scratch  [skel_dense_f32_winograd_scratch()]
 */
void skel_dense_f32_winograd_backward_data(const skel_dense_f32_tiles *shape, const float *dy,
                                           const float *weights, float *dx, float *scratch);

/** Gradients with respect to weights and bias.
 *
 *  Local.
 *  @param dweights  [outputs][inputs][tap] out
 *  @param dbias     [outputs] out; not written without `has_bias`
 *  @param scratch   [skel_dense_f32_winograd_scratch()]
 */
void skel_dense_f32_winograd_backward_weights(const skel_dense_f32_tiles *shape, const float *x,
                                              const float *dy, float *dweights, float *dbias,
                                              float *scratch);

#endif
