/** A file that is open for reading, as the reader_*.c of this folder see it. */
#ifndef SKEL_STORE_READER_INTERNAL_H
#define SKEL_STORE_READER_INTERNAL_H

#include "h5.h"

#include "skel/reader.h"

struct skel_reader {
    hid_t id;
    hid_t links;  /**< link access: links into other files are never followed */
    char *path;   /**< as it was given, for messages */
    size_t bytes; /**< size of the file */
};

enum { SKEL_READER_PATH = 1024 }; /**< bytes of an object's path */

/** Opens an object of this file. Every object is opened here.
 *
 *  Local. `*out` is *owned*: H5Oclose() it. Errors: SKEL_ERR_DATA naming file and object; if a link
 *  leads to another file, that one.
 */
SKEL_CHECKED skel_status skel_reader_object(skel_reader *reader, const char *path, hid_t *out);

/** Opens a dataset whose values may be read.
 *
 *  Local. `*out` is *owned*: H5Dclose() it. Errors: SKEL_ERR_DATA naming file and dataset, also as
 *  skel_reader_check_claim().
 */
SKEL_CHECKED skel_status skel_reader_dataset(skel_reader *reader, const char *path, hid_t *out);

/** Compares the size that a dataset claims to have with what the file holds of it, so that no one
 *  allocates or waits for values that are not there.
 *
 *  Local.
 *  @param dataset  open
 *  Errors: SKEL_ERR_DATA naming file and dataset, also if its values are in other files.
 */
SKEL_CHECKED skel_status skel_reader_check_claim(skel_reader *reader, const char *path,
                                                 hid_t dataset);

/** Path of a member of a group.
 *
 *  Local. Errors: SKEL_ERR_DATA if it is too long.
 */
SKEL_CHECKED skel_status skel_reader_join(const skel_reader *reader, const char *group,
                                          const char *name, char out[SKEL_READER_PATH]);

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
