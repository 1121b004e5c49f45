/** Single samples of any kind, brought to the view's image size: read from memory or from the file,
 *  decoded, cut to a window and resized. */
#ifndef SKEL_DATA_SAMPLE_READER_H
#define SKEL_DATA_SAMPLE_READER_H

#include "skel/view.h"

/** Memory for one sample after the other. Opaque; one per thread. */
typedef struct skel_sample_reader skel_sample_reader;

/** An image of the view's size, one of both not NULL. Borrowed until the next one is fetched. */
typedef struct skel_sample {
    const uint8_t *bytes; /**< [channels][height][width] */
    const float *reals;   /**< [channels][height][width] */
} skel_sample;

/** Makes a reader.
 *
 *  Local. `*out` is *owned*: skel_sample_reader_destroy() it; `view` and `samples` are borrowed
 *  while it lives. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sample_reader_create(const skel_view *view,
                                                   const skel_samples *samples,
                                                   skel_sample_reader **out);

/** Frees it; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_sample_reader_destroy(skel_sample_reader **reader);

/** Fetches a sample, as random-resized-crop shows it in an epoch.
 *
 *  Local. Packed images of other augmentations are resized to cover the view, of which the centre
 *  is taken.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming file and image; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sample_reader_fetch(skel_sample_reader *reader, uint32_t index,
                                                  uint32_t epoch, skel_sample *out);

#endif
