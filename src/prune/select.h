/** Choosing the weights that stay, by their scores and the rules for single layers. */
#ifndef SKEL_PRUNE_SELECT_H
#define SKEL_PRUNE_SELECT_H

#include "skel/prune.h"

/** The inputs and the output of a choice. Plain data, borrowed. */
typedef struct skel_selection {
    const skel_prune_request *request;
    const skel_mask *mask;       /**< the current one */
    const skel_segment *segment; /**< [mask->segments] where each tensor's scores are:
                                      mask->segment, or of the kept weights alone */
    const float *scores;         /**< of all tensors */
    uint8_t *next;               /**< out, at the places of the scores */
} skel_selection;

/** Chooses the next mask.
 *
 *  Local; runs on the root.
 *  @param report  out: threshold, positive, chosen
 *  Errors: SKEL_ERR_CONFIG, SKEL_ERR_NUMBER, SKEL_ERR_MEMORY, as skel_prune_mask().
 */
SKEL_CHECKED skel_status skel_select(const skel_selection *choice, skel_prune_report *report);

#endif
