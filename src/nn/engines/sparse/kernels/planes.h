/** Activations of `lanes` images together: a vector holds the same pixel of all of them.
 *
 *  A tensor is [blocks][channels][height + 2 ring][width + 2 ring][lanes]. A block is
 *  as many images as a vector of the instruction set has floats. Lanes without an image are 0. The
 *  values in the ring are undefined until a step that reads the ring calls
 *  skel_sparse_planes_clear_ring().
 */
#ifndef SKEL_SPARSE_PLANES_H
#define SKEL_SPARSE_PLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SKEL_SPARSE_LANES_MAX = 16 }; /**< of any instruction set */

/** Shape of one block of a tensor; distances in floats. */
typedef struct skel_sparse_planes {
    size_t lanes; /**< images of a block */
    size_t channels;
    size_t height;
    size_t width;
    size_t ring;  /**< pixels of 0 around each channel, for padded convolutions */
    size_t row;   /**< from a pixel to the one below */
    size_t plane; /**< from a channel to the next */
} skel_sparse_planes;

/** Which lanes of a block hold an image: all bits set, or none. */
typedef struct skel_sparse_lane_mask {
    int32_t lane[SKEL_SPARSE_LANES_MAX]; /* those of the instruction set are used */
} skel_sparse_lane_mask;

/** The planes of a shape.
 *
 *  Local. A large plane is an odd number of lines of the cache (64 bytes) apart from the next: at a
 *  distance of a power of two, the same tile of all channels would share a few sets of a cache.
 */
static inline skel_sparse_planes skel_sparse_planes_make(size_t lanes, size_t channels,
                                                         size_t height, size_t width, size_t ring)
{
    size_t row = (width + 2 * ring) * lanes;
    size_t line = 16;
    size_t plane = (height + 2 * ring) * row;

    if (plane >= 64 * lanes) {
        plane = (plane + line - 1) / line * line;
        plane += plane / line % 2 == 0 ? line : 0;
    }

    return (skel_sparse_planes){.lanes = lanes,
                                .channels = channels,
                                .height = height,
                                .width = width,
                                .ring = ring,
                                .row = row,
                                .plane = plane};
}

/** Floats of one block.
 *
 *  Local.
 */
static inline size_t skel_sparse_planes_floats(const skel_sparse_planes *planes)
{
    return planes->channels * planes->plane;
}

/** Where a channel's first pixel is in a block.
 *
 *  Local.
 */
static inline size_t skel_sparse_planes_origin(const skel_sparse_planes *planes, size_t channel)
{
    return channel * planes->plane + planes->ring * (planes->row + planes->lanes);
}

/** Which lanes of a block of a batch hold an image.
 *
 *  Local.
 */
static inline skel_sparse_lane_mask skel_sparse_lane_mask_of(size_t lanes, size_t images,
                                                             size_t block)
{
    skel_sparse_lane_mask out;

    for (size_t l = 0; l < SKEL_SPARSE_LANES_MAX; l++) {
        out.lane[l] = block * lanes + l < images ? -1 : 0;
    }
    return out;
}

/** Blocks of a batch.
 *
 *  Local.
 */
static inline size_t skel_sparse_blocks_of(size_t lanes, size_t images)
{
    return (images + lanes - 1) / lanes;
}

/** Sets the ring of all channels of a block to 0.
 *
 *  Local.
 */
void skel_sparse_planes_clear_ring(const skel_sparse_planes *planes, float *block);

/** Brings images into blocks.
 *
 *  Local.
 *  @param images  [count][channels][height][width]
 *  @param blocks  out
 */
void skel_sparse_planes_fill(const skel_sparse_planes *planes, size_t count, const float images[],
                             float *blocks);

/** Brings blocks into images.
 *
 *  Local.
 *  @param images  [count][channels][height][width] out
 */
void skel_sparse_planes_empty(const skel_sparse_planes *planes, size_t count, const float *blocks,
                              float images[]);

#endif
