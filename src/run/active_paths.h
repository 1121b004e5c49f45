/** Active paths: the flow of squared weights, towards logits that the images' active paths weigh.
 */
#ifndef SKEL_RUN_ACTIVE_PATHS_H
#define SKEL_RUN_ACTIVE_PATHS_H

#include "phases.h"

/** The gated network of a run, with its worker and memory. Opaque. */
typedef struct skel_active_paths skel_active_paths;

/** Makes the gated network and the worker that weighs its paths.
 *
 *  Collective.
 *  @param in   borrowed while the paths live
 *  @param out  *owned*: skel_active_paths_destroy() it
 *  Errors: SKEL_ERR_CONFIG for a network whose paths cannot be weighed; SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_active_paths_create(const skel_inputs *in, skel_active_paths **out);

/** Frees all; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_active_paths_destroy(skel_active_paths **paths);

/** Gradient, by the squared weights, of ln R: R is the sum over the images and the logits k of
 *  z1_k z2_k. z1 is the sum over the image's active paths of the squared pixel that each begins at,
 *  z2 is the synaptic flow of the network with squared parameters and running averages.
 *
 *  Collective; the same bits on any number of ranks.
 *  @param worker   of the pruning phase, for flows
 *  @param weights  parameters and running averages
 *  @param keep     [parameter_count] the mask
 *  @param batches  the images
 *  @param flow     [parameter_count] out on the root; all 0 if no path is active
 *  Errors: SKEL_ERR_NUMBER, SKEL_ERR_MEMORY, SKEL_ERR_STOPPED; agreed on.
 *  Source: Iurada et al. 2024, the section on Path eXclusion.
 */
SKEL_CHECKED skel_status skel_active_paths_flow(skel_active_paths *paths, skel_worker *worker,
                                                const skel_state *weights, const uint8_t keep[],
                                                const skel_batches *batches, float flow[]);

#endif
