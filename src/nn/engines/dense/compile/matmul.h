/** Which convolutions the engine's own products of matrices execute. */
#ifndef SKEL_NN_DENSE_MATMUL_LAYER_H
#define SKEL_NN_DENSE_MATMUL_LAYER_H

#include "work.h"

/** Whether the products are, in one direction, faster than oneDNN's own kernel and than tiles, by a
 *  rule on shapes and the instruction set alone: bits must not depend on a timing.
 *
 *  Local.
 */
bool skel_dense_matmul_preferred(const skel_dense_f32_tiles *shape, skel_dense_direction direction);

#endif
