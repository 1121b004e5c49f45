/** Panels that the tiles read: a tensor's values in the order of a tile's sums. */
#ifndef SKEL_NN_DENSE_TILES_PACK_H
#define SKEL_NN_DENSE_TILES_PACK_H

#include "tiles.h"

/** Vectors and columns of a tile: with the vectors of a step and a factor, 15 of 16 registers. */
enum { SKEL_DENSE_TILE_VECTORS = 2, SKEL_DENSE_TILE_COLUMNS = 6 };

/** A tensor in blocks, as panels are made of it. */
typedef struct skel_dense_f32_tiles_source {
    const float *data;
    size_t images; /**< of the whole tensor */
    size_t blocks;
    size_t pixels;
    size_t lanes;
} skel_dense_f32_tiles_source;

/** Pixel of the source that a tap of a target pixel reads. Returns whether there is one.
 *
 *  Local.
 *  @param direction     forward: from output to input; backward data: from input to output
 *  @param source  out: pixel, row by row
 */
bool skel_dense_f32_tiles_reads(const skel_dense_f32_tiles *tiles, skel_dense_direction direction,
                                size_t target, size_t tap, size_t *source);

/** [group][pixel][channel][6]: images first, first + 1, ... in groups of 6; 0 behind the last.
 *
 *  Local.
 */
void skel_dense_f32_tiles_pack_images(const skel_dense_f32_tiles_source *source, size_t first,
                                      size_t groups, float *panel);

/** [group][pixel][column][6]: columns of a plain image are, for each tap, its channels.
 *
 *  Local.
 */
void skel_dense_f32_tiles_pack_patches(const skel_dense_f32_tiles *tiles, const float *x,
                                       size_t first, size_t groups, float *panel);

/** [tile][pixel][image][6]: channels in tiles of 6; 0 behind the last.
 *
 *  Local.
 */
void skel_dense_f32_tiles_pack_channels(const skel_dense_f32_tiles_source *source, size_t first,
                                        size_t images, float *panel);

/** Pixels that windows reach in one dimension, padding included.
 *
 *  Local.
 *  @param dimension  0 vertical, 1 horizontal
 */
size_t skel_dense_f32_tiles_reach(const skel_dense_f32_tiles *tiles, size_t dimension);

/** [image][channel][row][pixel]: a plain image with its padding, as far as windows reach.
 *
 *  Local.
 */
void skel_dense_f32_tiles_pack_padded(const skel_dense_f32_tiles *tiles, const float *x,
                                      size_t first, size_t images, float *panel);

/** Floats from an output's first pixel in such an image to the one that a column reads for it.
 *
 *  Local.
 *  @param column  of a plain image: for each tap, its channels
 */
size_t skel_dense_f32_tiles_offset(const skel_dense_f32_tiles *tiles, size_t column);

/** Pairs of blocks, [pair][pixel][image][2 * lanes]; 0 behind the last block.
 *
 *  Local.
 */
void skel_dense_f32_tiles_pack_pairs(const skel_dense_f32_tiles_source *source, size_t first,
                                     size_t images, float *panel);

#endif
