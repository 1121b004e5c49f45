/** Synaptic flow forward: all values and their exponents. */
#ifndef SKEL_NN_DENSE_FLOW_FORWARD_H
#define SKEL_NN_DENSE_FLOW_FORWARD_H

#include "operation.h"

/** All steps forward, from the image of ones, with the magnitudes of the weights loaded.
 *
 *  Local. Errors: SKEL_ERR_NUMBER, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_flow_forward(const skel_dense_context *context,
                                                 const float parameters[]);

#endif
