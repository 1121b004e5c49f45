/** The transpose of a convolution, one dimension of one element of the kernel. */
#ifndef SKEL_SPARSE_TAP_H
#define SKEL_SPARSE_TAP_H

#include <stddef.h>

/** Input pixel stride * i + residue gets what output pixel i + shift holds. */
typedef struct skel_sparse_tap {
    size_t residue;
    ptrdiff_t shift;
} skel_sparse_tap;

/** The tap of a kernel's k-th element.
 *
 *  Local.
 */
static inline skel_sparse_tap skel_sparse_tap_of(size_t k, size_t padding, size_t stride)
{
    size_t residue = (k + stride * padding - padding) % stride;

    return (skel_sparse_tap){.residue = residue,
                             .shift = ((ptrdiff_t)(residue + padding) - (ptrdiff_t)k) /
                                      (ptrdiff_t)stride};
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
