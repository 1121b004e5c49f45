/** A dataset on its way into a file, and how its bytes get there. */
#ifndef SKEL_STORE_FILE_PLAN_H
#define SKEL_STORE_FILE_PLAN_H

#include "file_internal.h"

enum { SKEL_FILE_BLOCK = 1 << 16 }; /**< bytes at a multiple of it in the file have one writer */

/** A dataset on its way: the spec with a type that may be text. */
typedef struct skel_file_plan {
    const skel_file_dataset *spec;
    hid_t file_type;
    hid_t memory_type;
    size_t bytes;             /**< of an element */
    size_t count;             /**< elements */
    size_t unit;              /**< rows of a chunk, else 1 */
    skel_file_source *source; /**< NULL: all bytes are spec->data */
    void *context;            /**< of the source */
} skel_file_plan;

/** Checksum of all bytes.
 *
 *  Local. Errors: those of the source; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_plan_sum(const skel_file_plan *plan,
                                            char out[SKEL_CHECKSUM_TEXT]);

/** Writes this rank's share of the bytes.
 *
 *  Local. The shares of all ranks are the whole dataset.
 *  @param offset  in the file, of the first byte
 *  Errors: as skel_disk_write(); those of the source; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_plan_write(const skel_file *file, const skel_file_plan *plan,
                                              uint64_t offset);

#endif
