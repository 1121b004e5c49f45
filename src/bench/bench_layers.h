/** The gradient's time layer by layer. */
#ifndef SKEL_BENCH_LAYERS_H
#define SKEL_BENCH_LAYERS_H

#include "bench_gradient.h"

/** Records the engine's layer profiles of now, from which the next report counts.
 *
 *  Local.
 *  @param profiles  [ops] out
 */
void skel_layers_start(skel_engine_layer_profile profiles[], const skel_engine *engine,
                       const skel_network *network);

/** Prints time and arithmetic rate of the root's layers: of all layers, or of slow ones alone.
 *
 *  Root only. A layer is slow, and marked, if one direction is below a quarter of the processor's
 *  arithmetic peak on one thread. Prints nothing if the engine does not measure its layers.
 */
void skel_layers_print(const skel_gradient *gradient);

#endif
