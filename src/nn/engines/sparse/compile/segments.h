/** Where a pass needs all images: between those places it goes through the blocks window by window.
 */
#ifndef SKEL_SPARSE_SEGMENTS_H
#define SKEL_SPARSE_SEGMENTS_H

#include "sparse.h"

/** Cuts the passes into `segments`.
 *
 *  Local. A segment begins where a batch norm has its statistics. In the backward pass it holds one
 *  layer at most, whose gradients of weights are summed from window to window.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_segments_create(skel_sparse *sparse);

/** The step that works at a time of either pass.
 *
 *  Local. Times are those of plan/placement.h; not the loss's.
 */
size_t skel_sparse_step_at(const skel_graph *graph, size_t time);

#endif
