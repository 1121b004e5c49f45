/** The diagonal of the Hessian, approximately, by one backward pass of squares.
 *
 *  Source: LeCun, Denker and Solla 1990, section "Computing the second derivatives".
 */
#ifndef SKEL_NN_DENSE_CURVATURE_H
#define SKEL_NN_DENSE_CURVATURE_H

#include "../compile/dense.h"

/** Takes the memory of a layer's squared inputs, and compiles the plan of the largest batch.
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_curvature_create(skel_dense *dense);

/** skel_engine_curvature().
 *
 *  Local. Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_curvature_pass(skel_engine *engine, const float parameters[],
                                                   const uint8_t mask[], const float buffers[],
                                                   const skel_batch *batch, double scale,
                                                   skel_pass *pass);

#endif
