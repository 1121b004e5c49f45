/** Traces: the figures of the mask that an iteration has made (`prune.trace`). */
#ifndef SKEL_RUN_TRACE_H
#define SKEL_RUN_TRACE_H

#include "phases.h"

/** A trace of one pruning phase. */
typedef struct skel_trace {
    skel_worker *worker; /**< that computes the gradients; NULL if nothing is traced */
    skel_worker *own;    /**< the same, where the trace needs one of its own; owned */
} skel_trace;

/** Opens a trace; without `prune.trace` it stays empty.
 *
 *  Collective. The pruning phase's worker is used, unless its gradients are another method's: with
 *  a temperature or for one image, or there is none.
 *  @param worker  of the pruning phase, borrowed; may be NULL
 *  @param out     *owned*: skel_trace_close() it, also after an error
 *  Errors: as skel_worker_create(); agreed on.
 */
SKEL_CHECKED skel_status skel_trace_open(const skel_inputs *in, const skel_mask *mask,
                                         skel_worker *worker, skel_trace *out);

/** Frees the trace's own worker.
 *
 *  Local.
 */
void skel_trace_close(skel_trace *trace);

/** The figures of the mask that an iteration has made, on the images of this iteration.
 *
 *  Collective. At parameters * mask. The scratch's gradient is overwritten.
 *  @param iteration  from 1
 *  @param after      out; NaN without `prune.trace`
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_trace_mask(const skel_trace *trace, const skel_inputs *in,
                                         const skel_mask *mask, const float parameters[],
                                         size_t iteration, skel_scratch *scratch,
                                         skel_foresight *after);

#endif
