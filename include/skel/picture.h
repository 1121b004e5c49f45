/** Decoded images in memory, 8 bits a channel; PNG files. JPEG files: skel/jpeg.h. */
#ifndef SKEL_PICTURE_H
#define SKEL_PICTURE_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SKEL_PICTURE_PIXELS = 1 << 27, /**< height * width of the largest image that is decoded */
    SKEL_PICTURE_CHANNELS = 4,
};

/** An image. All zero bytes are an empty one. Owned: skel_picture_clear() it. */
typedef struct skel_picture {
    size_t height;
    size_t width;
    size_t channels; /**< 1 grey, 3 red green blue, 4 while CMYK is converted */
    size_t room;     /**< bytes of `pixels` */
    uint8_t *pixels; /**< [height][width][channels] */
} skel_picture;

/** Gives an image its shape; the pixels are not set. Memory is kept for the next image.
 *
 *  Local. Errors: SKEL_ERR_DATA for no pixels, or more than SKEL_PICTURE_PIXELS; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_picture_shape(skel_picture *picture, size_t height, size_t width,
                                            size_t channels);

/** Frees the pixels; the image is empty then.
 *
 *  Local.
 */
void skel_picture_clear(skel_picture *picture);

/** Makes an image grey or coloured, in place.
 *
 *  Local. Grey is (19595 red + 38470 green + 7471 blue + 32768) / 65536, as PIL's mode L: the luma
 *  of ITU-R BT.601 in whole numbers.
 *  @param channels  1 or 3
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_picture_convert(skel_picture *picture, size_t channels);

/** Makes an inverted CMYK image red, green and blue: each is the product of key and ink.
 *
 *  Local. 4 channels become 3. JPEG files of Adobe's programs, which write CMYK, hold it inverted.
 */
void skel_picture_from_cmyk(skel_picture *picture);

/** Turns an image as EXIF's orientation asks, 1 to 8; 1 and other numbers change nothing.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 *  Source: EXIF 2.3, tag 0x0112.
 */
SKEL_CHECKED skel_status skel_picture_turn(skel_picture *picture, int orientation);

/** Copies an image, plane by plane.
 *
 *  Local.
 *  @param out  [channels][height][width]
 */
void skel_picture_planes(const skel_picture *picture, uint8_t out[]);

/** Whether bytes begin as a PNG file does.
 *
 *  Local.
 */
bool skel_picture_is_png(size_t bytes, const uint8_t data[]);

/** Decodes a PNG file: grey, coloured or with a palette, 1 to 16 bits a channel.
 *
 *  Local. 16 bits are rounded to 8. Transparency is ignored: the colours are those of the file.
 *  So are gamma and colour profiles. Result: 1 channel if the file is grey, else 3.
 *  @param has_alpha  out: whether there was transparency
 *  Errors: SKEL_ERR_DATA for a damaged, truncated, too large or animated file, without its name;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_picture_decode_png(size_t bytes, const uint8_t data[],
                                                 skel_picture *out, bool *has_alpha);

#endif
