/** The first bytes of an HDF5 file, which say where its objects are. */
#ifndef SKEL_STORE_SUPERBLOCK_H
#define SKEL_STORE_SUPERBLOCK_H

#include "addresses.h"
#include "blocks.h"

/** Finds the objects that HDF5 reads when it opens a file.
 *
 *  Local. Says nothing of other damage, which HDF5 finds.
 *  @param file     in: descriptor, path and bytes; out: with `base`
 *  @param objects  in, out: the addresses of the root's header and of the superblock's extension
 *                  are added; none if the file has no superblock of a known version
 *  Errors: SKEL_ERR_DATA if addresses or lengths have other than 8 bytes, or a driver of HDF5 has
 *          settings in the file; as skel_blocks_fetch().
 *  Source: HDF5 File Format Specification, version 3.0, section II.A.
 */
SKEL_CHECKED skel_status skel_superblock_read(skel_blocks *file, skel_addresses *objects);

#endif
