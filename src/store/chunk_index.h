/** Lists of a dataset's chunks. */
#ifndef SKEL_STORE_CHUNK_INDEX_H
#define SKEL_STORE_CHUNK_INDEX_H

#include "blocks.h"
#include "chunk_grid.h"

/** Compares a list of chunks with the dataset. Of a tree of the old format, each chunk must have
 * the bytes of its elements if there are no filters: HDF5 1.10 takes elements from behind one that
 * has fewer. A fixed array must have an entry for each chunk of the dataset's largest extent, and
 *  entries of the dataset's kind: HDF5 takes an entry by its number, whatever the array says of
 *  itself. Other lists are not looked at: theirs have no bytes of chunks without filters.
 *
 *  Local.
 *  @param header    address of the dataset's header
 *  @param filtered  whether the dataset has filters: entries then have the bytes of their chunk
 *  Errors: SKEL_ERR_DATA; as skel_object_header_read(), skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, sections III.A.1, IV.A.2.i and VII.B.
 */
SKEL_CHECKED skel_status skel_chunk_index_check(skel_blocks *file, uint64_t header,
                                                const skel_chunk_grid *grid, bool filtered);

#endif
