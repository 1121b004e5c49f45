/** Blocks of an HDF5 file's bytes, read without HDF5, which can crash on a block outside of the
 *  file.
 */
#ifndef SKEL_STORE_BLOCKS_H
#define SKEL_STORE_BLOCKS_H

#include "skel/status.h"

#include <stdint.h>

/** A file whose blocks are read. */
typedef struct skel_blocks {
    int descriptor;
    const char *path; /**< in messages */
    uint64_t bytes;   /**< of the file */
    uint64_t base;    /**< of address 0 in the file */
    uint64_t left;    /**< blocks that may still be read: no file has more blocks than bytes */
} skel_blocks;

/** Reads a block at an address into new memory.
 *
 *  Local.
 *  @param out  out: *owned*, SKEL_FREE() it; NULL if the block has no bytes
 *  Errors: SKEL_ERR_DATA if the block lies outside of the file, or no block is left; SKEL_ERR_IO
 *  with the system's reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_blocks_fetch(skel_blocks *file, uint64_t address, uint64_t bytes,
                                           uint8_t **out);

#endif
