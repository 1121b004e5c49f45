/** Lists of records in HDF5's later formats: B-trees of version 2. */
#ifndef SKEL_STORE_RECORD_TREE_H
#define SKEL_STORE_RECORD_TREE_H

#include "blocks.h"

#include <stddef.h>

/** What skel_record_tree_read() calls for a record of `bytes` bytes. An error ends the reading. */
typedef skel_status skel_record_visit(void *context, size_t bytes, const uint8_t record[]);

/** Reads all records of a tree. No tree, or one without a signature, has none: HDF5 refuses the
 *  latter.
 *
 *  Local.
 *  @param address  of its header; none if all bits are 1
 *  @param kind     of its records, the specification's "type": HDF5 decodes by the tree's own
 *  @param least    bytes of a record, at least
 *  Errors: the visit's; SKEL_ERR_DATA if it is of another kind, or if sizes or counts of records do
 *          not fit the nodes; as skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, section III.A.2.
 */
SKEL_CHECKED skel_status skel_record_tree_read(skel_blocks *file, uint64_t address, unsigned kind,
                                               size_t least, skel_record_visit *visit,
                                               void *context);

#endif
