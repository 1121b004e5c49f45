/** Which convolutions the engine's own Winograd's algorithm executes. */
#ifndef SKEL_NN_DENSE_WINOGRAD_LAYER_H
#define SKEL_NN_DENSE_WINOGRAD_LAYER_H

#include "work.h"

/** Whether the algorithm is faster than any direct kernel, by the same kind of rule.
 *
 *  Local.
 */
bool skel_dense_winograd_pays(const skel_dense_f32_tiles *shape);

/** Whether the algorithm is, in one direction, faster than oneDNN's kernels and than tiles, by a
 *  rule on shapes and the instruction set alone: bits must not depend on a timing.
 *
 *  Local.
 */
bool skel_dense_winograd_preferred(const skel_dense_f32_tiles *shape,
                                   skel_dense_direction direction);

#endif
