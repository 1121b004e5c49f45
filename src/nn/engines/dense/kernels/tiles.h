/** Direct convolutions on tiles of registers, for shapes that oneDNN has no fast kernel for.
 *
 *  A tile is 2 vectors of channels by 6 columns; a column is a pixel of one image, or for the
 *  weights' gradient an input channel (of a plain image: a channel at one tap). Sums run over
 *  what is inside the image: padding costs nothing. Every sum is taken in an order that depends on
 *  the shape alone, never on the number of threads.
 */
#ifndef SKEL_NN_DENSE_TILES_H
#define SKEL_NN_DENSE_TILES_H

#include "direction.h"
#include "window.h"

#include <stdbool.h>
#include <stddef.h>

/** Shape of a convolution. Tensors are [images][channels / lanes][height][width][lanes]. */
typedef struct skel_dense_f32_tiles {
    size_t images;
    size_t lanes;   /**< 16 or 8 */
    size_t inputs;  /**< channels; tensors in blocks have zeros up to a multiple of `lanes` */
    size_t outputs; /**< channels, likewise */
    bool has_bias;
    size_t height;
    size_t width;
    size_t out_height;
    size_t out_width;
    skel_dense_window window;
    bool plain; /**< the input is [images][inputs][height][width] */
} skel_dense_f32_tiles;

/** Floats of scratch memory that one direction needs.
 *
 *  Local.
 */
size_t skel_dense_f32_tiles_scratch(const skel_dense_f32_tiles *tiles,
                                    skel_dense_direction direction);

/** y = convolution of x + bias.
 *
 *  Local.
 *  @param weights  [outputs / lanes][tap][inputs][output lane]
 *  @param bias     [outputs]; not read without `has_bias`
 *  @param scratch  [skel_dense_f32_tiles_scratch()]
 */
void skel_dense_f32_tiles_forward(const skel_dense_f32_tiles *tiles, const float *x,
                                  const float *weights, const float *bias, float *y,
                                  float *scratch);

/** Gradient with respect to x.
 *
 *  Local.
 *  @param weights  [inputs / lanes][tap][outputs][input lane]
 *  @param scratch  [skel_dense_f32_tiles_scratch()]
 */
void skel_dense_f32_tiles_backward_data(const skel_dense_f32_tiles *tiles, const float *dy,
                                        const float *weights, float *dx, float *scratch);

/** Gradients with respect to weights, in the layout of skel_dense_f32_tiles_forward(), and bias.
 *
 *  Local.
 *  @param dbias    [outputs] out; not written without `has_bias`
 *  @param scratch  [skel_dense_f32_tiles_scratch()]
 */
void skel_dense_f32_tiles_backward_weights(const skel_dense_f32_tiles *tiles, const float *x,
                                           const float *dy, float *dweights, float *dbias,
                                           float *scratch);

#endif
