/** Batch norm steps with their tangents, over all slots, for products with the Hessian. */
#ifndef SKEL_NN_DENSE_NORM_TANGENT_H
#define SKEL_NN_DENSE_NORM_TANGENT_H

#include "../compile/dense.h"

/** Takes the memory for the means of the largest batch norm.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_norm_tangent_create(skel_dense *dense);

/** Forward pass of a batch norm step over all slots, with its tangent.
 *
 *  Local, or collective with `statistics_sum`. As skel_dense_norm_forward().
 *  Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_tangent_forward(skel_dense *dense, size_t step,
                                                         size_t count, const skel_batch batches[],
                                                         const skel_pass passes[]);

/** Backward pass of a batch norm step over all slots, with its tangent.
 *
 *  Local, or collective with `statistics_sum`.
 *  @param passes  [count]; receive the products of scale and shift
 *  Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_dense_norm_tangent_backward(skel_dense *dense, size_t step,
                                                          size_t count, const skel_batch batches[],
                                                          const skel_pass passes[]);

#endif
