/** Checksums of a data set's files: which ones are known, and whether a file has its own. */
#ifndef SKEL_DATA_SUMS_H
#define SKEL_DATA_SUMS_H

#include "data_file.h"

/** Finds the MD5 that a file's content must have.
 *
 *  Local. The catalogue's MD5, else the one that skel_sums_note() wrote into the folder.
 *  @param out  out: the MD5, "" if none is known
 */
void skel_sums_find(const skel_catalog_file *file, const char *dir, char out[SKEL_CHECKSUM_TEXT]);

/** Writes the MD5 of every file of an entry into the file MD5SUMS of a folder.
 *
 *  Local. For data sets of which others publish the archive's checksum alone. The file appears
 *  whole or not at all.
 *  @param ready  folder with the files, plain, straight from the verified archive
 *  @param work   folder for the file while it is written; on the same file system as `dir`
 *  Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_sums_note(const skel_catalog_entry *entry, const char *ready,
                                        const char *work, const char *dir);

/** Reads a file of a data set and compares its content with the known checksum.
 *
 *  Local. The XXH3-128 of the catalogue is compared, or the MD5 where the catalogue has none. Every
 *  call compares: XXH3-128 takes less time than the reading, so nothing is remembered.
 *  @param path        the file
 *  @param dir         folder of the data set
 *  @param unverified  true: a content with another checksum is a warning, not an error
 *  @param images      as skel_data_file_read()
 *  @param labels      as skel_data_file_read()
 *  @param xxh3        [SKEL_CHECKSUM_TEXT] out: XXH3-128 of the content
 *  Errors: SKEL_ERR_DATA for a content with another checksum; as skel_data_file_read().
 */
SKEL_CHECKED skel_status skel_sums_read(const skel_catalog_entry *entry,
                                        const skel_catalog_file *file, const char *path,
                                        const char *dir, bool unverified, uint8_t images[],
                                        uint16_t labels[], char xxh3[SKEL_CHECKSUM_TEXT]);

#endif
