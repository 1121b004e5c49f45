/** The exact k largest of many scores. */
#ifndef SKEL_TOPK_H
#define SKEL_TOPK_H

#include "skel/reduce.h"

#include <stdint.h>

/** What a selection found. */
typedef struct skel_topk_result {
    float threshold; /**< the k-th largest score */
    size_t positive; /**< scores above 0 */
    size_t ties;     /**< scores equal to the threshold */
} skel_topk_result;

/** Sets keep to 1 at the k largest scores within the segments and to 0 at the others there.
 *
 *  Local. Exactly k are kept; of equal scores the lower index. Elements outside the segments are
 *  neither read nor written. -0 equals 0. Time grows with the number of scores alone.
 *  @param scores  flat vector; any finite values
 *  @param keep    flat vector, out
 *  @param result  out; NULL if not wanted
 *  Errors: SKEL_ERR_NUMBER for a score that is not finite, naming the flat index, nothing written;
 *          SKEL_ERR_CONFIG if k is 0 or more than there are scores; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_topk(size_t k, size_t segments, const skel_segment segment[],
                                   const float scores[], uint8_t keep[], skel_topk_result *result);

#endif
