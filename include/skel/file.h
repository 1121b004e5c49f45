/** HDF5 files that all ranks write in parallel, and that exist only when they are complete. */
#ifndef SKEL_FILE_H
#define SKEL_FILE_H

#include "skel/comm.h"
#include "skel/version.h"

/** A file that is being written. Opaque. */
typedef struct skel_file skel_file;

/** Starts a file under a temporary name beside its final one ("PATH.part").
 *
 *  Collective. Missing folders are made. `*out` is *owned*: publish or discard it.
 *  Errors: SKEL_ERR_IO naming path and reason; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_file_create(const skel_comm *comm, const char *path, skel_file **out);

/** Element types of datasets. */
typedef enum skel_element {
    SKEL_FLOAT32,
    SKEL_FLOAT64,
    SKEL_UINT8,
    SKEL_INT64,
} skel_element;

/** A dataset to write: every rank holds all of `data` and writes its own slab of it. */
typedef struct skel_file_dataset {
    const char *path; /**< "/weights/layer1.0.conv1.weight"; groups are made as needed */
    skel_element element;
    size_t dims; /**< 1 to 4 */
    size_t shape[4];
    const void *data;
    const char *units; /**< attribute `units`; NULL for none */
    bool deflate;      /**< chunked and compressed, for masks */
} skel_file_dataset;

/** Writes a dataset, each rank its slab, with an attribute `xxh3_128` of the whole.
 *
 *  Collective, with equal arguments and equal `data` on every rank.
 *  Errors: SKEL_ERR_IO with HDF5's reason, agreed on; after it the file can only be discarded.
 */
SKEL_CHECKED skel_status skel_file_write(skel_file *file, const skel_file_dataset *spec);

/** Writes a one-dimensional dataset of texts (variable length UTF-8 is not used: fixed, padded).
 *
 *  Collective, with equal arguments on every rank. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_write_texts(skel_file *file, const char *path, size_t count,
                                               const char *const texts[]);

/** Sets an attribute of a group or dataset; groups are made as needed.
 *
 *  Collective, with equal arguments on every rank. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_text(skel_file *file, const char *object, const char *name,
                                            const char *value);

/** As skel_file_set_text(), a double.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_double(skel_file *file, const char *object, const char *name,
                                              double value);

/** As skel_file_set_text(), a 64-bit integer.
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_integer(skel_file *file, const char *object,
                                               const char *name, int64_t value);

/** Makes the file exist under its final name.
 *
 *  Collective. Flush, agree, close, agree, read every dataset back and compare its checksum, agree,
 *  rename, fsync the folder. Takes `*file` and nulls it in any case; on an error the temporary
 *  file is removed and a file of the final name that existed before is untouched.
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA if what was read back is not what was written.
 */
SKEL_CHECKED skel_status skel_file_publish(skel_file **file);

/** Closes and removes the temporary file; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_file_discard(skel_file **file);

/** Names the libraries of this layer: "HDF5 1.10.8".
 *
 *  Local. Those that are in use, which may be newer than those it was built with.
 */
void skel_file_libraries(char out[SKEL_LIBRARIES]);

#endif
