/** Warm-up of batch norm's running averages, before the first score. */
#ifndef SKEL_RUN_NORM_WARMUP_H
#define SKEL_RUN_NORM_WARMUP_H

#include "phases.h"

/** Moves the running averages by `prune.norm-warmup` batches, at the initial weights, as training
 *  would; does nothing if the job asks for none.
 *
 *  Collective; the same bits on any number of ranks. The images are those of the first pruning
 *  iterations, as `prune.sampling` and `prune.augment` say.
 *  @param prepared  in: initial weights and mask; out: `state.weights.buffers`
 *  Errors: as skel_worker_create() and skel_worker_gradient(); agreed on.
 */
SKEL_CHECKED skel_status skel_norm_warmup(skel_prepared *prepared);

#endif
