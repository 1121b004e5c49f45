/** Which convolutions the engine executes over spans. */
#ifndef SKEL_NN_DENSE_SPANS_LAYER_H
#define SKEL_NN_DENSE_SPANS_LAYER_H

#include "work.h"

/** Whether spans are, in one direction, faster than oneDNN's own kernel and than tiles, by a rule
 *  on shapes and the instruction set alone: bits must not depend on a timing.
 *
 *  Local.
 */
bool skel_dense_spans_preferred(const skel_dense_f32_tiles *shape, skel_dense_direction direction);

#endif
