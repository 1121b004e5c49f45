/** Reading finished HDF5 files, without MPI.
 *
 *      SKEL_TRY(skel_reader_open("run.h5", &reader));
 *      SKEL_TRY(skel_reader_verify(reader, &datasets));              // finds damage
 *      SKEL_TRY(skel_reader_list(reader, "/masks", &count, &names)); // names of datasets
 *      SKEL_TRY(skel_reader_bytes(reader, "/masks/fc.weight", &size, &mask));
 *      done:
 *      return skel_reader_close(&reader, status);
 *
 *  The calls between open and close may stand in any order, or be left out. The values of a dataset
 *  that skel wrote are compared with their checksum whenever they are read. No call follows a link
 *  into another file, or allocates more than the file can hold. Every call that returns a status
 *  fails with SKEL_ERR_IO if the disk does, and with SKEL_ERR_MEMORY if there is no memory:
 *  SKEL_ERR_DATA says that the file itself is not as it should be.
 *
 *  Questions (skel_reader_has(), skel_reader_is_*(), skel_reader_attribute()) return no status: the
 *  answer is "no" or "" also if the disk fails. The reader remembers that. Its next call with a
 *  status fails with SKEL_ERR_IO or SKEL_ERR_MEMORY, and so does skel_reader_close(), also in the
 *  place of an error that a caller has made of the wrong answer.
 */
#ifndef SKEL_READER_H
#define SKEL_READER_H

#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SKEL_READER_PATH = 1024, /**< bytes of an object's path */
    SKEL_READER_SHAPE = 96,  /**< bytes of a shape as text */
};

/** A file that is open for reading. Opaque. */
typedef struct skel_reader skel_reader;

/** Opens a file.
 *
 *  Local, without MPI. `*out` is *owned*: skel_reader_close() it.
 *  Errors: SKEL_ERR_IO if it cannot be opened, or is a folder, a pipe or a device; SKEL_ERR_DATA if
 *  it is not an HDF5 file or is truncated.
 */
SKEL_CHECKED skel_status skel_reader_open(const char *path, skel_reader **out);

/** Closes the file and tells how reading has ended; accepts NULL and nulls the pointer.
 *
 *  Local. Comes before anything that is undone after an error, for it may make one.
 *  @param status  of what the caller has done with the file
 *  Errors: `status`; but if a question could not be answered, SKEL_ERR_IO or SKEL_ERR_MEMORY naming
 *          file and object, unless `status` is such a failure or SKEL_ERR_STOPPED.
 */
SKEL_CHECKED skel_status skel_reader_close(skel_reader **reader, skel_status status);

/** Path of a member of a group: "/masks/fc.weight".
 *
 *  Local. A path that is too long is cut, and then there is no such object.
 */
void skel_reader_member(const char *group, const char *name, char out[SKEL_READER_PATH]);

/** A shape as people write it: "64x3x3x3", or "scalar".
 *
 *  Local.
 */
void skel_reader_shape_text(size_t dims, const size_t shape[4], char out[SKEL_READER_SHAPE]);

/** Names of a group's members, in the order in which they were created, else by name.
 *
 *  Local. `*names` and each entry are *owned*: free them with skel_reader_free_names(). A group
 *  that does not exist has no members. Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_list(skel_reader *reader, const char *group, size_t *count,
                                          char ***names);

/** Frees a list of names.
 *
 *  Local.
 */
void skel_reader_free_names(size_t count, char ***names);

/** Whether an object exists.
 *
 *  Local.
 */
bool skel_reader_has(skel_reader *reader, const char *path);

/** Whether an object exists and is a dataset, not a group.
 *
 *  Local.
 */
bool skel_reader_is_dataset(skel_reader *reader, const char *path);

/** Whether an object is a dataset of floating-point numbers, of any width.
 *
 *  Local.
 */
bool skel_reader_is_float(skel_reader *reader, const char *path);

/** Whether an object is a dataset of texts, of fixed or variable length.
 *
 *  Local.
 */
bool skel_reader_is_text(skel_reader *reader, const char *path);

/** The path with which the file was opened.
 *
 *  Local. Borrowed while `reader` is open.
 */
const char *skel_reader_path(const skel_reader *reader);

/** Names of an object's attributes, in the order in which they were created, else by name.
 *
 *  Local. Free them with skel_reader_free_names(). Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_list_attributes(skel_reader *reader, const char *object,
                                                     size_t *count, char ***names);

/** What an object is. */
typedef enum skel_object_kind {
    SKEL_OBJECT_GROUP,
    SKEL_OBJECT_DATASET,
    SKEL_OBJECT_LINK,  /**< a soft or external link, not followed */
    SKEL_OBJECT_AGAIN, /**< a group that was visited on another path, not entered again */
    SKEL_OBJECT_OTHER,
} skel_object_kind;

/** What skel_reader_walk() calls for an object. An error ends the walk. */
typedef skel_status skel_reader_visit(skel_reader *reader, const char *path, skel_object_kind kind,
                                      void *context);

/** Visits an object and all that is below it, in the order in which members were created.
 *
 *  Local. A group that can be reached on several paths, also from within itself, is entered once.
 *  @param start    "/", or the path of a group or dataset
 *  @param context  handed to `visit`
 *  Errors: the visit's; SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_walk(skel_reader *reader, const char *start,
                                          skel_reader_visit *visit, void *context);

/** Reads a dataset of numbers of any type and shape as doubles, in C order.
 *
 *  Local. `*values` is *owned*: SKEL_FREE() it. Errors: SKEL_ERR_DATA naming file and dataset;
 *  SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_doubles(skel_reader *reader, const char *path, size_t *count,
                                             double **values);

/** Reads a dataset of `expected` numbers of any type and shape as floats, in C order.
 *
 *  Local.
 *  @param out  [expected]
 *  Errors: SKEL_ERR_DATA naming file and dataset, also for another number of values.
 */
SKEL_CHECKED skel_status skel_reader_floats(skel_reader *reader, const char *path, size_t expected,
                                            float out[]);

/** Reads a dataset of `expected` whole numbers of any type and shape, in C order.
 *
 *  Local.
 *  @param out  [expected]
 *  Errors: SKEL_ERR_DATA naming file and dataset, also for another number of values.
 */
SKEL_CHECKED skel_status skel_reader_integers(skel_reader *reader, const char *path,
                                              size_t expected, int64_t out[]);

/** Reads a dataset of numbers from 0 to 255, such as a mask; of any type, Python's bool too.
 *
 *  Local. `*values` is *owned*: SKEL_FREE() it. Errors: SKEL_ERR_DATA naming file and dataset, and
 *  the first value that is not a whole number from 0 to 255; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_bytes(skel_reader *reader, const char *path, size_t *count,
                                           uint8_t **values);

/** Shape of a dataset.
 *
 *  Local. Errors: SKEL_ERR_DATA naming file and dataset.
 */
SKEL_CHECKED skel_status skel_reader_shape(skel_reader *reader, const char *path, size_t *dims,
                                           size_t shape[4]);

/** Reads an attribute of any type as text.
 *
 *  Local.
 *  @param out  [size] out: the text, cut to `size` bytes; "" if there is no such attribute
 */
void skel_reader_attribute(skel_reader *reader, const char *object, const char *name, size_t size,
                           char out[]);

/** Reads a one-dimensional dataset of texts.
 *
 *  Local. Free them with skel_reader_free_names(). Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_texts(skel_reader *reader, const char *path, size_t *count,
                                           char ***texts);

/** Compares a dataset with the checksum that the file has of it. HDF5 itself finds no flipped byte.
 *
 *  Local.
 *  @param has_checksum  out: false if the file has no checksum of this dataset
 *  Errors: SKEL_ERR_DATA naming file and dataset if they differ or the dataset cannot be read.
 */
SKEL_CHECKED skel_status skel_reader_compare(skel_reader *reader, const char *path,
                                             bool *has_checksum);

/** Compares one attribute with the file's manifest: type and value, or that there is none.
 *
 *  Local. Takes microseconds; the manifest is read once. For every figure that is printed from a
 *  file. A file of schema 1, or of other origin, has no manifest: nothing is compared.
 *  Errors: SKEL_ERR_DATA naming file, object and attribute if it was changed, removed or added
 *          since skel wrote the file, or if the manifest is damaged or missing.
 */
SKEL_CHECKED skel_status skel_reader_check_attribute(skel_reader *reader, const char *object,
                                                     const char *name);

/** Compares an object and all that is below it with the file's manifest: which objects and
 *  attributes there are, their types, shapes and values.
 *
 *  Local. Reads all of the object: check "/summary" before its figures are used, "/metrics" before
 *  tables are, "/" for a whole file. In a file without a manifest each dataset is compared with its
 *  own checksum.
 *  @param datasets  out: how many were compared; may be NULL
 *  Errors: as skel_reader_check_attribute().
 */
SKEL_CHECKED skel_status skel_reader_check(skel_reader *reader, const char *path, size_t *datasets);

/** The checksum of a dataset: the one that the file has of it, else computed.
 *
 *  Local.
 *  @param out  [SKEL_CHECKSUM_TEXT] out
 *  Errors: SKEL_ERR_DATA naming file and dataset; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_reader_checksum(skel_reader *reader, const char *path, char out[]);

/** Compares the whole file with its manifest, and looks for missing groups. In a file of schema 1,
 *  which has no manifest, compares every dataset with its checksum and reads every attribute.
 *
 *  Local.
 *  @param datasets  out: number of datasets that were compared
 *  Errors: SKEL_ERR_DATA naming the first damaged or missing dataset, or a file that skel did not
 *  write.
 */
SKEL_CHECKED skel_status skel_reader_verify(skel_reader *reader, size_t *datasets);

/** As skel_reader_verify(), but a file that has passed before and was not written to since is not
 *  compared again. Where the file system has extended attributes, "user.skel.verified" says so.
 *
 *  Local. Errors: as skel_reader_verify().
 */
SKEL_CHECKED skel_status skel_reader_verify_once(skel_reader *reader);

#endif
