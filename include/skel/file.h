/** HDF5 files that all ranks write together. A file gets its name only when it is complete.
 *  Whatever fails on whichever rank, all ranks return with the error, and the temporary file is
 *  removed.
 *
 *      SKEL_TRY(skel_file_create(comm, "run.h5", &file));         // makes run.h5.part
 *      SKEL_TRY(skel_file_write(file, &dataset));                 // for each dataset
 *      SKEL_TRY(skel_file_set_text(file, "/", "title", "a run")); // for each attribute
 *      SKEL_TRY(skel_file_publish(&file));                        // reads it back, renames it
 *      done:
 *      skel_file_discard(&file);                                  // after an error
 *
 *  Every call but skel_file_libraries() is collective. After an error only skel_file_discard() may
 *  be called. A published file is read with skel/reader.h.
 */
#ifndef SKEL_FILE_H
#define SKEL_FILE_H

#include "skel/comm.h"
#include "skel/version.h"

/** A file that is being written. Opaque. */
typedef struct skel_file skel_file;

/** Starts a file under the temporary name "PATH.part".
 *
 *  Collective. Missing folders are made. `*out` is *owned*: pass it to skel_file_publish() or
 *  skel_file_discard().
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

/** A dataset of HDF5 to write. Every rank holds all of `data`; of a large dataset it writes a
 *  part. Plain data, all borrowed. */
typedef struct skel_file_dataset {
    const char *path; /**< "/weights/layer1.0.conv1.weight"; groups are made as needed */
    skel_element element;
    size_t dims; /**< 1 to 4 */
    size_t shape[4];
    const void *data;
    const char *units; /**< attribute `units`; NULL for none */
    bool deflate;      /**< true: chunked and compressed, as masks are; the root alone writes it */
} skel_file_dataset;

/** Writes a dataset. Its attribute `xxh3_128` is the checksum of the whole dataset.
 *
 *  Collective, with equal arguments and equal `data` on every rank.
 *  Errors: SKEL_ERR_IO with HDF5's reason, agreed on.
 */
SKEL_CHECKED skel_status skel_file_write(skel_file *file, const skel_file_dataset *spec);

/** Gives a part of a dataset's bytes, as they are to be stored. Local; any rank, any part.
 *
 *  @param offset  of the first byte in the dataset
 *  @param out     [bytes] out
 */
typedef skel_status skel_file_source(void *context, uint64_t offset, size_t bytes, void *out);

/** Writes a dataset that need not fit into memory: as skel_file_write(), but `spec->data` is not
 *  used.
 *
 *  Collective, with equal arguments on every rank. The root asks for all bytes once, for the
 *  checksum; each rank asks for those that it writes.
 *  @param spec    of numbers in the order of bytes that this machine has; not `deflate`
 *  @param source  gives the same bytes on every rank
 *  Errors: as skel_file_write(); those of `source`; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_file_write_from(skel_file *file, const skel_file_dataset *spec,
                                              skel_file_source *source, void *context);

/** Writes a list of texts: a dataset [count][width] of single bytes, UTF-8, padded with zeros to
 *  the longest one, which netCDF and xarray read as texts.
 *
 *  Collective, with equal arguments on every rank. Errors: as skel_file_write().
 *  @param width  out: bytes of a text, at least 1; may be NULL
 */
SKEL_CHECKED skel_status skel_file_write_texts(skel_file *file, const char *path, size_t count,
                                               const char *const texts[], size_t *width);

/** Writes a dimension that has a length and no values, for skel_file_set_scale().
 *
 *  Collective, with equal arguments on every rank. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_write_extent(skel_file *file, const char *path, size_t count);

/** Makes a one-dimensional dataset the scale of another one's dimension: its coordinate in xarray.
 *
 *  Collective, with equal arguments on every rank. Both are in the file before it is published. A
 *  scale has no scale itself.
 *  @param dimension  0 or 1; if it is 1, dimension 0 must have a scale, too
 *  Errors: SKEL_ERR_MEMORY; agreed on.
 */
SKEL_CHECKED skel_status skel_file_set_scale(skel_file *file, const char *dataset, size_t dimension,
                                             const char *scale);

/** Sets a text as an attribute of a group or dataset; missing groups are made.
 *
 *  Collective, with equal arguments on every rank. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_text(skel_file *file, const char *object, const char *name,
                                            const char *value);

/** Sets a double as an attribute; as skel_file_set_text().
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_double(skel_file *file, const char *object, const char *name,
                                              double value);

/** Sets a list of doubles as an attribute of one dimension; as skel_file_set_text().
 *
 *  Collective.
 *  @param values  [count], at least 1
 *  Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_doubles(skel_file *file, const char *object,
                                               const char *name, size_t count,
                                               const double values[]);

/** Sets a 64-bit integer as an attribute; as skel_file_set_text().
 *
 *  Collective. Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_file_set_integer(skel_file *file, const char *object,
                                               const char *name, int64_t value);

/** Gives the file its final name.
 *
 *  Collective. The root writes the index, agree, fsync on every rank, agree, read every dataset
 *  back and compare its checksum, agree, rename, fsync the folder. Takes `*file`, and nulls it
 *  after an error too. After an error the temporary file is removed, and an older file of the final
 *  name stays as it was. Errors: SKEL_ERR_IO; SKEL_ERR_DATA if what was read back is not what was
 *  written.
 */
SKEL_CHECKED skel_status skel_file_publish(skel_file **file);

/** Closes and removes the temporary file; accepts NULL and nulls the pointer.
 *
 *  Local, on every rank. The root removes the file.
 */
void skel_file_discard(skel_file **file);

/** Names the libraries of this layer: "HDF5 1.10.8".
 *
 *  Local. The versions are those that run, not those of the build.
 */
void skel_file_libraries(char out[SKEL_LIBRARIES]);

#endif
