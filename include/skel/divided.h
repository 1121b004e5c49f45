/** A network whose convolutions are in groups, as ResNeXt is ResNet's. */
#ifndef SKEL_DIVIDED_H
#define SKEL_DIVIDED_H

#include "skel/network.h"

/** Builds a network like another one, with groups.
 *
 *  Local.
 *  @param groups  of each convolution that has a window of more than one tap and no groups yet,
 *                 where they divide the channels of its input and of its output
 *  @param out     *owned*: skel_network_destroy() it; NULL on an error
 *  Errors: SKEL_ERR_MEMORY.
 *  Source: Xie et al. 2017, Aggregated residual transformations for deep neural networks.
 */
SKEL_CHECKED skel_status skel_divided_create(const skel_network *network, size_t groups,
                                             skel_network **out);

#endif
