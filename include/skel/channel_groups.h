/** Channels that belong together: those of tensors that an operation joins channel by channel. */
#ifndef SKEL_CHANNEL_GROUPS_H
#define SKEL_CHANNEL_GROUPS_H

#include "skel/network.h"

/** The channels of all tensors, in groups: a channel before and behind batch norm, an activation or
 *  pooling; the same channel of all tensors that are added; the input and the output channel of a
 *  convolution with one group per channel. A group can only be removed as a whole. Plain data. */
typedef struct skel_channel_groups {
    size_t *first;   /**< [tensors] number of the tensor's channel 0; owned */
    size_t count;    /**< channels of all tensors */
    uint32_t *group; /**< [count] least number of a channel of the same group; owned */
    bool *fixed; /**< [count] of groups, at `group`: with a channel of the image or a logit; owned
                  */
} skel_channel_groups;

/** Finds the groups.
 *
 *  Local.
 *  @param out  *owned*: skel_channel_groups_free() it, also after an error
 *  Errors: SKEL_ERR_CONFIG for a convolution with groups of several channels, naming it;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_channel_groups_find(const skel_network *network,
                                                  skel_channel_groups *out);

/** Frees the groups.
 *
 *  Local.
 */
void skel_channel_groups_free(skel_channel_groups *channels);

/** The group of a channel of a tensor.
 *
 *  Local.
 */
uint32_t skel_channel_groups_of(const skel_channel_groups *channels, size_t tensor, size_t channel);

/** Whether a layer's weights connect an input channel with an output channel of another group; else
 *  each output channel is computed from its own input channel alone.
 *
 *  Local. @param op  a convolution or a linear layer
 */
bool skel_channel_groups_mixes(const skel_op *op);

/** The input channel that a weight of a mixing layer reads.
 *
 *  Local. @param i  the weight's place in its tensor
 */
size_t skel_channel_groups_read(const skel_network *network, const skel_op *op, size_t i);

#endif
