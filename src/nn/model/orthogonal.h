/** Random matrices with orthonormal rows or columns. */
#ifndef SKEL_NN_ORTHOGONAL_H
#define SKEL_NN_ORTHOGONAL_H

#include "skel/random.h"
#include "skel/status.h"

/** Draws a matrix with orthonormal rows (columns, if there are more rows), times `gain`.
 *
 *  Local, the same on every rank. A QR factorisation spread over the ranks would be faster for
 *  large layers, but its last bits would depend on the number of ranks, and so would all that is
 *  trained from them. Uniform over such matrices (Haar).
 *  @param out  [rows][columns] out
 *  Errors: SKEL_ERR_MEMORY.
 *  Source: Saxe et al. 2014; Mezzadri 2007 for the distribution.
 */
SKEL_CHECKED skel_status skel_orthogonal_draw(skel_stream *stream, size_t rows, size_t columns,
                                              double gain, float out[]);

#endif
