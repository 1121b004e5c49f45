/** Memory of batch norm steps, and which convolution feeds which batch norm. */
#ifndef SKEL_SPARSE_NORMS_H
#define SKEL_SPARSE_NORMS_H

#include "sparse.h"

/** Takes the memory of all batch norm steps and fills in `feeds` and `feeder`.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_norms_create(skel_sparse *sparse);

/** The two sums that a batch norm step holds for one channel of one block.
 *
 *  Local.
 */
double *skel_sparse_partial(const skel_sparse *sparse, size_t step, size_t slot, size_t block,
                            size_t channel);

#endif
