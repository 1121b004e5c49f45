/** Dense rows of a map: what a sparse layer keeps almost whole is computed as a dense matrix. */
#ifndef SKEL_SPARSE_BAND_KERNELS_H
#define SKEL_SPARSE_BAND_KERNELS_H

#include "row_kernels.h"

/** Kernels for one instruction set. */
typedef struct skel_sparse_band_kernels {
    size_t rows; /**< of a band: rows whose sums are in registers together */

    /** Floats of the panel that apply() needs for so many rows.
     *
     *  Local.
     */
    size_t (*panel)(size_t rows);

    /** Computes dense rows of a block, as skel_sparse_row_kernels.apply() does others. A sum goes
     *  over all columns in their order, whichever rows are computed together.
     *
     *  Local.
     *  @param range    of the grid's last `bands.rows` rows; begins with a band
     *  @param in       a block of the input
     *  @param bias     [channels] added to every sum in lanes with an image; NULL: 0
     *  @param out      a block of the output
     *  @param scratch  as for skel_sparse_row_kernels.apply(); NULL without `sums`
     *  @param sums     likewise; NULL: not wanted
     *  @param panel    [panel(last - first)] of any value
     */
    void (*apply)(skel_sparse_range range, const float *in, const float bias[],
                  const skel_sparse_lane_mask *lanes, float *out, float *scratch, double sums[],
                  float *panel);
} skel_sparse_band_kernels;

extern const skel_sparse_band_kernels skel_sparse_band_kernels_baseline;
extern const skel_sparse_band_kernels skel_sparse_band_kernels_avx2;
extern const skel_sparse_band_kernels skel_sparse_band_kernels_avx512;

#endif
