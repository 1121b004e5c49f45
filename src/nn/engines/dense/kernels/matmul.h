/** Convolutions as products of matrices.
 *
 *  A target pixel is a row of the source's channels at each tap, gathered into a panel that stays
 *  in the second cache, and the weights of three blocks of target channels at a time stay in the
 *  first. A tile is 3 vectors of channels by 4 columns: pixels, or for the weights' gradient output
 *  channels. What lies outside the image is 0 in the panel. The gradient of the input takes the
 *  pixels of each phase of the stride apart: they read the same taps. Every sum is taken in an
 *  order that depends on the shape alone, never on the number of threads.
 */
#ifndef SKEL_NN_DENSE_MATMUL_H
#define SKEL_NN_DENSE_MATMUL_H

#include "tiles.h"

/** Most taps of a convolution. */
enum { SKEL_DENSE_MATMUL_TAPS = 64 };

/** Whether the products compute a convolution: whole blocks of channels, not too many taps.
 *
 *  Local.
 */
bool skel_dense_f32_matmul_fits(const skel_dense_f32_tiles *shape);

/** Floats of scratch memory that one direction needs.
 *
 *  Local.
 */
size_t skel_dense_f32_matmul_scratch(const skel_dense_f32_tiles *shape,
                                     skel_dense_direction direction);

/** As skel_dense_f32_tiles_forward().
 *
 *  Local.
 *  @param scratch  [skel_dense_f32_matmul_scratch()]
 */
void skel_dense_f32_matmul_forward(const skel_dense_f32_tiles *shape, const float *x,
                                   const float *weights, const float *bias, float *y,
                                   float *scratch);

/** As skel_dense_f32_tiles_backward_data().
 *
 *  Local.
 *  @param scratch  [skel_dense_f32_matmul_scratch()]
 */
void skel_dense_f32_matmul_backward_data(const skel_dense_f32_tiles *shape, const float *dy,
                                         const float *weights, float *dx, float *scratch);

/** Gradients with respect to weights and bias.
 *
 *  Local.
 *  @param dweights  [outputs][inputs][tap] out
 *  @param dbias     [outputs] out; not written without `has_bias`
 *  @param scratch   [skel_dense_f32_matmul_scratch()]
 */
void skel_dense_f32_matmul_backward_weights(const skel_dense_f32_tiles *shape, const float *x,
                                            const float *dy, float *dweights, float *dbias,
                                            float *scratch);

#endif
