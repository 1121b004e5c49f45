/** Work: how much of the dense network's arithmetic a mask leaves to the sparse engine. */
#ifndef SKEL_WORK_H
#define SKEL_WORK_H

#include "skel/network.h"

#include <stddef.h>
#include <stdint.h>

/** Dense rows: the weights of an output channel that keep at least this percentage of the inputs
 *  that the layer reads. The sparse engine computes them as a matrix, and a multiply-add of a
 *  matrix takes about this percentage of the time of a kept weight alone, which loads its input
 *  each time. Fewer rows, or fewer output pixels, do not pay for the panel that a matrix reads.
 *  Source: measured with AVX2.
 */
enum { SKEL_WORK_DENSE_PERCENT = 35, SKEL_WORK_LEAST_ROWS = 6, SKEL_WORK_LEAST_PIXELS = 4 };

/** Time that Winograd's algorithm takes for dense rows of a convolution, relative to a matrix; 1
 *  where it takes longer, or does not compute the window. That is one of 3x3 taps without dilation
 *  and with a stride of 1. It is used where batch norm alone reads the output.
 *
 *  Local. 36 products for each tile of 4x4 pixels, four tiles at a time, where a matrix has 9 for
 *  each pixel; transforms of the tiles of each channel that is read or computed, and of the
 *  weights.
 *  @param rows      dense rows
 *  @param channels  that any of them reads
 *  @param height    of the output, in pixels
 *  @param width     likewise
 *  Source: measured with AVX2.
 */
double skel_work_tiled(const skel_window *window, size_t rows, size_t channels, size_t height,
                       size_t width);

/** Multiply-adds that a mask keeps, as a share of the network's, 0 to 1. A dense row counts as
 *  SKEL_WORK_DENSE_PERCENT of the layer's inputs, times skel_work_tiled().
 *
 *  Local. It is the sparse engine's arithmetic in units of time: FORCE keeps the first layers
 *  almost whole, and faster kernels compute these.
 *  @param keep  [parameter_count]
 */
double skel_work_of(const skel_network *network, const uint8_t keep[]);

/** Bounds of skel_work_of() over all masks that keep so many prunable weights.
 *
 *  Local. The lower bound is of weights in dense rows that work on the fewest output pixels. The
 *  upper bound is of weights in rows that are just not dense, and work on the most pixels.
 *  @param least  out
 *  @param most   out
 */
void skel_work_range(const skel_network *network, size_t kept, double *least, double *most);

#endif
