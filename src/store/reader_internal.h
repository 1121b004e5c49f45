/** A file that is open for reading, as the reader_*.c of this folder see it. */
#ifndef SKEL_STORE_READER_INTERNAL_H
#define SKEL_STORE_READER_INTERNAL_H

#include "manifest.h"

#include "skel/reader.h"

#include <hdf5.h>

enum { SKEL_READER_FAILURE = 1536 }; /**< bytes of the words for a failure */

struct skel_reader {
    hid_t id;
    hid_t driver;           /**< through which HDF5 reads the file, until that is closed */
    hid_t links;            /**< link access: links into other files are never followed */
    char *path;             /**< as it was given, for messages */
    size_t bytes;           /**< size of the file */
    bool seal_looked;       /**< for a seal */
    bool sealed;            /**< every byte is as it was published */
    size_t datasets;        /**< of a sealed file, without the manifest */
    bool looked;            /**< for a manifest */
    skel_manifest manifest; /**< no entries if the file has none */
    skel_status failed;     /**< of the first question that the system did not let us answer */
    char failure[SKEL_READER_FAILURE]; /**< the words for it */
};

/** HDF5's own descriptor of the file: the path may lead to another file by now. -1 if it has none.
 *
 *  Local. Borrowed while `reader` is open.
 */
int skel_reader_descriptor(skel_reader *reader);

/** Where address 0 is in the file: behind the bytes that a user has put before HDF5's.
 *
 *  Local.
 */
uint64_t skel_reader_base(const skel_reader *reader);

/** Whether the file has a seal that is right: nothing in it was changed since skel wrote it, and
 *  nothing need be compared. The first call reads the file.
 *
 *  Local.
 */
bool skel_reader_is_sealed(skel_reader *reader);

/** Keeps a failure of a question that has no status: skel_reader_recall() and skel_reader_close()
 *  tell it. Forgets the last error.
 *
 *  Local.
 *  @param status  SKEL_OK changes nothing
 */
void skel_reader_remember(skel_reader *reader, skel_status status);

/** Fails with the first failure that skel_reader_remember() has kept.
 *
 *  Local. Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_recall(const skel_reader *reader);

/** The end of a question, which finds less where the system could not read.
 *
 *  Local. Errors: SKEL_ERR_IO or SKEL_ERR_MEMORY naming file and object, if HDF5's last call failed
 *  because of the system.
 */
SKEL_CHECKED skel_status skel_reader_end_look(const skel_reader *reader, const char *path);

/** As skel_reader_has(), but a system that cannot read is an error.
 *
 *  Local. Errors: SKEL_ERR_IO naming file and object.
 */
SKEL_CHECKED skel_status skel_reader_look(skel_reader *reader, const char *path, bool *has);

/** As skel_reader_is_dataset(), but a system that cannot read is an error.
 *
 *  Local. Errors: SKEL_ERR_IO naming file and object.
 */
SKEL_CHECKED skel_status skel_reader_look_dataset(skel_reader *reader, const char *path, bool *is);

/** As skel_reader_attribute(), but a system that cannot read, or has no memory, is an error.
 *
 *  Local. An attribute that is damaged is "", as one that is not there.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_look_attribute(skel_reader *reader, const char *object,
                                                    const char *name, size_t size, char out[]);

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

/** Shape of a dataset that is open.
 *
 *  Local. Errors: SKEL_ERR_DATA naming file and dataset, also for more than 4 dimensions.
 */
SKEL_CHECKED skel_status skel_reader_extent(skel_reader *reader, const char *path, hid_t dataset,
                                            size_t *dims, size_t shape[4]);

/** Computes the checksum of a dataset, in slices; compares it with nothing.
 *
 *  Local.
 *  @param out  [SKEL_CHECKSUM_TEXT] out
 *  Errors: SKEL_ERR_DATA naming file and dataset; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_sum(skel_reader *reader, const char *path, char out[]);

/** Compares the size that a dataset claims to have with what the file holds of it, so that no one
 *  allocates or waits for values that are not there.
 *
 *  Local.
 *  @param dataset  open
 *  Errors: SKEL_ERR_DATA naming file and dataset, also if its values are in other files.
 */
SKEL_CHECKED skel_status skel_reader_check_claim(skel_reader *reader, const char *path,
                                                 hid_t dataset);

/** The manifest of the file, read once; NULL if the file has none.
 *
 *  Local. `*out` is borrowed while `reader` is open. Errors: SKEL_ERR_DATA if it is damaged;
 *  SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_manifest(skel_reader *reader, const skel_manifest **out);

/** As skel_reader_manifest(), but a file whose schema has a manifest must have one.
 *
 *  Local. Errors: as skel_reader_manifest(), also SKEL_ERR_DATA if it is missing.
 */
SKEL_CHECKED skel_status skel_reader_need_manifest(skel_reader *reader, const skel_manifest **out);

/** Compares a dataset, whose values have been read, with the manifest; in a file without one, with
 *  the dataset's own checksum.
 *
 *  Local.
 *  @param dataset   open
 *  @param checksum  of the values that were read
 *  Errors: SKEL_ERR_DATA naming file and dataset.
 */
SKEL_CHECKED skel_status skel_reader_judge(skel_reader *reader, const char *path, hid_t dataset,
                                           const char *checksum);

/** Compares one attribute of an object with the manifest, which the file has.
 *
 *  Local.
 *  @param id      the object, open; negative if there is none
 *  @param object  its path
 *  Errors: as skel_reader_check_attribute().
 */
SKEL_CHECKED skel_status skel_reader_judge_attribute(skel_reader *reader, hid_t id,
                                                     const char *object, const char *name);

/** What an object is, in words: "a link".
 *
 *  Local.
 */
const char *skel_reader_kind_text(skel_object_kind kind);

/** Path of a member of a group.
 *
 *  Local. Errors: SKEL_ERR_DATA if it is too long.
 */
SKEL_CHECKED skel_status skel_reader_join(const skel_reader *reader, const char *group,
                                          const char *name, char out[SKEL_READER_PATH]);

/** Reads all of an attribute that is open as text, items separated by ", ".
 *
 *  Local.
 *  @param label  what to call the attribute in messages
 *  @param out    [size] out: "" after an error
 *  Errors: SKEL_ERR_DATA with HDF5's reason, also for what is neither texts nor numbers;
 *          SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_attribute_text(hid_t attribute, const char *label, size_t size,
                                                    char out[]);

/** Adds a copy of a name to a list.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_add_name(size_t *count, char ***names, const char *name);

#endif
