/** Slots: the places of the microbatches that pass through the network together.
 *
 *  A slot has an arena and the plan of its microbatch's size. There is one slot, or several if
 *  batch norm takes its statistics over several microbatches.
 */
#ifndef SKEL_NN_DENSE_SLOT_H
#define SKEL_NN_DENSE_SLOT_H

#include "../compile/dense.h"

/** Gives each of the first slots a batch: finds or compiles the plan for its size.
 *
 *  Local. `direct` is skel_dense_plan_find()'s. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_slot_assign(skel_dense *dense, size_t count,
                                                const skel_batch batches[], bool direct);

/** Address of a buffer of the slot's plan; NULL for SKEL_NONE.
 *
 *  Local. Borrowed.
 */
float *skel_dense_slot_buffer(const skel_dense *dense, size_t slot, size_t buffer);

/** Address of a buffer of the slot's plan, or of its tangent; NULL for SKEL_NONE.
 *
 *  Local. Borrowed.
 */
float *skel_dense_slot_side_buffer(const skel_dense *dense, skel_dense_side side, size_t slot,
                                   size_t buffer);

/** Values of a tensor in a slot.
 *
 *  Local. Borrowed.
 *  @param images  of the slot's batch, which are the values of tensor 0
 */
const float *skel_dense_slot_value(const skel_dense *dense, size_t slot, size_t tensor,
                                   const float *images);

/** Tangent of a tensor's values in a slot; NULL if it is 0.
 *
 *  Local. Borrowed.
 */
float *skel_dense_slot_tangent(const skel_dense *dense, size_t slot, size_t tensor);

/** Adds up the contributions to the gradient of a step's output, in the buffer of the first.
 *
 *  Local. Each step that reads the tensor has left one contribution. A batch norm's kernel reads
 *  two contributions itself: its second one is left alone.
 *  @return borrowed: the first contribution's buffer
 */
float *skel_dense_slot_gather(const skel_dense *dense, size_t slot, const skel_graph_step *step);

/** As skel_dense_slot_gather(), of gradients or of their tangents.
 *
 *  Local. Borrowed.
 */
float *skel_dense_slot_side_gather(const skel_dense *dense, skel_dense_side side, size_t slot,
                                   const skel_graph_step *step);

#endif
