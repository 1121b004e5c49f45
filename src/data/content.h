/** Whole files in memory, plain or gzip. */
#ifndef SKEL_DATA_CONTENT_H
#define SKEL_DATA_CONTENT_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/** Looks whether a file is regular and not empty.
 *
 *  Local.
 *  @param bytes    out: length of the file as it lies on the disk
 *  @param is_gzip  out: whether the name ends in ".gz"
 *  Errors: SKEL_ERR_IO if it cannot be opened or is not regular; SKEL_ERR_DATA if it is empty.
 */
SKEL_CHECKED skel_status skel_content_probe(const char *path, size_t *bytes, bool *is_gzip);

/** Reads a whole file, plain or gzip, of which at most `bytes` bytes are expected.
 *
 *  Local.
 *  @param content  *owned*, at least `bytes` bytes
 *  @param found    out: bytes of the uncompressed content, which may be more or less than `bytes`
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA for bad gzip, naming the file; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_content_read(const char *path, size_t bytes, uint8_t **content,
                                           size_t *found);

#endif
