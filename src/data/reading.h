/** Reading one file of a data set, with every check that its format allows. */
#ifndef SKEL_DATA_READING_H
#define SKEL_DATA_READING_H

#include "catalog.h"

/** What a file turned out to hold. */
typedef struct skel_data_sums {
    char xxh3[SKEL_CHECKSUM_TEXT]; /**< of the uncompressed content */
    char md5[SKEL_CHECKSUM_TEXT];  /**< the same; "" unless asked for */
} skel_data_sums;

/** Reads a whole file, plain or gzip, of which at most `bytes` bytes are expected.
 *
 *  Local.
 *  @param content  *owned*, at least `bytes` bytes
 *  @param found    out: bytes of the uncompressed content, which may be more or less than `bytes`
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA for bad gzip, naming the file; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_content_read(const char *path, size_t bytes, uint8_t **content,
                                           size_t *found);

/** Looks whether a file can be one of a data set, without reading it.
 *
 *  Local. A plain file must have the right length; a gzip file must not be empty.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming the file, and what was found and expected.
 */
SKEL_CHECKED skel_status skel_data_probe(const skel_data_entry *entry, const skel_data_file *file,
                                         const char *path);

/** Looks whether a file is regular and not empty.
 *
 *  Local.
 *  @param bytes    out: length of the file as it lies on the disk
 *  @param is_gzip  out: whether the name ends in ".gz"
 *  Errors: SKEL_ERR_IO if it cannot be opened or is not regular; SKEL_ERR_DATA if it is empty.
 */
SKEL_CHECKED skel_status skel_content_probe(const char *path, size_t *bytes, bool *is_gzip);

/** Reads and checks one file of a data set.
 *
 *  Local.
 *  @param images    [file->count][channels][height][width] out; NULL: only check
 *  @param labels    [file->count] out; NULL: only check
 *  @param want_md5  whether to compute the MD5 as well
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA for a wrong magic, dimension or length, a label out of
 *          range, bad gzip, naming the file and what was found and expected; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_data_read(const skel_data_entry *entry, const skel_data_file *file,
                                        const char *path, uint8_t images[], uint8_t labels[],
                                        bool want_md5, skel_data_sums *sums);

#endif
