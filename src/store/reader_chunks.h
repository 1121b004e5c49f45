/** Chunks of a dataset, before HDF5 reads them. */
#ifndef SKEL_STORE_READER_CHUNKS_H
#define SKEL_STORE_READER_CHUNKS_H

#include "reader_internal.h"

/** Looks whether the list of a dataset's chunks is for that dataset. To be called before HDF5 is
 *  asked for anything of a chunk, such as the bytes of all.
 *
 *  Local.
 *  @param dataset  open and chunked
 *  Errors: SKEL_ERR_DATA naming file and dataset; as skel_chunk_index_check().
 */
SKEL_CHECKED skel_status skel_reader_check_chunk_list(skel_reader *reader, const char *path,
                                                      hid_t dataset);

/** Looks whether the filters of a dataset give the bytes of its elements for each chunk: HDF5 1.10
 *  takes elements from behind a chunk that has fewer.
 *
 *  Local. Filters that HDF5 does not have are left to its own words.
 *  @param dataset  open and chunked
 *  Errors: SKEL_ERR_DATA naming file and dataset, also for filters but deflate, shuffle and
 *          Fletcher's checksum, and for more chunks than the file can hold; SKEL_ERR_IO;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_check_chunks(skel_reader *reader, const char *path,
                                                  hid_t dataset);

#endif
