/** Where an image lies in what the network sees: centred, cropped, mirrored, with a hole. */
#ifndef SKEL_DATA_PLACEMENT_H
#define SKEL_DATA_PLACEMENT_H

#include "skel/random.h"
#include "skel/view.h"

/** Where one image lies. Plain data. */
typedef struct skel_placement {
    ptrdiff_t top; /**< row of the view in which the image's first row lies; may be negative */
    ptrdiff_t left;
    bool flip;
    size_t hole_top; /**< rows and columns of the view that are 0 */
    size_t hole_end;
    size_t hole_left;
    size_t hole_right; /**< `hole_left` without a hole */
} skel_placement;

/** A window of an image. Plain data. */
typedef struct skel_window {
    size_t top;
    size_t left;
    size_t height;
    size_t width;
} skel_window;

/** A channel of one image: bytes or floats. Borrowed. */
typedef struct skel_plane {
    const uint8_t *bytes; /**< [height][width]; NULL: `reals` */
    const float *reals;
    const float *levels; /**< [256] the view's value of each byte */
    double mean;         /**< of floats, as `deviation` */
    double deviation;
} skel_plane;

/** Draws the place of a sample of the view's image size.
 *
 *  Local. The order of the draws is part of the meaning of a seed: row, column, flip, row and
 *  column of the hole.
 */
skel_placement skel_placement_draw(const skel_view *view, uint32_t epoch, uint32_t sample);

/** Draws a window as torchvision's RandomResizedCrop, and whether it is mirrored.
 *
 *  Local. Ten windows are tried; if none fits in the image, it is the largest centred one whose
 *  ratio is allowed. The order of the draws: area and ratio of each try, row and column, flip.
 */
skel_window skel_placement_window(const skel_view *view, uint32_t epoch, uint32_t sample,
                                  size_t height, size_t width, bool *flip);

/** Puts a channel into the view.
 *
 *  Local.
 *  @param out  [side_h][side_w]
 */
void skel_placement_fill(const skel_view *view, const skel_placement *at, const skel_plane *plane,
                         float out[]);

#endif
