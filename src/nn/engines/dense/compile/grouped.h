/** Convolutions in groups: which the engine's own kernels execute, and how they are called. */
#ifndef SKEL_NN_DENSE_GROUPED_LAYER_H
#define SKEL_NN_DENSE_GROUPED_LAYER_H

#include "work.h"

/** Shape of a convolution step in groups as the engine's own kernels see it; 0 images without
 *  groups.
 *
 *  Local.
 *  @param threads  of the passes
 */
skel_dense_f32_grouped skel_dense_grouped_of(const skel_graph *graph, const skel_graph_step *step,
                                             size_t images, size_t threads);

/** Whether oneDNN is not asked: depthwise convolutions, and groups that do not fill blocks.
 *
 *  Local.
 */
bool skel_dense_grouped_preferred(const skel_dense_f32_grouped *grouped);

/** Runs a call that is a convolution in groups; arguments as a primitive's of the same direction,
 *  with weights in their flat layout.
 *
 *  Local.
 */
void skel_dense_grouped_run(const skel_dense_call *call, const void *const data[], void *scratch);

#endif
