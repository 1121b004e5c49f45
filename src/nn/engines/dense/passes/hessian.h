/** Products with the Hessian: every step's tangent behind the step itself.
 *
 *  R x is the tangent of x along the vector. A slot has a second arena of the same plan: the
 *  tangent of a value or of a gradient is where that is, as long as that is. What does not depend
 *  on any parameter, the image above all, has the tangent 0 and no place.
 */
#ifndef SKEL_NN_DENSE_HESSIAN_H
#define SKEL_NN_DENSE_HESSIAN_H

#include "../compile/dense.h"

/** Takes the memory for tangents that does not depend on the batch size.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_hessian_create(skel_dense *dense);

/** Floats of one image of the largest tensor that a layer with weights reads or writes.
 *
 *  Local.
 */
size_t skel_dense_widest_layer(const skel_dense *dense);

/** Puts the vector where the primitives read weights' tangents: all forms of all weights.
 *
 *  Local.
 *  @param vector  [parameter_count], borrowed until the pass is over
 *  Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_load_vector(skel_dense *dense, const float vector[]);

/** Tangent of a tensor's values in a slot; NULL: 0.
 *
 *  Local. Borrowed.
 */
float *skel_dense_tangent_value(const skel_dense *dense, size_t slot, size_t tensor);

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

/** skel_engine_hessian().
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_hessian(skel_engine *engine, const float vector[], size_t count,
                                            const skel_batch batches[], double scale,
                                            skel_pass passes[]);

#endif
