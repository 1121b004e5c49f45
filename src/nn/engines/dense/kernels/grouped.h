/** Convolutions in groups, depthwise ones among them: shapes that oneDNN has no fast kernel for.
 *
 *  A register holds a block of target channels at one pixel. It reads the source channels of the
 *  groups that the block has a part in, with weights of 0 where channels are of different groups.
 *  In depthwise convolutions a block reads the same block of the source alone, lane by lane.
 *  Weights stay in the parameter's own layout; each call packs them. Every sum is taken in an order
 *  that depends on the shape alone, never on the number of threads.
 */
#ifndef SKEL_NN_DENSE_GROUPED_H
#define SKEL_NN_DENSE_GROUPED_H

#include "direction.h"
#include "window.h"

/** Shape of a convolution. Tensors are [images][channels / lanes][height][width][lanes]. */
typedef struct skel_dense_f32_grouped {
    size_t images;
    size_t lanes;   /**< 16 or 8 */
    size_t groups;  /**< output channels of a group see input channels of the same group */
    size_t inputs;  /**< channels; tensors in blocks have zeros up to a multiple of `lanes` */
    size_t outputs; /**< channels, likewise */
    bool has_bias;
    size_t height;
    size_t width;
    size_t out_height;
    size_t out_width;
    skel_dense_window window;
    size_t threads; /**< at most; the scratch memory has a part for each */
} skel_dense_f32_grouped;

/** Floats of scratch memory that one direction needs.
 *
 *  Local.
 */
size_t skel_dense_f32_grouped_scratch(const skel_dense_f32_grouped *grouped,
                                      skel_dense_direction direction);

/** y = convolution of x + bias.
 *
 *  Local.
 *  @param weights  [outputs][inputs / groups][tap]
 *  @param bias     [outputs]; not read without `has_bias`
 *  @param scratch  [skel_dense_f32_grouped_scratch()], 64-byte aligned
 */
void skel_dense_f32_grouped_forward(const skel_dense_f32_grouped *grouped, const float *x,
                                    const float *weights, const float *bias, float *y,
                                    float *scratch);

/** Gradient with respect to x.
 *
 *  Local. Weights and scratch memory as those of skel_dense_f32_grouped_forward().
 */
void skel_dense_f32_grouped_backward_data(const skel_dense_f32_grouped *grouped, const float *dy,
                                          const float *weights, float *dx, float *scratch);

/** Gradients with respect to weights and bias.
 *
 *  Local.
 *  @param dweights  [outputs][inputs / groups][tap] out
 *  @param dbias     [outputs] out; not written without `has_bias`
 *  @param scratch   [skel_dense_f32_grouped_scratch()], 64-byte aligned
 */
void skel_dense_f32_grouped_backward_weights(const skel_dense_f32_grouped *grouped, const float *x,
                                             const float *dy, float *dweights, float *dbias,
                                             float *scratch);

#endif
