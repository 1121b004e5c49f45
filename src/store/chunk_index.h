/** Lists of a dataset's chunks. */
#ifndef SKEL_STORE_CHUNK_INDEX_H
#define SKEL_STORE_CHUNK_INDEX_H

#include "blocks.h"
#include "chunk_grid.h"

/** Compares a list of chunks with the dataset. Of a tree of the old format, each chunk must have
 *  the bytes of its elements if there are no filters: HDF5 1.10 takes elements from behind one that
 *  has fewer. Lists of the later formats have no such bytes; their entries must be of the dataset's
 *  kind, which HDF5 takes from the list itself. A fixed array must have an entry for each chunk of
 *  the dataset's largest extent: HDF5 takes an entry by its number, however many there are.
 *
 *  Local.
 *  @param header    address of the dataset's header
 *  @param filtered  whether the dataset has filters: entries then have the bytes of their chunk
 *  Errors: SKEL_ERR_DATA; as skel_object_header_read(), skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, sections III.A, IV.A.2.i and VII.
 */
SKEL_CHECKED skel_status skel_chunk_index_check(skel_blocks *file, uint64_t header,
                                                const skel_chunk_grid *grid, bool filtered);

#endif
