/** Signals: the values from which an iteration's scores are computed. */
#ifndef SKEL_RUN_SIGNAL_H
#define SKEL_RUN_SIGNAL_H

#include "active_paths.h"
#include "disturbance.h"
#include "phases.h"

/** What computes a run's signals, from one iteration to the next. Zeros at first;
 *  skel_signal_compute() makes the last two when they are needed. */
typedef struct skel_signal_tools {
    skel_worker *worker; /**< *owned*: made for the method's signal; NULL if it needs none */
    skel_active_paths *paths;
    skel_disturbance *disturbance;
} skel_signal_tools;

/** Frees the tools and nulls them.
 *
 *  Local.
 */
void skel_signal_release(skel_signal_tools *tools);

/** The signal of one iteration. Its vectors are borrowed from the scratch. */
typedef struct skel_signal_found {
    const float *signal;   /**< [parameter_count]; NULL for a method that needs none */
    const float *gradient; /**< `signal` if that is the gradient, else NULL */
    const char *engine;    /**< if the worker has not computed the signal; else NULL */
    skel_result result;    /**< on the iteration's batches; NaN if no image was used */
} skel_signal_found;

/** Computes the signal of the job's method at parameters * mask, on the iteration's batches.
 *
 *  Collective.
 *  @param tools      of all iterations, with the worker for this one
 *  @param keep       [parameter_count] the mask, the same memory in all iterations
 *  @param iteration  from 1
 *  @param out        borrows the scratch's vectors
 *  Errors: agreed on.
 */
SKEL_CHECKED skel_status skel_signal_compute(const skel_inputs *in, skel_signal_tools *tools,
                                             const skel_state *weights, const uint8_t keep[],
                                             size_t iteration, skel_progress *progress,
                                             skel_scratch *scratch, skel_signal_found *out);

#endif
