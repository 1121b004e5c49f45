/** Random walks through a network, which prefer weights of a large magnitude. */
#ifndef SKEL_WALKS_H
#define SKEL_WALKS_H

#include "skel/network.h"

/** Walks until enough different weights are visited, and orders them by their first visit.
 *
 *  Local. The result depends on the arguments alone. Walks start in turn at a channel of the image
 *  and at a logit, each time at the next one. A step through a layer takes another channel, of
 *  the same group, with probability in proportion to the sum of the magnitudes of the window
 *  between the two, then a weight of this window in proportion to its magnitude. Where a tensor has
 *  several readers, or an operation two operands, each is taken with the same probability; from a
 *  plane to the pixels that a linear layer reads, each pixel. If 10,000 walks in a row find no new
 *  weight, they end.
 *  @param parameters  [parameter_count]
 *  @param wanted      different weights to visit
 *  @param out         [parameter_count] out: 1 / n for the n-th weight that was visited, 0 for all
 *                     others
 *  @param visited     out: weights that were visited
 *  Errors: SKEL_ERR_MEMORY.
 *  Source: Patil and Dovrolis 2021 (PHEW), section 4; the order of starts is their code's.
 */
SKEL_CHECKED skel_status skel_walks_order(const skel_network *network, const float parameters[],
                                          size_t wanted, uint64_t seed, float out[],
                                          size_t *visited);

#endif
