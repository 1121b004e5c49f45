/** Scores of channels by first-order terms of activations, or by energies, as the signal of their
 *  weights.
 */
#ifndef SKEL_RUN_CHANNEL_SCORES_H
#define SKEL_RUN_CHANNEL_SCORES_H

#include "phases.h"

/** Scores every unit of the job's channels, and gives its score to each weight of its channels.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param worker   of the pruning phase, for what the method scores channels by
 *  @param weights  parameters and running averages
 *  @param batches  the images
 *  @param signal   [parameter_count] out; 0 for what is part of no unit
 *  @param result   out, of the images
 *  Errors: as skel_worker_channels(); agreed on.
 *  Source: method_molchanov.c and method_chauvin.c have the formulas.
 */
SKEL_CHECKED skel_status skel_channel_scores_compute(const skel_inputs *in, skel_worker *worker,
                                                     const skel_state *weights,
                                                     const skel_batches *batches, float signal[],
                                                     skel_result *result);

#endif
