/** Which weights stay, given their scores and the rules for single layers. */
#ifndef SKEL_PRUNE_SELECT_H
#define SKEL_PRUNE_SELECT_H

#include "skel/prune.h"

/** A choice to be made on the root. */
typedef struct skel_selection {
    const skel_prune_request *request;
    const skel_mask *mask; /**< the current one */
    const float *scores;   /**< [mask->count] */
    uint8_t *next;         /**< [mask->count] out, in the segments alone */
} skel_selection;

/** Chooses.
 *
 *  Local.
 *  @param report  out: threshold, positive, chosen
 *  Errors: SKEL_ERR_CONFIG, SKEL_ERR_NUMBER, SKEL_ERR_MEMORY, as skel_prune_mask().
 */
SKEL_CHECKED skel_status skel_select(const skel_selection *choice, skel_prune_report *report);

#endif
