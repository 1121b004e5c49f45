/** The table of units of a job's network. */
#ifndef SKEL_UNIT_TABLE_H
#define SKEL_UNIT_TABLE_H

#include "skel/settings.h"

/** Makes the units of `prune.unit` for a network.
 *
 *  Local. Channels: the outputs of each layer, those that are added one and the same; logits are no
 *  units. Blocks: the weights of eight neighbouring output channels at one place, fewer at the end.
 *  Patterns: groups of neighbouring input channels at one place; layers of `prune.keep-layers` have
 *  none.
 *  @param out  *owned*: skel_units_destroy() it; NULL for single weights
 *  Errors: SKEL_ERR_CONFIG for a pattern that does not divide the input channels of a layer, for
 *          groups of channels, for fewer units than the rules for layers need; the message names
 *          the layer; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_unit_table_make(const skel_job *job, const skel_settings *settings,
                                              const skel_network *network, skel_units **out);

/** Units that an iteration keeps; of a pattern, weights of each group.
 *
 *  Local. A pattern loses weights with the schedule, and ends with its own number.
 */
size_t skel_unit_table_kept(const skel_job *job, const skel_settings *settings,
                            const skel_units *units, size_t iteration);

/** Units that a density keeps, at least one; of a pattern, weights of each group, rounded up.
 *
 *  Local.
 */
size_t skel_unit_table_share(const skel_units *units, double density);

/** Rules for the choice of units: those of the layers, and at least one unit of each segment.
 *
 *  Local. Points to the units.
 */
skel_layer_rules skel_unit_table_rules(const skel_job *job, const skel_units *units);

#endif
