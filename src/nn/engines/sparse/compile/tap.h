/** Elements of a convolution's window: where they read, and the transpose in one dimension. */
#ifndef SKEL_SPARSE_TAP_H
#define SKEL_SPARSE_TAP_H

#include "../kernels/planes.h"

#include "skel/network.h"

#include <stddef.h>

/** Input pixel stride * i + residue gets what output pixel i + shift holds. */
typedef struct skel_sparse_tap {
    size_t residue;
    ptrdiff_t shift;
} skel_sparse_tap;

/** The tap of a window's k-th element in a dimension.
 *
 *  Local.
 *  @param d  0: vertical, 1: horizontal
 */
static inline skel_sparse_tap skel_sparse_tap_of(const skel_window *window, size_t d, size_t k)
{
    size_t at = k * window->dilation[d];
    size_t before = window->before[d];
    size_t stride = window->stride[d];
    size_t residue = (at + stride * before - before) % stride;

    return (skel_sparse_tap){.residue = residue,
                             .shift = ((ptrdiff_t)(residue + before) - (ptrdiff_t)at) /
                                      (ptrdiff_t)stride};
}

/** Where the element (y, x) of a window reads a channel of a block for the first output pixel.
 *
 *  Local. The planes' ring is at least as wide as the padding.
 */
static inline size_t skel_sparse_tap_offset(const skel_sparse_planes *planes,
                                            const skel_window *window, size_t channel, size_t y,
                                            size_t x)
{
    return skel_sparse_planes_origin(planes, channel) + y * window->dilation[0] * planes->row +
           x * window->dilation[1] * planes->lanes - window->before[0] * planes->row -
           window->before[1] * planes->lanes;
}

/** Pixels of a dimension that have a residue.
 *
 *  Local.
 */
static inline size_t skel_sparse_tap_pixels(size_t size, size_t residue, size_t stride)
{
    return size > residue ? (size - residue + stride - 1) / stride : 0;
}

#endif
