/** Dense rows by Winograd's algorithm: the threads share transforms and rows. */
#ifndef SKEL_SPARSE_PASSES_WINOGRAD_H
#define SKEL_SPARSE_PASSES_WINOGRAD_H

#include "../compile/sparse.h"

/** Computes dense rows of a block, as skel_sparse_band_kernels.apply() does.
 *
 *  Local. All threads of a parallel region call it, with the same arguments but the rows.
 *  @param range  the calling thread's dense rows; may be empty
 */
void skel_sparse_winograd_apply(skel_sparse *sparse, skel_sparse_range range, const float *in,
                                const float bias[], const skel_sparse_lane_mask *lanes, float *out,
                                double sums[]);

/** Adds a window to the gradient of the weights of a layer's dense rows, in `band_sum`; or of all
 *  its live channels, in `sums` in the order of its `all`.
 *
 *  Local.
 *  @param dy  buffer that holds the gradient of the layer's output
 */
void skel_sparse_winograd_add(const skel_sparse *sparse, size_t step, skel_sparse_window window,
                              size_t dy);

#endif
