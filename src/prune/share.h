/** How many weights each tensor keeps if shares are fixed before the scores are known. */
#ifndef SKEL_PRUNE_SHARE_H
#define SKEL_PRUNE_SHARE_H

#include "skel/status.h"

#include <stddef.h>

/** Bounds of the tensors' shares. Plain data, borrowed. */
typedef struct skel_share_bounds {
    size_t tensors;
    const double *size;  /**< [tensors] shares are in proportion to it; above 0 */
    const size_t *least; /**< [tensors] */
    const size_t *most;  /**< [tensors] not below `least` */
} skel_share_bounds;

/** Divides `kept` among the tensors in proportion to their sizes, within bounds, by largest
 *  remainder (of equal remainders the first).
 *
 *  Local. If a bound gives a tensor more or less than its proportion, all others get less or more,
 *  in proportion to their sizes.
 *  @param kept   from the sum of `least` to the sum of `most`
 *  @param share  [tensors] out; the sum is `kept`
 */
void skel_share_out(size_t kept, const skel_share_bounds *bounds, size_t share[]);

#endif
