/** Windows of floating-point images, resized to the image's size. */
#ifndef SKEL_DATA_FLOAT_WINDOW_H
#define SKEL_DATA_FLOAT_WINDOW_H

#include "placement.h"

/** Enlarges a window of a channel to the channel's size by linear interpolation, as skel/resizer.h
 *  does with bytes, but without rounding.
 *
 *  Local.
 *  @param plane   [height][width]
 *  @param window  in `plane`, at most as large
 *  @param flip    whether columns are mirrored afterwards
 *  @param out     [height][width] out
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_float_window_resize(size_t height, size_t width, const float plane[],
                                                  const skel_window *window, bool flip,
                                                  float out[]);

#endif
