/** Kernels of pooling. */
#ifndef SKEL_NN_DENSE_KERNELS_POOL_H
#define SKEL_NN_DENSE_KERNELS_POOL_H

#include <stddef.h>
#include <stdint.h>

/** Square windows without padding, over planes of [height][width][lanes]. */
typedef struct skel_dense_f32_pool_windows {
    size_t planes; /**< images * blocks */
    size_t height;
    size_t width;
    size_t lanes;
    size_t kernel; /**< at most 255 */
    size_t stride;
    size_t out_height;
    size_t out_width;
} skel_dense_f32_pool_windows;

/** Largest value of each window, the first of ties in row-major order; a NaN counts as largest.
 *
 *  Local.
 *  @param choice  out: the pixel in the window, for the backward pass; NULL: not wanted
 */
void skel_dense_f32_pool_max_forward(skel_dense_f32_pool_windows windows, const float *x, float *y,
                                     uint16_t *choice);

/** Value of the pixel that was chosen in each window.
 *
 *  Local.
 */
void skel_dense_f32_pool_max_chosen(skel_dense_f32_pool_windows windows, const uint16_t *choice,
                                    const float *x, float *y);

/** Gives each window's gradient to the pixel that was chosen.
 *
 *  Local.
 */
void skel_dense_f32_pool_max_backward(skel_dense_f32_pool_windows windows, const uint16_t *choice,
                                      const float *dy, float *dx);

/** Mean of each window.
 *
 *  Local.
 */
void skel_dense_f32_pool_mean_forward(skel_dense_f32_pool_windows windows, const float *x,
                                      float *y);

/** Spreads each window's gradient over its pixels.
 *
 *  Local.
 */
void skel_dense_f32_pool_mean_backward(skel_dense_f32_pool_windows windows, const float *dy,
                                       float *dx);

#endif
