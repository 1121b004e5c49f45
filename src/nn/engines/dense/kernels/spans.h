/** Convolutions over images of [row][column][channel], with the channels that exist and no others.
 *
 *  A row of a window, its taps times the input's channels, lies in one piece there: a span. No
 *  product is spent on a channel that fills a block up, and the gradient of the input has none
 *  outside the output: an output pixel's spans are added to the image where its window lies. A tile
 *  is 3 vectors by 4 columns, 2 by 6 or 1 by 8. Forward, a tile is vectors of output channels by
 *  pixels; for the gradient of the weights, by values of spans; for the gradient of the input it is
 *  vectors of a span by output pixels. An image stays in the first cache. Every sum is taken in an
 *  order that depends on the shape alone, never on the number of threads.
 */
#ifndef SKEL_NN_DENSE_SPANS_H
#define SKEL_NN_DENSE_SPANS_H

#include "tiles.h"

/** Whether the spans compute a convolution: windows without gaps in a row, small images.
 *
 *  Local.
 */
bool skel_dense_f32_spans_fits(const skel_dense_f32_tiles *shape);

/** Floats of scratch memory that one direction needs.
 *
 *  Local.
 */
size_t skel_dense_f32_spans_scratch(const skel_dense_f32_tiles *shape,
                                    skel_dense_direction direction);

/** As skel_dense_f32_tiles_forward().
 *
 *  Local.
 *  @param scratch  [skel_dense_f32_spans_scratch()]
 */
void skel_dense_f32_spans_forward(const skel_dense_f32_tiles *shape, const float *x,
                                  const float *weights, const float *bias, float *y,
                                  float *scratch);

/** Gradient with respect to x, which is not plain.
 *
 *  Local.
 *  @param weights  in the layout of skel_dense_f32_tiles_forward()
 *  @param scratch  [skel_dense_f32_spans_scratch()]
 */
void skel_dense_f32_spans_backward_data(const skel_dense_f32_tiles *shape, const float *dy,
                                        const float *weights, float *dx, float *scratch);

/** Gradients with respect to weights and bias.
 *
 *  Local.
 *  @param dweights  [outputs][inputs][tap] out
 *  @param dbias     [outputs] out; not written without `has_bias`
 *  @param scratch   [skel_dense_f32_spans_scratch()]
 */
void skel_dense_f32_spans_backward_weights(const skel_dense_f32_tiles *shape, const float *x,
                                           const float *dy, float *dweights, float *dbias,
                                           float *scratch);

#endif
