/** Batch norm's planes and partial sums, shared by the files with its kernels.
 *
 *  Sums are taken over groups of images: which ones depends on the shape alone.
 */
#ifndef SKEL_NN_DENSE_NORM_GROUPS_H
#define SKEL_NN_DENSE_NORM_GROUPS_H

#include "lanes.h"
#include "norm.h"
#include "parts.h"

#include <math.h>

enum {
    CHUNK = 256,         /* pixels summed in float: 16 KiB of 16 lanes */
    GROUP_PIXELS = 1024, /* pixels of one partial sum, at least */
};

/* Images of one partial sum: few pixels an image, many images. */
static inline size_t group_images(skel_dense_extent e)
{
    return e.pixels >= GROUP_PIXELS ? 1 : parts(GROUP_PIXELS, e.pixels);
}

static inline size_t groups(skel_dense_extent e)
{
    return parts(e.images, group_images(e));
}

static inline size_t plane_of(skel_dense_extent e, size_t image, size_t block)
{
    return (image * e.blocks + block) * e.pixels * e.lanes;
}

static inline size_t last_image(skel_dense_extent e, size_t group)
{
    size_t end = (group + 1) * group_images(e);

    return end < e.images ? end : e.images;
}

/* Adds up the groups' sums, always in the same order. `partials` is [group][block][2][lanes]. */
static inline void reduce(skel_dense_extent e, const double partials[], size_t channels,
                          double first[], double second[])
{
    for (size_t c = 0; c < channels; c++) {
        size_t at = c / e.lanes * 2 * e.lanes + c % e.lanes;

        first[c] = 0;
        second[c] = 0;
        for (size_t g = 0; g < groups(e); g++) {
            const double *group = partials + g * 2 * e.blocks * e.lanes;

            first[c] += group[at];
            second[c] += group[at + e.lanes];
        }
    }
}

#endif
