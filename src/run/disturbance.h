/** Disturbances: how much noise on weights changes the outputs, over several draws of both. */
#ifndef SKEL_RUN_DISTURBANCE_H
#define SKEL_RUN_DISTURBANCE_H

#include "phases.h"

/** The folded network of a run, with the workers and the memory of all draws. Opaque. */
typedef struct skel_disturbance skel_disturbance;

/** Makes the folded network and the workers.
 *
 *  Collective.
 *  @param in    borrowed while the disturbance lives
 *  @param keep  [parameter_count] the mask, borrowed likewise; it may change between computations
 *  @param out   *owned*: skel_disturbance_destroy() it
 *  Errors: SKEL_ERR_CONFIG for a network whose batch norm cannot be folded; SKEL_ERR_MEMORY; agreed
 *          on.
 */
SKEL_CHECKED skel_status skel_disturbance_create(const skel_inputs *in, const uint8_t keep[],
                                                 skel_disturbance **out);

/** Frees all; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_disturbance_destroy(skel_disturbance **disturbance);

/** The engine that computes the derivatives.
 *
 *  Local. Static storage.
 */
const char *skel_disturbance_engine(const skel_disturbance *disturbance);

/** Sums over the job's draws the derivative by the mask of the outputs' change under noise.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param iteration   from 1, for the random numbers
 *  @param progress    counts the images of all draws
 *  @param derivative  [parameter_count] out; 0 for parameters that are not prunable
 *  @param result      out: of the last draw; its loss is the mean change, its accuracy means
 *                     nothing
 *  Errors: SKEL_ERR_NUMBER, SKEL_ERR_MEMORY, SKEL_ERR_STOPPED; agreed on.
 *  Source: Wang et al. 2023 (NTK-SAP), algorithm 1.
 */
SKEL_CHECKED skel_status skel_disturbance_compute(skel_disturbance *disturbance, size_t iteration,
                                                  skel_progress *progress, float derivative[],
                                                  skel_result *result);

#endif
