/** How many weights each tensor keeps if all are to have the same density. */
#ifndef SKEL_PRUNE_SHARE_H
#define SKEL_PRUNE_SHARE_H

#include "skel/status.h"

#include <stddef.h>

/** Shares `kept` out in proportion to the tensors' sizes, by largest remainder (ties: the first).
 *
 *  Local. Every tensor gets at least 1 and at most its limit; what a limit or the 1 displaces goes
 *  to, or comes from, the others.
 *  @param size   [tensors]
 *  @param limit  [tensors] at most the size; their sum is at least `kept`
 *  @param share  [tensors] out; the sum is `kept`
 *  Errors: SKEL_ERR_CONFIG if kept < tensors.
 */
SKEL_CHECKED skel_status skel_share_out(size_t kept, size_t tensors, const size_t size[],
                                        const size_t limit[], size_t share[]);

#endif
