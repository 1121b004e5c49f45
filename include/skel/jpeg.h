/** JPEG files in memory: decoded whole, or the window that training shows, and written.
 *
 *  The same file gives the same bits wherever libjpeg-turbo is the same: the exact DCT (islow) and
 *  smooth upsampling are used, which are PIL's defaults. Nothing depends on ranks or threads.
 */
#ifndef SKEL_JPEG_H
#define SKEL_JPEG_H

#include "skel/resizer.h"
#include "skel/version.h"

/** A decoder and writer with its memory. Opaque; one per thread. */
typedef struct skel_jpeg skel_jpeg;

/** What the head of a file says. Plain data. */
typedef struct skel_jpeg_facts {
    size_t height;
    size_t width;
    size_t components; /**< 1 grey, 3 coloured, 4 CMYK */
    int orientation;   /**< EXIF's, 1 to 8; 1 without one */
} skel_jpeg_facts;

/** A file in memory, and the size that its image must have. Plain data, borrowed. */
typedef struct skel_jpeg_file {
    size_t bytes;
    const uint8_t *data; /**< [bytes] */
    size_t height;       /**< pixels */
    size_t width;
} skel_jpeg_file;

/** Makes a decoder.
 *
 *  Local. `*out` is *owned*: skel_jpeg_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_jpeg_create(skel_jpeg **out);

/** Frees it; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_jpeg_destroy(skel_jpeg **jpeg);

/** Whether bytes begin as a JPEG file does.
 *
 *  Local.
 */
bool skel_jpeg_is(size_t bytes, const uint8_t data[]);

/** Reads the head of a file.
 *
 *  Local. Errors: SKEL_ERR_DATA without the file's name; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_jpeg_look(skel_jpeg *jpeg, size_t bytes, const uint8_t data[],
                                        skel_jpeg_facts *out);

/** Decodes a whole file.
 *
 *  Local. A CMYK file is taken for inverted, as PIL takes it, and becomes red, green and blue.
 *  EXIF's orientation is not obeyed: skel_picture_turn() does.
 *  @param channels  1 or 3 of the result; 0: as the file has
 *  Errors: SKEL_ERR_DATA for a damaged, truncated or too large file, without its name;
 *          SKEL_ERR_MEMORY. Bytes between two parts of the file are passed over.
 */
SKEL_CHECKED skel_status skel_jpeg_decode(skel_jpeg *jpeg, size_t bytes, const uint8_t data[],
                                          size_t channels, skel_picture *out);

/** Decodes, resizes and mirrors the window that training or testing shows.
 *
 *  Local. Rows below the window are not decoded, and may be damaged.
 *  @param channels  1 or 3
 *  @param plan      window, in pixels of the file
 *  @param scaled    true: the file is decoded at 1/2, 1/4 or 1/8 of its size by smaller DCTs where
 *                   the window then still has at least the pixels of the result, as PIL's draft();
 *                   false: the result is PIL's to the bit
 *  @param flip      whether columns are mirrored
 *  @param out       [channels][plan->part_height][plan->part_width] out
 *  Errors: as skel_jpeg_decode(); SKEL_ERR_DATA if the image has another size, or if the window
 *          does not lie in it.
 */
SKEL_CHECKED skel_status skel_jpeg_window(skel_jpeg *jpeg, const skel_jpeg_file *file,
                                          size_t channels, const skel_resizer_plan *plan,
                                          bool scaled, bool flip, uint8_t out[]);

/** Writes an image as a JPEG file of quality 95, with colours at half the resolution.
 *
 *  Local.
 *  @param picture  of 1 or 3 channels
 *  @param data     out: borrowed until the next call with `jpeg`
 *  Errors: SKEL_ERR_DATA if a side is longer than 65,500 pixels; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_jpeg_write(skel_jpeg *jpeg, const skel_picture *picture,
                                         size_t *bytes, const uint8_t **data);

/** Names the library: "libjpeg-turbo 2.1.5".
 *
 *  Local. The version is that of the build.
 */
void skel_jpeg_library(char out[SKEL_LIBRARIES]);

#endif
