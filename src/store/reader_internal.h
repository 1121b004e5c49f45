/** A file that is open for reading, as the reader_*.c of this folder see it. */
#ifndef SKEL_STORE_READER_INTERNAL_H
#define SKEL_STORE_READER_INTERNAL_H

#include "h5.h"

#include "skel/reader.h"

struct skel_reader {
    hid_t id;
    char *path; /**< as it was given, for messages */
};

/** Opens a dataset.
 *
 *  Local. `*out` is *owned*: H5Dclose() it. Errors: SKEL_ERR_DATA naming file and dataset.
 */
SKEL_CHECKED skel_status skel_reader_dataset(skel_reader *reader, const char *path, hid_t *out);

/** Reads all of an attribute that is open as text, items separated by ", ".
 *
 *  Local. False if it cannot be read.
 */
bool skel_reader_attribute_text(hid_t attribute, size_t size, char out[]);

/** Adds a copy of a name to a list.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_add_name(size_t *count, char ***names, const char *name);

#endif
