/** Passes through the whole graph. */
#ifndef SKEL_SPARSE_RUN_H
#define SKEL_SPARSE_RUN_H

#include "../compile/sparse.h"

/** Implements skel_engine_gradient().
 *
 *  Local, or collective with `statistics_sum`. Errors: the callback's.
 */
SKEL_CHECKED skel_status skel_sparse_run_gradient(skel_engine *engine, size_t count,
                                                  const skel_batch batches[], double scale,
                                                  skel_pass passes[]);

/** Implements skel_engine_samples().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_sparse_run_samples(skel_engine *engine, const skel_singles *samples);

/** Implements skel_engine_forward().
 *
 *  Local. Errors: none.
 */
SKEL_CHECKED skel_status skel_sparse_run_forward(skel_engine *engine, const skel_batch *batch,
                                                 const float buffers[], float logits[]);

#endif
