/** The exact k largest of many scores. */
#ifndef SKEL_TOPK_H
#define SKEL_TOPK_H

#include "skel/reduce.h"

#include <stdint.h>

/** Figures of a selection. */
typedef struct skel_topk_result {
    float threshold; /**< the k-th largest score */
    size_t positive; /**< scores above 0 */
    size_t ties;     /**< scores equal to the threshold */
} skel_topk_result;

/** Chooses the k largest scores of all segments together: `keep` becomes 1 at these and 0 at the
 *  other elements of the segments.
 *
 *  Local. Exactly k are chosen; of equal scores the one with the lower index. -0 equals 0. Elements
 *  outside the segments are neither read nor written. The time depends on the number of scores, and
 *  hardly on their values.
 *  @param scores  flat vector; any finite values
 *  @param keep    flat vector, out
 *  @param result  out; may be NULL
 *  Errors: SKEL_ERR_NUMBER for a score that is not finite; the message has its flat index, and
 *          nothing is written. SKEL_ERR_CONFIG if k is 0 or larger than the number of scores;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_topk(size_t k, size_t segments, const skel_segment segment[],
                                   const float scores[], uint8_t keep[], skel_topk_result *result);

#endif
