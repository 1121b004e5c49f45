/** Networks without the channels that no kept weight reads: really smaller, with the same outputs.
 *
 *      SKEL_TRY(skel_compact_create(network, keep, &compact));
 *      skel_compact_values(compact, parameters, out);      // [compact->network->parameter_count]
 *      skel_compact_buffers(compact, buffers, out);        // [compact->network->buffer_count]
 *      skel_compact_destroy(&compact);
 */
#ifndef SKEL_COMPACT_H
#define SKEL_COMPACT_H

#include "skel/network.h"

/** A smaller network, and where its elements come from. Plain data, not to be changed. */
typedef struct skel_compact {
    skel_network *network; /**< the same operations and names, with fewer channels; owned */
    uint32_t *element;     /**< [network->parameter_count] element of the whole network's flat
                                vector; owned */
    uint32_t *buffer;      /**< [network->buffer_count] likewise; owned */
    size_t removed;        /**< channels of convolutions and units of linear layers that went */
} skel_compact;

/** Removes all channels that no kept weight reads, one after the other until none is left; the
 *  outputs do not depend on them. Channels of the image and logits stay, and at least one channel
 *  of each tensor.
 *
 *  Local.
 *  @param keep  [parameter_count] mask
 *  @param out   *owned*: skel_compact_destroy() it
 *  Errors: SKEL_ERR_CONFIG as skel_channel_groups_find(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_compact_create(const skel_network *network, const uint8_t keep[],
                                             skel_compact **out);

/** Frees the smaller network; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_compact_destroy(skel_compact **compact);

/** The smaller network's parameters, or any other flat vector of floats.
 *
 *  Local. `whole` is [parameter_count of the whole network]; `out` [network->parameter_count].
 */
void skel_compact_values(const skel_compact *compact, const float whole[], float out[]);

/** The smaller network's mask; as skel_compact_values().
 *
 *  Local.
 */
void skel_compact_mask(const skel_compact *compact, const uint8_t whole[], uint8_t out[]);

/** The smaller network's running averages.
 *
 *  Local. `whole` is [buffer_count of the whole network]; `out` [network->buffer_count].
 */
void skel_compact_buffers(const skel_compact *compact, const float whole[], float out[]);

#endif
