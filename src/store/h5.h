/** HDF5 for this layer: errors without printing, their reasons as text, safe settings, types. */
#ifndef SKEL_STORE_H5_H
#define SKEL_STORE_H5_H

#include "skel/file.h"

#include <hdf5.h>

enum { SKEL_H5_REASON = 512 }; /**< bytes of HDF5's reason for a failure */

#define SKEL_CHECKSUM_ATTRIBUTE "xxh3_128"

/** Access settings of a file: no locks, HDF5 1.10's checksummed metadata, nothing printed.
 *
 *  Local. Returns a property list, *owned*: H5Pclose() it; negative on an error.
 */
hid_t skel_h5_access(void);

/** Closes anything of HDF5 but a file; accepts a negative number. HDF5's own functions forget why
 *  an earlier call has failed, and this one keeps it for skel_h5_fail().
 *
 *  Local.
 */
void skel_h5_close(hid_t id);

/** Whether HDF5's last call has failed, for calls whose result does not say so.
 *
 *  Local.
 */
bool skel_h5_has_failed(void);

/** Whether HDF5's last call has failed because the system could not read, write or open.
 *
 *  Local.
 */
bool skel_h5_system_has_failed(void);

/** Records "WHAT: HDF5's innermost reason" as the last error and forgets HDF5's own record.
 *
 *  Local.
 *  @return `status`; but instead of SKEL_ERR_DATA, if the system could not read, SKEL_ERR_IO, or
 *          SKEL_ERR_MEMORY if it had no memory: a disk that fails says nothing about the data
 */
skel_status skel_h5_fail(skel_status status, const char *format, ...) SKEL_FORMAT(2, 3);

/** Fails if HDF5 lacks a filter of a dataset: one that a plugin of another program would bring.
 *
 *  Local.
 *  @param format  what to call the dataset in messages
 *  Errors: SKEL_ERR_DATA with the filter's number and name.
 */
SKEL_CHECKED skel_status skel_h5_check_filters(hid_t dataset, const char *format, ...)
    SKEL_FORMAT(2, 3);

/** Like skel_h5_fail() of values that could not be read; if HDF5 lacks a filter of the dataset, the
 *  reason is its name: HDF5 speaks of the folder in which it looked for one.
 *
 *  Local.
 */
skel_status skel_h5_fail_read(hid_t dataset, const char *format, ...) SKEL_FORMAT(2, 3);

/** The type that an element has in a file, little-endian.
 *
 *  Local. A predefined type, never to be closed.
 */
hid_t skel_h5_file_type(skel_element element);

/** The type that an element has in memory.
 *
 *  Local. A predefined type, never to be closed.
 */
hid_t skel_h5_memory_type(skel_element element);

/** Bytes of an element.
 *
 *  Local.
 */
size_t skel_h5_element_bytes(skel_element element);

/** Name of a type, for a manifest: "float32", "uint8", "text:12" of a fixed length, "text" of any,
 *  "references" for what refers to objects.
 *
 *  Local. Types that skel does not write are "other".
 */
void skel_h5_type_text(hid_t type, char out[32]);

/** A type for UTF-8 texts of a fixed length, padded with zeros.
 *
 *  Local. *Owned*: H5Tclose() it; negative on an error.
 */
hid_t skel_h5_text_type(size_t bytes);

#endif
