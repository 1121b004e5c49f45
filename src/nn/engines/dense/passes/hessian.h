/** Products with the Hessian, by Pearlmutter's operator R. Source: Pearlmutter 1994.
 *
 *  R x is the tangent of x: its derivative along the vector. After each step the pass computes the
 *  tangent of the step's result. Each slot has a second block for tangents: the tangent of a buffer
 *  has the buffer's offset and length. A tensor that depends on no parameter, as the image, has the
 *  tangent 0 and no memory for it.
 */
#ifndef SKEL_NN_DENSE_HESSIAN_H
#define SKEL_NN_DENSE_HESSIAN_H

#include "../compile/dense.h"

/** Takes the memory for tangents that does not depend on the batch size.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_hessian_create(skel_dense *dense);

/** skel_engine_hessian().
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_hessian_product(skel_engine *engine, const float vector[],
                                                    size_t count, const skel_batch batches[],
                                                    double scale, skel_pass passes[]);

#endif
