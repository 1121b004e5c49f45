/** Hidden units of a network: the tensors that hold what its layers' channels come to. */
#ifndef SKEL_HIDDEN_H
#define SKEL_HIDDEN_H

#include "skel/network.h"

/** Lists the tensors that hold hidden units.
 *
 *  Local. A channel of a convolution or a linear layer is a hidden unit; its output is what the
 *  layer writes, behind the batch norm that alone reads it, behind the additions that read it, and
 *  behind an activation that alone reads the outcome. Layers whose outputs are added have one
 *  tensor, which is the first one's. The layer that writes the logits has none.
 *  @param first  [network->tensors] out: number of the first channel of the layer whose units a
 *                tensor holds, as skel_network_layer_channels() counts them; else SKEL_NONE
 */
void skel_hidden_list(const skel_network *network, size_t first[]);

#endif
