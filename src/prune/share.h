/** How many weights each tensor keeps where that is not left to the scores. */
#ifndef SKEL_PRUNE_SHARE_H
#define SKEL_PRUNE_SHARE_H

#include "skel/status.h"

#include <stddef.h>

/** Bounds of the tensors' shares. Plain data, borrowed. */
typedef struct skel_share_bounds {
    size_t tensors;
    const double *size;  /**< [tensors] what shares are in proportion to, above 0 */
    const size_t *least; /**< [tensors] */
    const size_t *most;  /**< [tensors] not below `least` */
} skel_share_bounds;

/** Shares `kept` out in proportion to the tensors' sizes within bounds, by largest remainder (ties:
 *  the first).
 *
 *  Local. What a bound takes from, or gives to, a tensor goes to, or comes from, all others in
 *  proportion to their sizes.
 *  @param kept   from the sum of `least` to the sum of `most`
 *  @param share  [tensors] out; the sum is `kept`
 */
void skel_share_out(size_t kept, const skel_share_bounds *bounds, size_t share[]);

#endif
