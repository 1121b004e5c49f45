/** The part of a training that takes the time of the dense network. */
#ifndef SKEL_SETUP_COST_DENSE_H
#define SKEL_SETUP_COST_DENSE_H

#include "skel/network.h"
#include "skel/settings.h"

/** Images of all legs of training whose gradients an engine computes that does not skip pruned
 *  weights.
 *
 *  Local. `auto` is taken to choose by the share of kept weights.
 *  @param train  images of an epoch
 */
double skel_cost_dense_images(const skel_job *job, const skel_settings *settings,
                              const skel_network *network, size_t train);

#endif
