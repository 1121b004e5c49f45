/** Checksums of values and of datasets. */
#ifndef SKEL_STORE_H5_CHECKSUM_H
#define SKEL_STORE_H5_CHECKSUM_H

#include "h5.h"

/** XXH3-128 of values as they are stored; of texts of any length, each with a zero behind it.
 *
 *  Local.
 *  @param type    of the values, in the file
 *  @param values  [count] of that type
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_h5_checksum_values(hid_t type, size_t count, const void *values,
                                                 char out[]);

/** XXH3-128 of a dataset as it is stored (after decompression, before any conversion).
 *
 *  Local. Reads the whole of it.
 *  @param label  what to call the dataset in messages, e.g. "FILE: /weights/fc.weight"
 *  Errors: SKEL_ERR_DATA with HDF5's reason; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_h5_checksum(hid_t dataset, const char *label, char out[]);

#endif
