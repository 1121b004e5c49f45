/** The memory of a data file's labels, offsets and images. */
#ifndef SKEL_DATA_DATA_BLOCK_H
#define SKEL_DATA_DATA_BLOCK_H

#include "image_file_content.h"
#include "statistics.h"

/** Where the arrays of a part lie in the block, in bytes. Plain data. */
typedef struct skel_data_block_place {
    size_t images;
    size_t labels;
    size_t column[3]; /**< offsets, heights, widths */
} skel_data_block_place;

/** Where all arrays lie. Plain data. */
typedef struct skel_data_block_layout {
    bool in_memory; /**< images, too */
    skel_data_block_place half[SKEL_DATA_LAYOUT_HALVES];
    size_t bytes; /**< of the block */
} skel_data_block_layout;

/** Lays the block out; `plan->in_memory` is set by the caller.
 *
 *  Local.
 */
void skel_data_block_plan(const skel_image_file *file, skel_data_block_layout *plan);

/** Reads and checks a part, and compares its datasets with the checksums that the file has.
 *
 *  Local.
 *  @param half   of `file->part`; a part without images is left alone
 *  @param block  [plan->bytes] out
 *  @param sums   out: checksums of its datasets. Those of images that stay in the file are the
 *                file's own, or computed once
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming file and dataset for a label out of range, a pixel
 *          that is not a number, offsets that do not rise or do not fit the images' sizes, another
 *          checksum; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status
skel_data_block_read(skel_reader *reader, const skel_image_file *file, size_t half,
                     const skel_data_block_layout *plan, uint8_t block[],
                     char sums[SKEL_IMAGE_FILE_ARRAYS][SKEL_CHECKSUM_TEXT]);

/** As skel_data_block_read(), without images.
 *
 *  Local. Errors: as skel_data_block_read().
 */
SKEL_CHECKED skel_status
skel_data_block_numbers(skel_reader *reader, const skel_image_file *file, size_t half,
                        const skel_data_block_layout *plan, uint8_t block[],
                        char sums[SKEL_IMAGE_FILE_ARRAYS][SKEL_CHECKSUM_TEXT]);

/** Looks whether a dataset still has the shape and the type for which room was made.
 *
 *  Local. Errors: SKEL_ERR_DATA naming the file, which was written to since; as skel_array_look().
 */
SKEL_CHECKED skel_status skel_data_block_look(skel_reader *reader, const skel_image_array *array);

/** Compares a dataset with the checksum that the file has of it, if it has one.
 *
 *  Local. @param found  of the dataset as it was read
 *  Errors: SKEL_ERR_DATA naming file and dataset.
 */
SKEL_CHECKED skel_status skel_data_block_compare(skel_reader *reader, const char *path,
                                                 const char *found);

/** Checks images of one size, bytes or floats, and adds them to statistics.
 *
 *  Local.
 *  @param first       number of the first one, for messages
 *  @param images      [count] as they are stored
 *  @param statistics  NULL: they are only checked
 *  Errors: SKEL_ERR_DATA naming the first pixel that is not a number.
 */
SKEL_CHECKED skel_status skel_data_block_slice(const char *path, const skel_image_part *part,
                                               size_t first, size_t count, const uint8_t images[],
                                               skel_statistics *statistics);

/** The samples of a part, without descriptor and path.
 *
 *  Local. Pointers lead into `block`.
 */
skel_samples skel_data_block_samples(const skel_image_file *file, size_t half,
                                     const skel_data_block_layout *plan, uint8_t block[]);

/** Adds all images of a part, bytes or floats of one size, to statistics.
 *
 *  Local. Images that are not in memory are read from the file in slices.
 *  Errors: as skel_view_fill().
 */
SKEL_CHECKED skel_status skel_data_block_count(const char *path, const skel_image_file *file,
                                               const skel_samples *samples,
                                               skel_statistics *statistics);

/** A file's inode, size and time of the last write; zeros if it cannot be asked. Plain data. */
typedef struct skel_image_stamp {
    uint64_t inode;
    uint64_t bytes;
    int64_t seconds;
    int64_t nanoseconds;
} skel_image_stamp;

/** The present stamp of a file.
 *
 *  Local.
 */
skel_image_stamp skel_image_stamp_of(const char *path);

/** Whether nobody has written to the file since.
 *
 *  Local. Errors: SKEL_ERR_DATA naming the file.
 */
SKEL_CHECKED skel_status skel_image_stamp_compare(const char *path, const skel_image_stamp *before);

#endif
