/** Shapes of the graph's tensors as the kernels see them. */
#ifndef SKEL_NN_DENSE_SHAPE_H
#define SKEL_NN_DENSE_SHAPE_H

#include "../kernels/activation.h"
#include "../kernels/channels.h"
#include "../kernels/extent.h"
#include "../kernels/pool.h"
#include "../kernels/product.h"
#include "dense.h"

/** Shape of a step's output.
 *
 *  Local.
 */
skel_dense_extent skel_dense_shape_extent(const skel_dense *dense, size_t step, size_t images);

/** Window of a convolution or of pooling.
 *
 *  Local.
 */
skel_dense_window skel_dense_shape_window(const skel_op *op);

/** Function of an activation step.
 *
 *  Local.
 */
skel_dense_f32_activation skel_dense_shape_activation(const skel_op *op);

/** Shape of a product step, that neither squares nor adds.
 *
 *  Local.
 */
skel_dense_f32_product skel_dense_shape_product(const skel_dense *dense,
                                                const skel_graph_step *step, size_t images);

/** The channels of the output of a concatenation that are an operand's.
 *
 *  Local.
 *  @param operand  SKEL_STEP_INPUT or SKEL_STEP_OTHER
 */
skel_dense_channels skel_dense_shape_channels(const skel_dense *dense, const skel_graph_step *step,
                                              size_t operand);

/** Windows of a pooling step; of its first derivatives.
 *
 *  Local.
 */
skel_dense_f32_pool_windows skel_dense_shape_windows(const skel_dense *dense,
                                                     const skel_graph_step *step, size_t images);

#endif
