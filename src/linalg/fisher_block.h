/** One block of gradients, as LAPACK takes it. */
#ifndef SKEL_LINALG_FISHER_BLOCK_H
#define SKEL_LINALG_FISHER_BLOCK_H

#include "fisher_impl.h"

/** Copies a block's gradients to `fisher->block`, those of weights that are removed left out.
 *
 *  Local.
 *  @param block    one of this rank
 *  @param removed  [weights]; NULL: none is
 *  @return weights that are there, one behind the other
 */
int skel_fisher_load(const skel_fisher *fisher, size_t block, const uint8_t removed[]);

#endif
