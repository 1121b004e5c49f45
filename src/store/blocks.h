/** Blocks of an HDF5 file's bytes, read without HDF5, which can crash on a block outside of the
 *  file.
 */
#ifndef SKEL_STORE_BLOCKS_H
#define SKEL_STORE_BLOCKS_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SKEL_BLOCKS_WINDOW = 1 << 14 }; /**< bytes: one read has many headers */

/** A file whose blocks are read. All zeros but for descriptor, path, bytes and base is a new one.
 */
typedef struct skel_blocks {
    int descriptor;
    const char *path; /**< in messages */
    uint64_t bytes;   /**< of the file */
    uint64_t base;    /**< of address 0 in the file */
    uint64_t fetched; /**< bytes that were asked for: a file that leads in circles has no end */
    uint64_t first;   /**< of the bytes in `window`, in the file */
    size_t held;      /**< bytes in `window`: those that were read last */
    uint8_t window[SKEL_BLOCKS_WINDOW];
} skel_blocks;

/** Goes on with another descriptor: nothing that the former one held is used.
 *
 *  Local.
 */
void skel_blocks_reopen(skel_blocks *file, int descriptor);

/** Whether a block lies in the file.
 *
 *  Local. Errors: SKEL_ERR_DATA if it does not.
 */
SKEL_CHECKED skel_status skel_blocks_check(const skel_blocks *file, uint64_t address,
                                           uint64_t bytes);

/** Reads a block at an address into new memory.
 *
 *  Local.
 *  @param out  out: *owned*, SKEL_FREE() it; NULL if the block has no bytes
 *  Errors: SKEL_ERR_DATA if the block lies outside of the file, or if many times the bytes of the
 *  file were asked for; SKEL_ERR_IO with the system's reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_blocks_fetch(skel_blocks *file, uint64_t address, uint64_t bytes,
                                           uint8_t **out);

#endif
