/** Makes of one image of the list the bytes that are packed. */
#ifndef SKEL_PACK_IMAGE_READER_H
#define SKEL_PACK_IMAGE_READER_H

#include "image_list.h"

#include "skel/pack.h"
#include "skel/picture.h"

/** A reader with its memory. Opaque. */
typedef struct skel_image_reader skel_image_reader;

/** What became of an image. Plain data. */
typedef struct skel_image_result {
    size_t height;
    size_t width;
    size_t bytes;
    const uint8_t *data;         /**< [bytes] borrowed until the next image */
    const skel_picture *picture; /**< the same, decoded; borrowed likewise */
    uint32_t label;
    bool asks_turn; /**< EXIF asks that the image is turned */
    bool converted; /**< another format became JPEG */
    bool has_alpha; /**< transparency was ignored */
} skel_image_result;

/** Makes a reader.
 *
 *  Local. `options` and `list` are borrowed while it lives. `*out` is *owned*:
 *  skel_image_reader_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_reader_create(const skel_pack_options *options,
                                                  const skel_image_list *list,
                                                  skel_image_reader **out);

/** Frees it; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_image_reader_destroy(skel_image_reader **reader);

/** Reads, decodes and converts an image.
 *
 *  Local.
 *  @param index  of the image in the list
 *  Errors: SKEL_ERR_DATA without the file's name: the image is damaged, or of a format that is not
 *          read; SKEL_ERR_IO naming the file if it cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_reader_read(skel_image_reader *reader, size_t index,
                                                skel_image_result *out);

#endif
