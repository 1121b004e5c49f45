/** Sums of a row's outputs and of their squares, for the batch norm behind a layer. */
#ifndef SKEL_SPARSE_ROW_STATISTICS_H
#define SKEL_SPARSE_ROW_STATISTICS_H

#include "row_kernels.h"

#include "lanes.h"

enum { STATISTICS_PIXELS = 256 }; /* whose sums float may hold */

/* Adds one tile's outputs to the sums in float: pivot, sum of x - pivot, sum of its square. */
INLINE void add_statistics(size_t pixels, const vector value[], bool restart, float *scratch)
{
    vector pivot = SOURCE(scratch);
    vector sum = SOURCE(scratch + LANES);
    vector squares = SOURCE(scratch + (size_t)2 * LANES);

    if (restart) {
        pivot = value[0];
        for (size_t k = 1; k < pixels; k++) {
            pivot += value[k];
        }
        pivot *= 1.0F / (float)pixels;
        sum -= sum;
        squares = sum;
        TARGET(scratch) = pivot;
    }
    for (size_t k = 0; k < pixels; k++) {
        vector d = value[k] - pivot;

        sum += d;
        squares += d * d;
    }
    TARGET(scratch + LANES) = sum;
    TARGET(scratch + (size_t)2 * LANES) = squares;
}

/* Moves the sums in float over some pixels to the sums in double. */
INLINE void settle_statistics(skel_sparse_range range, size_t pixels, const float *scratch,
                              double sums[])
{
    for (size_t r = range.first; r < range.last;
         r++, scratch += (size_t)SKEL_SPARSE_STATISTICS * LANES) {
        double *sum = sums + 2 * range.rows->row[r].channel;
        double first[LANES];
        double second[LANES];

        for (size_t l = 0; l < LANES; l++) {
            double pivot = (double)scratch[l];
            double s = (double)scratch[LANES + l];

            first[l] = s + (double)pixels * pivot;
            second[l] =
                (double)scratch[(size_t)2 * LANES + l] + pivot * (2 * s + (double)pixels * pivot);
        }
        sum[0] += sum_of_lanes(first);
        sum[1] += sum_of_lanes(second);
    }
}

/* Sets the sums in double of some rows to 0. */
INLINE void clear_statistics(skel_sparse_range range, double sums[])
{
    for (size_t r = range.first; sums != NULL && r < range.last; r++) {
        sums[2 * range.rows->row[r].channel] = 0;
        sums[2 * range.rows->row[r].channel + 1] = 0;
    }
}

/* Sets the sums in float of some rows to 0. */
INLINE void clear_scratch(skel_sparse_range range, float *scratch)
{
    memset(scratch, 0,
           (range.last - range.first) * SKEL_SPARSE_STATISTICS * LANES * sizeof *scratch);
}

#endif
