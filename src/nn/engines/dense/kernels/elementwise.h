/** Kernels that work element by element.
 *
 *  Some find the largest magnitude of their result. A magnitude is given as the bits of a float
 *  without its sign. These bits are integers in the order of the magnitudes; infinity and NaN are
 *  above all finite numbers.
 */
#ifndef SKEL_NN_DENSE_KERNELS_ELEMENTWISE_H
#define SKEL_NN_DENSE_KERNELS_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

/** y = max(x, 0); NaN stays NaN.
 *
 *  Local.
 */
void skel_dense_f32_elementwise_relu_forward(size_t count, const float *x, float *y);

/** dx = dy where y > 0, else 0; `dx` may be `dy`.
 *
 *  Local.
 */
void skel_dense_f32_elementwise_relu_backward(size_t count, const float *y, const float *dy,
                                              float *dx);

/** z = x + y; `z` may be either.
 *
 *  Local.
 */
void skel_dense_f32_elementwise_add(size_t count, const float *x, const float *y, float *z);

/** y = x^2; `y` may be `x`.
 *
 *  Local.
 */
void skel_dense_f32_elementwise_square(size_t count, const float *x, float *y);

/** dy += factor * o / (1 + o^2)^order, the slope of an energy; `order` is 0 to 2.
 *
 *  Local.
 */
void skel_dense_f32_elementwise_energy_slope(size_t count, unsigned order, float factor,
                                             const float *o, float *dy);

/** Bits of infinity: what is not below is not finite. */
#define SKEL_DENSE_INFINITE_BITS 0x7f800000

/** The largest magnitude.
 *
 *  Local.
 */
int32_t skel_dense_f32_elementwise_largest(size_t count, const float *x);

/** y = |x| where kept, else 0; returns the largest.
 *
 *  Local.
 *  @param kept  [count]; NULL: all are
 */
int32_t skel_dense_f32_elementwise_magnitudes(size_t count, const float *x, const uint8_t *kept,
                                              float *y);

/** x = factor * x, at most FLT_MAX in magnitude.
 *
 *  Local.
 */
void skel_dense_f32_elementwise_scale(size_t count, float factor, float *x);

/** z = first * x + second * y; returns the largest.
 *
 *  Local.
 */
int32_t skel_dense_f32_elementwise_weighted_add(size_t count, float first, const float *x,
                                                float second, const float *y, float *z);

#endif
