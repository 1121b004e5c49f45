/** Resizing by PIL's antialiased bilinear filter, the one of torchvision's transforms.
 *
 *  Each new pixel is the mean of the old ones below a triangle, whose half width is one new pixel,
 *  or one old pixel where the image grows. Columns first, then rows, each rounded to 8 bits; the
 *  weights are whole numbers of 2^-22. The result is PIL's to the bit.
 */
#ifndef SKEL_RESIZER_H
#define SKEL_RESIZER_H

#include "skel/picture.h"

/** Memory for resizing one image after the other. Opaque; one per thread. */
typedef struct skel_resizer skel_resizer;

/** What to make of an image: a window of it is resized, and a part of the result is kept. */
typedef struct skel_resizer_plan {
    double top; /**< window, in pixels of the image; whole numbers unless the image was scaled */
    double left;
    double height;
    double width;
    size_t rows; /**< of the resized window */
    size_t columns;
    size_t part_top; /**< part of the resized window that is kept */
    size_t part_left;
    size_t part_height;
    size_t part_width;
} skel_resizer_plan;

/** The plan to resize a window, all of which is kept.
 *
 *  Local. For torchvision's resized_crop().
 */
skel_resizer_plan skel_resizer_plan_window(size_t top, size_t left, size_t height, size_t width,
                                           size_t rows, size_t columns);

/** The plan to scale an image until it covers a rectangle, whose centre is kept.
 *
 *  Local. The scaled image has at least `cover_height` rows and `cover_width` columns, one of them
 *  exactly, the other one rounded down. For a square this is torchvision's Resize(cover), then
 *  CenterCrop(height, width), which rounds half pixels to even numbers.
 *  @param cover_height, cover_width  at least `height` and `width`
 */
skel_resizer_plan skel_resizer_plan_centre(size_t image_height, size_t image_width,
                                           size_t cover_height, size_t cover_width, size_t height,
                                           size_t width);

/** Makes a resizer.
 *
 *  Local. `*out` is *owned*: skel_resizer_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_resizer_create(skel_resizer **out);

/** Frees it; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_resizer_destroy(skel_resizer **resizer);

/** Resizes an image.
 *
 *  Local. The window must lie in the image.
 *  @param flip  whether columns are mirrored afterwards
 *  @param out   [channels][part_height][part_width] out
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_resizer_apply(skel_resizer *resizer, const skel_picture *picture,
                                            const skel_resizer_plan *plan, bool flip,
                                            uint8_t out[]);

#endif
