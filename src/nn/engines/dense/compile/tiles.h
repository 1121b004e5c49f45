/** Convolutions that the engine's own tiles execute: which, and how they are called. */
#ifndef SKEL_NN_DENSE_TILES_LAYER_H
#define SKEL_NN_DENSE_TILES_LAYER_H

#include "work.h"

/** Shape of a convolution step as the tiles see it.
 *
 *  Local.
 */
skel_dense_f32_tiles skel_dense_tiles_of(const skel_graph *graph, const skel_graph_step *step,
                                         size_t images);

/** Whether the tiles are, in one direction, faster than oneDNN's own kernels, by a rule on shapes
 *  and the instruction set alone: bits must not depend on a timing.
 *
 *  Local.
 */
bool skel_dense_tiles_preferred(const skel_dense_f32_tiles *tiles, skel_dense_direction direction);

/** Floats of scratch memory that one direction of an algorithm needs.
 *
 *  Local.
 */
size_t skel_dense_tiles_scratch(const skel_dense_f32_tiles *tiles, skel_dense_algorithm algorithm,
                                skel_dense_direction direction);

/** Layout of the weights that a direction of an algorithm reads or leaves.
 *
 *  Local.
 *  @param flat    the weights' own layout, without padding
 *  @param layout  *owned*: skel_onednn_layout_clear() it; none after an error
 *  Errors: SKEL_ERR_MEMORY, SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_dense_tiles_layout(const skel_dense_f32_tiles *tiles,
                                                 skel_dense_algorithm algorithm,
                                                 skel_dense_direction direction,
                                                 const skel_onednn_layout *flat,
                                                 skel_onednn_layout *layout);

/** Runs a call that has tiles; arguments as a primitive's of the same direction.
 *
 *  Local.
 */
void skel_dense_tiles_run(const skel_dense_call *call, const void *const data[], void *scratch);

#endif
