/** Seals: one checksum over a whole small file, behind HDF5's last byte.
 *
 *  A file whose seal is right is byte for byte the file that was read back and published, so its
 *  objects need no comparison with the manifest. HDF5 ignores the seal; a program that changes the
 *  file through HDF5 cuts it off.
 */
#ifndef SKEL_STORE_SEAL_H
#define SKEL_STORE_SEAL_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SKEL_SEAL_BYTES = 74,        /**< of the seal itself */
    SKEL_SEALED_BYTES = 1 << 24, /**< a longer file has no seal */
};

/** Reads a file and writes the seal behind its end.
 *
 *  Local. A file of more than SKEL_SEALED_BYTES gets none.
 *  @param name      of the file in messages
 *  @param end       bytes of the file
 *  @param datasets  that it holds, without the manifest
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_seal_write(int descriptor, const char *name, uint64_t end,
                                         size_t datasets);

/** Whether a file has a seal that is right for all bytes before it. Reads them.
 *
 *  Local. Not so without memory for them: the manifest then decides.
 *  @param name      of the file in messages
 *  @param bytes     of the file, with the seal
 *  @param right     out
 *  @param datasets  out, if the seal is right
 *  Errors: SKEL_ERR_IO with the system's reason.
 */
SKEL_CHECKED skel_status skel_seal_is_right(int descriptor, const char *name, size_t bytes,
                                            bool *right, size_t *datasets);

/** Whether a file ends within its seal: it was cut.
 *
 *  Local.
 *  @param name   of the file in messages
 *  @param bytes  of the file
 *  @param cut    out
 *  Errors: SKEL_ERR_IO with the system's reason.
 */
SKEL_CHECKED skel_status skel_seal_is_cut(int descriptor, const char *name, size_t bytes,
                                          bool *cut);

#endif
