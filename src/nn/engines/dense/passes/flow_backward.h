/** Synaptic flow backward: all gradients and their exponents. */
#ifndef SKEL_NN_DENSE_FLOW_BACKWARD_H
#define SKEL_NN_DENSE_FLOW_BACKWARD_H

#include "operation.h"

/** All steps backward, from the gradient of the logits.
 *
 *  Local. Errors: SKEL_ERR_NUMBER, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_flow_backward(const skel_dense_context *context);

#endif
