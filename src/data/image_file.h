/** Data sets in one HDF5 file: what the file claims, checked before any image is read. */
#ifndef SKEL_DATA_IMAGE_FILE_H
#define SKEL_DATA_IMAGE_FILE_H

#include "skel/array.h"
#include "skel/data_layout.h"
#include "skel/dataset.h"

enum { SKEL_IMAGE_FILE_ARRAYS = 5 }; /**< datasets of a part that may be in a file */

/** A dataset of a part. Plain data. */
typedef struct skel_image_array {
    bool present;
    char path[SKEL_DATA_LAYOUT_PATH];
    skel_array array;
} skel_image_array;

/** Training, test or validation images of a file. Plain data. */
typedef struct skel_image_part {
    size_t count; /**< images; 0: the file has no such part */
    skel_pixels pixels;
    skel_image_array images; /**< [n][channels][height][width], or the packed bytes */
    skel_image_array labels;
    skel_image_array offsets; /**< of packed images alone, as the next two */
    skel_image_array heights;
    skel_image_array widths;
} skel_image_part;

/** A file. Plain data, no pointers but into its own memory: ranks copy it as bytes. */
typedef struct skel_image_file {
    skel_dataset_info info; /**< without mean and deviation */
    size_t bytes;           /**< of the file */
    bool has_statistics;    /**< attributes mean and deviation */
    skel_image_part part[SKEL_DATA_LAYOUT_HALVES];
} skel_image_file;

/** Reads what a file claims: shapes, types, classes. No image and no label is read.
 *
 *  Local.
 *  @param side  height and width of the network's view of packed images; 0: 224
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming the file, the dataset, what was found and what was
 *          expected; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_file_look(const char *path, size_t side, skel_image_file *out);

/** Bytes of the images of a part as they are stored.
 *
 *  Local.
 */
size_t skel_image_file_bytes(const skel_image_part *part);

/** Reads the attributes mean and deviation.
 *
 *  Local.
 *  @param mean       [channels] out
 *  @param deviation  [channels] out
 *  Errors: SKEL_ERR_DATA for another number of values, a value beyond the range of float32, or a
 *          deviation that is not above 0.
 */
SKEL_CHECKED skel_status skel_image_file_statistics(skel_reader *reader,
                                                    const skel_dataset_info *info, float mean[],
                                                    float deviation[]);

#endif
