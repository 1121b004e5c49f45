/** Labels, offsets and checksums of a data file. */
#ifndef SKEL_DATA_IMAGE_FILE_CONTENT_H
#define SKEL_DATA_IMAGE_FILE_CONTENT_H

#include "image_file.h"

/** Checks labels, and makes them 16 bits wide.
 *
 *  Local.
 *  @param wide  [part->count]
 *  @param out   [part->count]; NULL: only check
 *  Errors: SKEL_ERR_DATA naming the first label that is not below `classes`, or that all training
 *          labels are the same.
 */
SKEL_CHECKED skel_status skel_image_file_labels(const char *path, const skel_image_part *part,
                                                size_t classes, const int64_t wide[],
                                                uint16_t out[]);

/** Checks that offsets rise from 0 to the number of packed bytes.
 *
 *  Local.
 *  @param offset  [part->count + 1]
 *  Errors: SKEL_ERR_DATA naming the first that does not.
 */
SKEL_CHECKED skel_status skel_image_file_offsets(const char *path, const skel_image_part *part,
                                                 const int64_t offset[]);

/** Checksums of the datasets of a file, in the order of the parts and of their members. */
typedef struct skel_image_sums {
    char of[SKEL_DATA_LAYOUT_HALVES][SKEL_IMAGE_FILE_ARRAYS][SKEL_CHECKSUM_TEXT];
} skel_image_sums;

/** The datasets of a part in the order of `skel_image_sums`.
 *
 *  Local. `out` points into `part`.
 */
void skel_image_file_arrays(const skel_image_part *part,
                            const skel_image_array *out[SKEL_IMAGE_FILE_ARRAYS]);

/** One checksum for a whole data set, from those of its datasets: XXH3-128 of a line "PATH TYPE
 *  SHAPE XXH3-128" for each of them, and of the number of classes, and of mean and deviation
 *  unless the file's mark says that skel computed them from its images.
 *
 *  Local. Errors: as skel_image_file_statistics(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_file_join(skel_reader *reader, const skel_image_file *file,
                                              const skel_image_sums *sums,
                                              char out[SKEL_CHECKSUM_TEXT]);

/** The text of SKEL_DATA_LAYOUT_ATTRIBUTE_MARK.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 *  @param content     skel_image_file_join() of the file without statistics
 *  @param statistics  [2][channels] mean and deviation
 */
SKEL_CHECKED skel_status skel_image_file_mark(const char *content, size_t channels,
                                              const float statistics[],
                                              char out[SKEL_CHECKSUM_TEXT]);

/** The checksum of a data set's content: of its datasets' checksums, which are read from the file
 *  if it has them, and else computed.
 *
 *  Local. Errors: as skel_image_file_look().
 */
SKEL_CHECKED skel_status skel_image_file_checksum(const char *path, size_t side,
                                                  char out[SKEL_CHECKSUM_TEXT]);

#endif
