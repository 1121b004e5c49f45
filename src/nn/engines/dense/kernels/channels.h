/** Copies of channels between tensors in blocks, for concatenation. */
#ifndef SKEL_NN_DENSE_KERNELS_CHANNELS_H
#define SKEL_NN_DENSE_KERNELS_CHANNELS_H

#include <stddef.h>

/** Channels of a tensor [images][blocks][pixels][lanes]. */
typedef struct skel_dense_channels {
    size_t blocks; /**< of the whole tensor */
    size_t first;  /**< channel */
} skel_dense_channels;

/** to = factor * from, for `count` channels of every image; the other channels of `to` stay.
 *
 *  Local.
 *  @param source  channels of `from`; NULL for `from`: they are 0
 */
void skel_dense_f32_channels_copy(size_t images, size_t pixels, size_t lanes, size_t count,
                                  float factor, skel_dense_channels source, const float *from,
                                  skel_dense_channels target, float *to);

/** Sets the lanes behind the last channel to 0, in every image.
 *
 *  Local.
 *  @param channels  of the tensor [images][channels / lanes, rounded up][pixels][lanes]
 */
void skel_dense_f32_channels_clear(size_t images, size_t channels, size_t pixels, size_t lanes,
                                   float *x);

#endif
