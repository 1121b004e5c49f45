/** Disturbances: how much noise on weights changes the outputs, over several draws of both. */
#ifndef SKEL_RUN_DISTURBANCE_H
#define SKEL_RUN_DISTURBANCE_H

#include "phases.h"

/** Sums over the job's draws the derivative by the mask of the outputs' change under noise.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param keep        [parameter_count] the mask
 *  @param iteration   from 1, for the random numbers
 *  @param progress    counts the images of all draws
 *  @param derivative  [parameter_count] out; 0 for parameters that are not prunable
 *  @param engine      out: name of the one that has computed it
 *  @param result      out: of the last draw; its loss is the mean change, its accuracy means
 *                     nothing
 *  Errors: SKEL_ERR_CONFIG for a network whose batch norm cannot be folded; SKEL_ERR_NUMBER,
 *          SKEL_ERR_MEMORY, SKEL_ERR_STOPPED; agreed on.
 *  Source: Wang et al. 2023 (NTK-SAP), algorithm 1.
 */
SKEL_CHECKED skel_status skel_disturbance_compute(const skel_inputs *in, const uint8_t keep[],
                                                  size_t iteration, skel_progress *progress,
                                                  float derivative[], const char **engine,
                                                  skel_result *result);

#endif
