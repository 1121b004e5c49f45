/** Walks all object headers of a file, of both formats, and checks what HDF5 would trust.
 *
 *  The names of a group in the first format, which h5py writes by default, lie in a local heap
 *  without a checksum. HDF5 1.10 copies a name up to the next zero, wherever that is, so a damaged
 *  heap makes the library read memory that is not its own. Groups as skel writes them have
 *  checksums, but a group of the first format can lie below one of a later format: below a root
 *  that keeps the order of its members, as h5py's track_order makes it, and in a file that versions
 *  1.8 and 1.10 of the library wrote in turn.
 */
#ifndef SKEL_STORE_HEADERS_CHECK_H
#define SKEL_STORE_HEADERS_CHECK_H

#include "skel/status.h"

#include <hdf5.h>
#include <stddef.h>

/** How far a file was looked at. Opaque. */
typedef struct skel_headers skel_headers;

/** Looks at the names, links and attributes of objects, before HDF5 opens the file.
 *
 *  Local. Says nothing of other damage, which HDF5 finds. Follows groups from the root as
 *  far as they are in the first format.
 *  @param path   of the file, in messages: borrowed while `*out` is there
 *  @param bytes  of the file
 *  @param out    out: *owned*, skel_headers_destroy() it
 *  Errors: SKEL_ERR_DATA if a heap of names does not end, a name lies outside its heap, a link or
 *          an attribute outside its message, or a group behind the file's end; if addresses or
 *          lengths have other than 8 bytes; SKEL_ERR_IO with the system's reason; SKEL_ERR_MEMORY.
 *  Source: HDF5 File Format Specification, version 3.0, sections II.A, III.A, III.B, III.D, IV.A.
 */
SKEL_CHECKED skel_status skel_headers_check(int descriptor, const char *path, size_t bytes,
                                            skel_headers **out);

/** Looks at all objects below groups of later formats, too: HDF5 lists the members of such a group,
 *  and each is looked at before HDF5 opens it.
 *
 *  Local. Before any other object than the root is opened.
 *  @param descriptor  of the file that is open as `file`
 *  Errors: as skel_headers_check(); SKEL_ERR_DATA if HDF5 cannot list a group.
 */
SKEL_CHECKED skel_status skel_headers_check_below(skel_headers *over, int descriptor, hid_t file);

/** Accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_headers_destroy(skel_headers **over);

#endif
