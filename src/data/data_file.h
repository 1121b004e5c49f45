/** Reading and checking one file of a data set. */
#ifndef SKEL_DATA_DATA_FILE_H
#define SKEL_DATA_DATA_FILE_H

#include "catalog.h"

/** Checksums of a file that was read. */
typedef struct skel_data_file_sums {
    char xxh3[SKEL_CHECKSUM_TEXT]; /**< of the uncompressed content */
    char md5[SKEL_CHECKSUM_TEXT];  /**< of the same; "" if not asked for */
} skel_data_file_sums;

/** Looks whether a file can be one of a data set, without reading it.
 *
 *  Local. A plain file must have the right length; a gzip file must not be empty.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA naming the file, and what was found and expected.
 */
SKEL_CHECKED skel_status skel_data_file_probe(const skel_catalog_entry *entry,
                                              const skel_catalog_file *file, const char *path);

/** Reads and checks one file of a data set.
 *
 *  Local.
 *  @param images    [file->count][channels][height][width] out; NULL: only check
 *  @param labels    [file->count] out; NULL: only check
 *  @param want_md5  whether to compute the MD5 as well
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA for a wrong magic, dimension or length, a label out of
 *          range, bad gzip, naming the file and what was found and expected; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_data_file_read(const skel_catalog_entry *entry,
                                             const skel_catalog_file *file, const char *path,
                                             uint8_t images[], uint16_t labels[], bool want_md5,
                                             skel_data_file_sums *sums);

#endif
