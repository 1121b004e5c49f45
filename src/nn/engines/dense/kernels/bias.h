/** The gradient of a convolution's bias: sums of the output's gradient by channel. */
#ifndef SKEL_NN_DENSE_BIAS_H
#define SKEL_NN_DENSE_BIAS_H

#include "parts.h"

#include <stddef.h>

/* Adds the pixels of a block's plane, lane by lane; `lanes` is a constant where it is called. */
static inline __attribute__((always_inline)) void
skel_dense_bias_add(size_t lanes, size_t floats, const float *plane, double sum[])
{
    for (size_t i = 0; i < floats; i += lanes) {
        for (size_t lane = 0; lane < lanes; lane++) {
            sum[lane] += (double)plane[i + lane];
        }
    }
}

/** Sums of dy by channel, in double: the channels of a block side by side.
 *
 *  Local.
 *  @param lanes  16 or 8
 *  @param dy     [images][channels / lanes][pixels][lanes]
 *  @param dbias  [channels] out
 */
static inline void skel_dense_bias_sums(size_t images, size_t channels, size_t pixels, size_t lanes,
                                        const float *dy, float *dbias)
{
    enum { MOST_LANES = 16 };
    size_t floats = pixels * lanes;
    size_t blocks = parts(channels, lanes);

#pragma omp parallel for schedule(static)
    for (size_t block = 0; block < blocks; block++) {
        double sum[MOST_LANES] = {0};

        for (size_t image = 0; image < images; image++) {
            const float *plane = dy + (image * blocks + block) * floats;

            if (lanes == MOST_LANES) {
                skel_dense_bias_add(MOST_LANES, floats, plane, sum);
            } else {
                skel_dense_bias_add(MOST_LANES / 2, floats, plane, sum);
            }
        }
        for (size_t lane = 0; lane < lanes && block * lanes + lane < channels; lane++) {
            dbias[block * lanes + lane] = (float)sum[lane];
        }
    }
}

#endif
