/** A tile of a dense matrix times vectors: sums that stay in registers while the columns pass by.
 */
#ifndef SKEL_SPARSE_BAND_TILE_H
#define SKEL_SPARSE_BAND_TILE_H

#include "lanes.h"

#include <stdbool.h>

/* A tile has 12 sums, or 24 with the 32 registers of AVX-512. */
enum { PIXELS = 4, ROWS = LANES == 16 ? 6 : 3 };

/* Adds the products of one band's weights [columns][ROWS] and the first `vectors` of each row of a
 * panel [columns][PIXELS][LANES] to sums [ROWS][PIXELS][LANES], or begins with them. */
INLINE void multiply_vectors(size_t vectors, size_t columns, const float *weight,
                             const float *panel, bool begins, float *sums)
{
    vector sum[ROWS][PIXELS];

#pragma GCC unroll 8
    for (size_t r = 0; r < ROWS; r++) {
#pragma GCC unroll 8
        for (size_t j = 0; j < vectors; j++) {
            sum[r][j] = begins ? (vector){0} : SOURCE(sums + (r * PIXELS + j) * LANES);
        }
    }
    for (size_t k = 0; k < columns; k++, weight += ROWS, panel += (size_t)PIXELS * LANES) {
        vector x[PIXELS];

#pragma GCC unroll 8
        for (size_t j = 0; j < vectors; j++) {
            x[j] = SOURCE(panel + j * LANES);
        }
#pragma GCC unroll 8
        for (size_t r = 0; r < ROWS; r++) {
#pragma GCC unroll 8
            for (size_t j = 0; j < vectors; j++) {
                sum[r][j] += weight[r] * x[j];
            }
        }
    }
#pragma GCC unroll 8
    for (size_t r = 0; r < ROWS; r++) {
#pragma GCC unroll 8
        for (size_t j = 0; j < vectors; j++) {
            TARGET(sums + (r * PIXELS + j) * LANES) = sum[r][j];
        }
    }
}

/* The same, with the number of vectors as a constant. */
static inline void multiply_band(size_t vectors, size_t columns, const float *weight,
                                 const float *panel, bool begins, float *sums)
{
    switch (vectors) {
    case 1:
        multiply_vectors(1, columns, weight, panel, begins, sums);
        break;
    case 2:
        multiply_vectors(2, columns, weight, panel, begins, sums);
        break;
    case 3:
        multiply_vectors(3, columns, weight, panel, begins, sums);
        break;
    default:
        multiply_vectors(PIXELS, columns, weight, panel, begins, sums);
    }
}

#endif
