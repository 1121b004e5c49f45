/** The work of a step on one window. */
#ifndef SKEL_SPARSE_STEP_H
#define SKEL_SPARSE_STEP_H

#include "../compile/sparse.h"

/** The work of one time of the forward pass.
 *
 *  Local.
 *  @param time        of plan/placement.h
 *  @param statistics  whether batch norms need the sums of the batch
 */
void skel_sparse_step_forward(skel_sparse *sparse, size_t time, skel_sparse_window window,
                              bool statistics);

/** The work of one time of the backward pass. Gradients of weights are summed between
 *  skel_sparse_weights_open() and skel_sparse_weights_close().
 *
 *  Local.
 *  @param time  of plan/placement.h
 */
void skel_sparse_step_backward(skel_sparse *sparse, size_t time, skel_sparse_window window);

#endif
