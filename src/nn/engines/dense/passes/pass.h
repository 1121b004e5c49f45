/** Passes of whole batches through all steps. */
#ifndef SKEL_NN_DENSE_PASS_H
#define SKEL_NN_DENSE_PASS_H

#include "operation.h"

/** All steps forward.
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_pass_forward(const skel_dense_context *context);

/** skel_engine_gradient().
 *
 *  Local, or collective with `statistics_sum`. Errors: SKEL_ERR_INTERNAL; the callback's.
 */
SKEL_CHECKED skel_status skel_dense_pass_gradient(skel_engine *engine, size_t count,
                                                  const skel_batch batches[], double scale,
                                                  skel_pass passes[]);

/** skel_engine_samples().
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_pass_samples(skel_engine *engine, const skel_singles *samples);

/** skel_engine_forward().
 *
 *  Local. Errors: SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_pass_logits(skel_engine *engine, const skel_batch *batch,
                                                const float buffers[], float logits[]);

#endif
