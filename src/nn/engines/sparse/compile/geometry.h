/** Kernel sizes of the layers, and the planes of every tensor. */
#ifndef SKEL_SPARSE_GEOMETRY_H
#define SKEL_SPARSE_GEOMETRY_H

#include "sparse.h"

/** Fills in `planes`, `back`, the kernels in `work`, and the floats of one block of each of the
 *  graph's tensors.
 *
 *  Local. The ring of a tensor is as wide as the convolutions that read it are padded, and as wide
 *  as their transposes reach beyond the border.
 *  Errors: SKEL_ERR_MEMORY; SKEL_ERR_CONFIG for a tensor too large for 32-bit offsets.
 */
SKEL_CHECKED skel_status skel_sparse_geometry_plan(skel_sparse *sparse);

#endif
