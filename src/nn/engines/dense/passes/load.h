/** Loading: from the flat vector of parameters to the layouts that the passes read. */
#ifndef SKEL_NN_DENSE_LOAD_H
#define SKEL_NN_DENSE_LOAD_H

#include "../compile/dense.h"

/** skel_engine_load(): weights, masked, in all layouts, and the vectors of batch norms.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_load_parameters(skel_engine *engine, const float parameters[],
                                                    const uint8_t mask[]);

/** Copies the `values` of a layer's weights to the packed weights that a plan's work reads.
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_load_packed(skel_dense *dense, size_t step,
                                                const skel_dense_work *work);

/** Loads the vector that the Hessian is multiplied with, as the tangent of the parameters.
 *
 *  Local.
 *  @param vector  [parameter_count]
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_load_tangents(skel_dense *dense, const float vector[]);

#endif
