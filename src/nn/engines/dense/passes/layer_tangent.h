/** Layers with weights and their tangents, in one slot, for products with the Hessian. */
#ifndef SKEL_NN_DENSE_LAYER_TANGENT_H
#define SKEL_NN_DENSE_LAYER_TANGENT_H

#include "operation.h"

/** The tangent of a layer's output.
 *
 *  Local.
 *  @param vector  [parameter_count] tangent of the parameters
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_layer_tangent_forward(const skel_dense_context *context,
                                                          const float vector[], size_t step,
                                                          size_t slot);

/** The product of a layer's weights, the gradient of its input and this gradient's tangent.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_layer_tangent_backward(const skel_dense_context *context,
                                                           size_t step, size_t slot);

#endif
