/** Products and concatenations of two tensors, in one slot. */
#ifndef SKEL_NN_DENSE_PAIR_H
#define SKEL_NN_DENSE_PAIR_H

#include "operation.h"

/** The step's output.
 *
 *  Local.
 *  @param factor  of each operand of a concatenation, for a flow; else ones
 */
void skel_dense_pair_forward(const skel_dense_context *context, size_t step, size_t slot,
                             const float factor[SKEL_STEP_OPERANDS]);

/** The tangent of the step's output.
 *
 *  Local.
 */
void skel_dense_pair_tangent(const skel_dense_context *context, size_t step, size_t slot);

/** The gradients of the operands, or their tangents: `context->side` says which. The tangents of a
 *  product's come after the gradients, which are gathered then.
 *
 *  Local.
 *  @param dy  gradient of the output, or its tangent
 */
void skel_dense_pair_backward(const skel_dense_context *context, size_t step, size_t slot,
                              const float *dy);

#endif
