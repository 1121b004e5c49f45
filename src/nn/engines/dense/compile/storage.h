/** The memory of the dense engine: one call takes every large block, or in a dry run counts it. */
#ifndef SKEL_NN_DENSE_STORAGE_H
#define SKEL_NN_DENSE_STORAGE_H

#include "dense.h"

/** Number of floats, rounded up to whole cache lines of 64 bytes. */
#define SKEL_DENSE_LINES(floats) (((floats) + 15) / 16 * 16)

/** Takes a block of memory; in a dry run it only adds to `dense->bytes`.
 *
 *  Local.
 *  @param out  address of a pointer; in: NULL or a block, which is freed; out: the new block
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_storage_take(skel_dense *dense, size_t count, size_t size,
                                                 void *out);

/** Grows the blocks that all plans share until they are large enough for one plan.
 *
 *  Local. The content of a block that grows is lost. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dense_storage_fit(skel_dense *dense, const skel_dense_plan *plan);

#endif
