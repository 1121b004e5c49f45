/** Synaptic flow through products and concatenations. */
#ifndef SKEL_NN_DENSE_FLOW_PAIR_H
#define SKEL_NN_DENSE_FLOW_PAIR_H

#include "operation.h"

/** The output of a product or a concatenation, and its exponent.
 *
 *  Local. Errors: SKEL_ERR_NUMBER.
 */
SKEL_CHECKED skel_status skel_dense_flow_pair_forward(const skel_dense_context *context,
                                                      size_t step);

/** Exponent of the factor that a product's gradient is multiplied by on the way to an operand.
 *
 *  Local.
 */
int skel_dense_flow_pair_factor(const skel_dense *dense, size_t step, size_t operand);

#endif
