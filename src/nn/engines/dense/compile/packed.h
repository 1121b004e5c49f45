/** Packed weights: which layouts the compiled primitives read. */
#ifndef SKEL_NN_DENSE_PACKED_H
#define SKEL_NN_DENSE_PACKED_H

#include "dense.h"

/** Finds the packed weights of a step with that layout, or makes them.
 *
 *  Local. If the engine has weights already, new packed weights are filled.
 *  @param layout  copied
 *  @param number  out: index into skel_dense_weights.packed
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_packed_find(skel_dense *dense, size_t step,
                                                const skel_onednn_layout *layout, size_t *number);

#endif
