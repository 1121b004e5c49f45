/** How a window slides over a padded image, for convolutions and pooling. */
#ifndef SKEL_NN_DENSE_WINDOW_H
#define SKEL_NN_DENSE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

/** Pairs are {vertical, horizontal}. */
typedef struct skel_dense_window {
    size_t kernel[2];
    size_t stride[2];
    size_t dilation[2]; /**< input pixels from one tap to the next */
    size_t before[2];   /**< padding above and on the left */
} skel_dense_window;

/** Taps of a window.
 *
 *  Local.
 */
static inline size_t skel_dense_window_taps(const skel_dense_window *window)
{
    return window->kernel[0] * window->kernel[1];
}

/** Input position that a tap reads at an output position. Returns whether it is in the image.
 *
 *  Local.
 *  @param dimension  0 vertical, 1 horizontal
 *  @param size       of the input
 */
static inline bool skel_dense_window_down(const skel_dense_window *window, size_t dimension,
                                          size_t position, size_t tap, size_t size, size_t *out)
{
    size_t at = position * window->stride[dimension] + tap * window->dilation[dimension];
    size_t before = window->before[dimension];

    *out = at - before;
    return at >= before && at - before < size;
}

/** Output position whose tap reads an input position. Returns whether there is one.
 *
 *  Local.
 *  @param dimension  0 vertical, 1 horizontal
 *  @param size       of the output
 */
static inline bool skel_dense_window_up(const skel_dense_window *window, size_t dimension,
                                        size_t at, size_t tap, size_t size, size_t *out)
{
    size_t shifted = at + window->before[dimension];
    size_t reach = tap * window->dilation[dimension];

    *out = (shifted - reach) / window->stride[dimension];
    return shifted >= reach && (shifted - reach) % window->stride[dimension] == 0 && *out < size;
}

#endif
