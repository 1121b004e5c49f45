/** Mean and deviation of each channel of many images. */
#ifndef SKEL_DATA_STATISTICS_H
#define SKEL_DATA_STATISTICS_H

#include "skel/dataset.h"

/** Sums over images. Plain data; `sum` is owned. */
typedef struct skel_statistics {
    size_t channels;
    size_t plane; /**< pixels of a channel */
    size_t images;
    double *sum; /**< [3][channels]: a value near the mean, the sum and the sum of squares of the
                    distances to it */
} skel_statistics;

/** Makes sums of nothing.
 *
 *  Local. `*out` is *owned*: skel_statistics_free() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_statistics_begin(const skel_dataset_info *info, skel_statistics *out);

/** Frees the sums.
 *
 *  Local.
 */
void skel_statistics_free(skel_statistics *statistics);

/** Adds images of bytes; the sums are exact.
 *
 *  Local. @param images  [count][channels][height][width]
 */
void skel_statistics_add_bytes(skel_statistics *statistics, size_t count, const uint8_t images[]);

/** Adds images of floats.
 *
 *  Local. @param images  [count][channels][height][width]
 */
void skel_statistics_add_floats(skel_statistics *statistics, size_t count, const float images[]);

/** Mean and deviation (divided by the number of pixels) of what was added: of pixel / 255 for
 *  bytes.
 *
 *  Local. The deviation of a channel whose pixels are all equal is 1.
 *  @param is_bytes   whether bytes were added
 *  @param mean       [channels] out
 *  @param deviation  [channels] out
 */
void skel_statistics_end(const skel_statistics *statistics, bool is_bytes, float mean[],
                         float deviation[]);

#endif
