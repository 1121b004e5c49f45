/** Channels whose values, or whose gradients, are 0 at the loaded weights. */
#ifndef SKEL_SPARSE_REACH_H
#define SKEL_SPARSE_REACH_H

#include "sparse.h"

/** Takes the memory of `still` and `idle`.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_reach_create(skel_sparse *sparse);

/** Fills in `still` and `idle` of all steps.
 *
 *  Local. They depend on mask, biases and shifts, not on images: they are the same on all ranks.
 */
void skel_sparse_reach_mark(skel_sparse *sparse);

/** Marks of a layer's input: 1 for each channel that is 0; NULL: none is.
 *
 *  Local.
 */
static inline const uint8_t *skel_sparse_reach_still(const skel_sparse *sparse, size_t step)
{
    size_t input = sparse->graph.step[step].operand[SKEL_STEP_INPUT];
    size_t producer = sparse->graph.tensor[input].producer;

    return producer == SKEL_NONE ? NULL : sparse->work[producer].still;
}

#endif
