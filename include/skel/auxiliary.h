/** The auxiliary values of a run whose method reparameterises: their sizes and places, from the
 *  network and the method's traits. */
#ifndef SKEL_AUXILIARY_H
#define SKEL_AUXILIARY_H

#include "skel/settings.h"

/** Describes a prunable tensor of a network by its sizes; all pointers are NULL.
 *
 *  Local.
 *  @param parameter  of the network, prunable
 *  @param number     among the prunable ones, from 0
 */
skel_reparameterised skel_auxiliary_tensor(const skel_network *network, size_t parameter,
                                           size_t number);

/** Number of values of one quantity over all tensors.
 *
 *  Local.
 *  @param quantity  0 to SKEL_AUXILIARIES - 1
 *  @return 0 if the method has no such quantity
 */
size_t skel_auxiliary_total(const skel_method *method, const skel_network *network,
                            size_t quantity);

/** Number of values that the optimiser of the first quantity remembers: two for each value.
 *
 *  Local. 0 if no optimiser changes it. SGD uses the first of the two alone.
 */
size_t skel_auxiliary_moments(const skel_method *method, const skel_network *network);

#endif
