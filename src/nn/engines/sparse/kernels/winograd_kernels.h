/** Dense rows of 3x3 convolutions by Winograd's algorithm F(4x4, 3x3).
 *
 *  A tile of 4x4 pixels is a polynomial of degree 3 in each dimension, the 6x6 pixels of a channel
 *  that it reads one of degree 5. The algorithm multiplies their values at 36 points: 36 products
 *  instead of 144. The transforms between pixels and values at the points are nn/winograd/points.h;
 *  a pixel of 8 images is a vector (4 or 16 with other instruction sets), so that they move nothing
 *  between lanes.
 *
 *  Rounding errors are those that src/nn/engines/dense/kernels/winograd.h states, whose points
 *  these are. Where an image or a tile is 0, so are its results. Source: Lavin and Gray 2016.
 */
#ifndef SKEL_SPARSE_WINOGRAD_KERNELS_H
#define SKEL_SPARSE_WINOGRAD_KERNELS_H

#include "row_kernels.h"

enum {
    SKEL_SPARSE_WINOGRAD_SIDE = 4,    /**< pixels of a tile's side */
    SKEL_SPARSE_WINOGRAD_POINTS = 36, /**< in two dimensions */
    SKEL_SPARSE_WINOGRAD_TAPS = 9,
};

/** Tiles of a block, and values at all points: [point][channel][tiles][lanes]. */
typedef struct skel_sparse_tiles {
    size_t height; /**< pixels that a row of the map computes */
    size_t width;
    size_t row;   /**< from a pixel to the one below in the planes that are read, in floats */
    size_t first; /**< tiles [first, first + count) of a block, in rows of tiles */
    size_t count;
    size_t place; /**< of the first one, among `together` */
    size_t together;
    size_t step; /**< from point to point, in floats; a multiple of 16 */
} skel_sparse_tiles;

/** The products of a chunk of tiles. */
typedef struct skel_sparse_winograd_products {
    size_t count;
    size_t together;
    size_t bands;
    size_t columns;      /**< channels */
    size_t inputs_step;  /**< from point to point */
    size_t outputs_step; /**< likewise, as the next one */
    size_t room_step;
} skel_sparse_winograd_products;

/** Kernels for one instruction set. */
typedef struct skel_sparse_winograd_kernels {
    size_t tiles; /**< that apply() computes together */
    size_t group; /**< channels of a group of group_inputs() */

    /** The weights at all points.
     *
     *  Local.
     *  @param taps    [9][count]
     *  @param step    from point to point, at least count and a multiple of 16
     *  @param values  [36][step] out: those of the weights [first, last); `first` is a multiple of
     *                 16, up to 15 floats behind `last` are overwritten
     */
    void (*weights)(size_t count, const float *taps, size_t first, size_t last, size_t step,
                    float *values);

    /** Values of channels that rows read, at all points.
     *
     *  Local.
     *  @param in       a block
     *  @param offset   [last] where the first tap of each channel reads for the first pixel
     *  @param values   out: those of the channels [first, last)
     */
    void (*inputs)(const skel_sparse_tiles *tiles, const float *in, size_t first, size_t last,
                   const uint32_t offset[], float *values);

    /** The same values for the gradient of the weights, with the channels in the lanes:
     *  [point][groups][together][images][channels of a group].
     *
     *  Local.
     *  @param columns  channels; those behind them in the last vector of a group are 0, whole
     *                  vectors behind them are left out
     *  @param group    of `group` channels
     */
    void (*group_inputs)(const skel_sparse_tiles *tiles, const float *in, size_t columns,
                         size_t group, const uint32_t offset[], float *values);

    /** Values of the gradient of one band's outputs at all points:
     *  [point][bands][together][images][rows of a band].
     *
     *  Local.
     *  @param out     a block of the output's gradient
     *  @param offset  [rows] of each row's first pixel
     *  @param rows    dense rows; those behind them in the last band are 0
     */
    void (*gradients)(const skel_sparse_tiles *tiles, const float *out, size_t rows, size_t band,
                      const uint32_t offset[], float *values);

    /** Adds the gradient of the weights over a chunk of tiles.
     *
     *  Local. Sums are in float over the tiles and images of the chunk, and in double from there.
     *  @param first    bands [first, last)
     *  @param inputs   from group_inputs()
     *  @param outputs  from gradients()
     *  @param room     [36][rows of all bands][channels of a group] of any value; those of the
     *                  bands are written
     *  @param sums     [9][bands][columns][rows of a band] added to
     */
    void (*products)(const skel_sparse_winograd_products *of, size_t first, size_t last,
                     const float *inputs, const float *outputs, float *room, double sums[]);

    /** Computes dense rows at the pixels of up to `tiles` tiles, as
     *  skel_sparse_band_kernels.apply() does at all pixels. The calls for a block go through all
     *  tiles in their order.
     *
     *  Local. A sum goes over all channels in their order, whichever rows are computed together.
     *  @param tiles    `place` 0, and `together` as `tiles` above
     *  @param inputs   [36][columns][tiles][lanes] from inputs()
     *  @param weights  [36][bands][columns][rows of a band] from weights(), `weights_step` apart
     *  @param outputs  [36][dense rows][tiles][lanes] of any value; those of the range are written.
     *                  Points are `outputs_step` apart
     *  @param pending  in and out: pixels in `scratch`, 0 at first
     */
    void (*apply)(skel_sparse_range range, const skel_sparse_tiles *tiles, const float *inputs,
                  const float *weights, size_t weights_step, float *outputs, size_t outputs_step,
                  const float bias[], const skel_sparse_lane_mask *lanes, float *out,
                  float *scratch, double sums[], size_t *pending);
} skel_sparse_winograd_kernels;

extern const skel_sparse_winograd_kernels skel_sparse_winograd_kernels_baseline;
extern const skel_sparse_winograd_kernels skel_sparse_winograd_kernels_avx2;
extern const skel_sparse_winograd_kernels skel_sparse_winograd_kernels_avx512;

#endif
