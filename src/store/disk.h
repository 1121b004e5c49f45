/** Plain files: writing at an offset, room on the disk, synchronisation. Each call is finished in
 *  spite of signals and short writes, and its failure is a status with the system's reason. */
#ifndef SKEL_STORE_DISK_H
#define SKEL_STORE_DISK_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

/** Writes a block at an offset.
 *
 *  Local.
 *  @param name  of the file in messages
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason.
 */
SKEL_CHECKED skel_status skel_disk_write(int descriptor, const char *name, uint64_t offset,
                                         size_t bytes, const void *block);

/** Makes sure that the disk has room for the bytes [from, to) of a file, whose size stays.
 *
 *  Local. Where the file system cannot reserve room, its free room is looked at.
 *  @param name  of the file in messages
 *  @param what  the room is for, in messages
 *  Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason.
 */
SKEL_CHECKED skel_status skel_disk_reserve(int descriptor, const char *name, uint64_t from,
                                           uint64_t to, const char *what);

/** Sets the size of a file, and gives back room that was reserved behind it.
 *
 *  Local. Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason.
 */
SKEL_CHECKED skel_status skel_disk_set_size(int descriptor, const char *name, uint64_t bytes);

/** Waits until the disk has what was written through this descriptor.
 *
 *  Local. Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason.
 */
SKEL_CHECKED skel_status skel_disk_sync(int descriptor, const char *name);

/** Waits until the disk has the names of the folder that holds `path`.
 *
 *  Local. Errors: SKEL_ERR_IO or SKEL_ERR_STORAGE with the system's reason.
 */
SKEL_CHECKED skel_status skel_disk_sync_folder(const char *path);

#endif
