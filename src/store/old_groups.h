/** Groups in HDF5's first format, which other programs write: h5py by default.
 *
 *  The names of such a group lie in a local heap without a checksum. HDF5 1.10 copies a name up to
 *  the next zero, wherever that is, so a damaged heap makes the library read memory that is not its
 *  own. Groups as skel writes them have checksums and need no such look.
 */
#ifndef SKEL_STORE_OLD_GROUPS_H
#define SKEL_STORE_OLD_GROUPS_H

#include "skel/status.h"

#include <stddef.h>

/** Looks at the names and attributes of objects in the first format, before HDF5 does.
 *
 *  Local. Says nothing of other damage, which HDF5 finds. Follows groups from the root as
 *  far as they are in the first format; groups in a later format have checksums, and what lies in
 *  them is not looked at.
 *  @param path   of the file, in messages
 *  @param bytes  of the file
 *  Errors: SKEL_ERR_DATA if a heap of names does not end, a name lies outside its heap, or a group
 *          lies behind the file's end; if addresses or lengths have other than 8 bytes;
 *          SKEL_ERR_IO with the system's reason; SKEL_ERR_MEMORY.
 *  Source: HDF5 File Format Specification, version 3.0, sections II.A, III.A, III.B, III.D, IV.A.
 */
SKEL_CHECKED skel_status skel_old_groups_check(int descriptor, const char *path, size_t bytes);

#endif
