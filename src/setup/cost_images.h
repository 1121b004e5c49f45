/** Images that pass through the network from a position of a run to its end. */
#ifndef SKEL_SETUP_COST_IMAGES_H
#define SKEL_SETUP_COST_IMAGES_H

#include "skel/cost.h"
#include "skel/network.h"
#include "skel/settings.h"

/** Counts images of gradients and of forward passes, and those of the training's gradients whose
 *  engine does not skip pruned weights.
 *
 *  Local. `auto` is taken to choose by the share of kept weights. An epoch that is not done counts
 *  as a whole.
 *  @param position  how far the run is
 *  @param out       out: the images; the rest is left alone
 */
void skel_cost_images(const skel_job *job, const skel_settings *settings,
                      const skel_network *network, skel_position position, skel_cost *out);

#endif
