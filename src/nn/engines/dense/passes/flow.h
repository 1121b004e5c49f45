/** Synaptic flow: a forward and a backward pass over one image of ones with the magnitudes of the
 *  weights. Source: Tanaka et al. 2020, algorithm 1.
 */
#ifndef SKEL_NN_DENSE_FLOW_H
#define SKEL_NN_DENSE_FLOW_H

#include "../compile/dense.h"

/** Takes the memory of flows.
 *
 *  Local. `buffers` is the number of any plan's buffers: the batch size does not change it.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_flow_create(skel_dense *dense, size_t buffers);

/** Frees the memory of flows.
 *
 *  Local.
 */
void skel_dense_flow_clear(skel_dense *dense);

/** skel_engine_flow().
 *
 *  Local. Errors: SKEL_ERR_NUMBER, SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_flow_pass(skel_engine *engine, const float parameters[],
                                              const uint8_t mask[], const float buffers[],
                                              const float shares[], float out[], double *logarithm);

#endif
