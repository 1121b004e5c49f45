/** Kernels of pooling. */
#ifndef SKEL_NN_DENSE_KERNELS_POOL_H
#define SKEL_NN_DENSE_KERNELS_POOL_H

#include "window.h"

#include <stdint.h>

/** Windows over planes of [height][width][lanes]. Each has a pixel of the plane at least; of what
 *  lies outside, nothing is read. */
typedef struct skel_dense_f32_pool_windows {
    size_t planes; /**< images * blocks */
    size_t height;
    size_t width;
    size_t lanes;
    skel_dense_window window; /**< at most 65535 taps; not dilated */
    bool counts_padding;      /**< a mean divides by all taps; else by those inside the plane */
    bool squares; /**< a mean's backward pass multiplies by the squares of its shares: its second
                       derivatives */
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
