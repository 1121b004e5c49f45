/** Synaptic flow through leaky ReLU, clip and sigmoid.
 *
 *  A clip has its lower bound alone: magnitudes pass any upper one.
 */
#ifndef SKEL_NN_DENSE_FLOW_ACTIVATION_H
#define SKEL_NN_DENSE_FLOW_ACTIVATION_H

#include "operation.h"

/** The output of an activation, and its exponent.
 *
 *  Local. Errors: SKEL_ERR_NUMBER.
 */
SKEL_CHECKED skel_status skel_dense_flow_activation_forward(const skel_dense_context *context,
                                                            size_t step);

/** The gradient of an activation's input, in place, and its exponent. The parts of the output's
 *  gradient have one exponent.
 *
 *  Local. Errors: SKEL_ERR_NUMBER.
 */
SKEL_CHECKED skel_status skel_dense_flow_activation_backward(const skel_dense_context *context,
                                                             size_t step);

#endif
