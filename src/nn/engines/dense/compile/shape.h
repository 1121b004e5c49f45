/** Shapes of the graph's tensors as the kernels see them. */
#ifndef SKEL_NN_DENSE_SHAPE_H
#define SKEL_NN_DENSE_SHAPE_H

#include "../kernels/extent.h"
#include "../kernels/pool.h"
#include "dense.h"

/** Shape of a step's output.
 *
 *  Local.
 */
skel_dense_extent skel_dense_shape_extent(const skel_dense *dense, size_t step, size_t images);

/** Windows of a pooling step.
 *
 *  Local.
 */
skel_dense_f32_pool_windows skel_dense_shape_windows(const skel_dense *dense,
                                                     const skel_graph_step *step, size_t images);

#endif
