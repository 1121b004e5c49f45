/** Traces: the figures of the mask that an iteration has made (`prune.trace`). */
#ifndef SKEL_RUN_TRACE_H
#define SKEL_RUN_TRACE_H

#include "phases.h"

/** A trace of one pruning phase. */
typedef struct skel_trace {
    bool wanted;      /**< `prune.trace` */
    uint8_t *before;  /**< [parameter_count] mask before the iteration; owned */
    skel_worker *own; /**< computes the gradients where the phase's worker cannot; owned */
} skel_trace;

/** Opens a trace; without `prune.trace` it stays empty.
 *
 *  Collective. The trace gets a worker of its own where the pruning phase's worker cannot compute a
 *  plain gradient at a new mask.
 *  @param mask  borrowed while the trace is open
 *  @param out   *owned*: skel_trace_close() it, also after an error
 *  Errors: as skel_worker_create(); agreed on.
 */
SKEL_CHECKED skel_status skel_trace_open(const skel_inputs *in, const skel_mask *mask,
                                         skel_trace *out);

/** Frees the trace's own worker.
 *
 *  Local.
 */
void skel_trace_close(skel_trace *trace);

/** Remembers the mask before an iteration, because a trace that is stopped undoes the iteration.
 *
 *  Local.
 */
void skel_trace_remember(const skel_trace *trace, const skel_mask *mask);

/** Puts the mask back that skel_trace_remember() has seen: the iteration will be done again.
 *
 *  Local.
 */
void skel_trace_undo(const skel_trace *trace, skel_mask *mask);

/** The figures of the mask that an iteration has made, on the images of this iteration.
 *
 *  Collective. At parameters * mask. The scratch's gradient is overwritten.
 *  @param worker     of the pruning phase; NULL if the method has none
 *  @param iteration  from 1
 *  @param after      out; NaN without `prune.trace`
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_trace_mask(const skel_trace *trace, const skel_inputs *in,
                                         skel_worker *worker, const skel_mask *mask,
                                         const float parameters[], size_t iteration,
                                         skel_scratch *scratch, skel_foresight *after);

#endif
