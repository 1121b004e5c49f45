/** The shape of the tensors that the dense engine's kernels read and write. */
#ifndef SKEL_NN_DENSE_EXTENT_H
#define SKEL_NN_DENSE_EXTENT_H

#include <stddef.h>

/** A tensor [images][blocks][pixels][lanes].
 *
 *  Channel c is lane c % lanes of block c / lanes. The lanes are the channels that one SIMD vector
 *  holds: 16, 8 or 1. The last block may have lanes behind the last channel.
 */
typedef struct skel_dense_extent {
    size_t images;
    size_t blocks;
    size_t pixels;
    size_t lanes;
} skel_dense_extent;

#endif
