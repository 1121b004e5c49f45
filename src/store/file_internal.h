/** A file that is being written, as the file_*.c of this folder see it. */
#ifndef SKEL_STORE_FILE_INTERNAL_H
#define SKEL_STORE_FILE_INTERNAL_H

#include "h5.h"
#include "image.h"
#include "manifest.h"

#include "skel/checksum.h"

/** A dataset that was written, to be read back before the file is published. */
typedef struct skel_written {
    char *path;
    char checksum[SKEL_CHECKSUM_TEXT];
} skel_written;

/** A dimension of a dataset and its scale. */
typedef struct skel_scale_link {
    char *dataset;
    size_t dimension;
    char *scale;
} skel_scale_link;

struct skel_file {
    const skel_comm *comm;
    char *path;        /**< final name */
    char *part;        /**< temporary name beside it */
    int descriptor;    /**< every rank's own, of the temporary file; -1 if it is not open */
    bool named;        /**< root's: the file has its final name */
    uint64_t reserved; /**< root's: bytes from the start for which there is room */
    skel_image *image; /**< root's: what HDF5 has written; NULL elsewhere */
    hid_t id;          /**< root's: of HDF5; -1 once closed, and elsewhere */
    size_t count;
    skel_written *written; /**< [count] */
    size_t links;
    skel_scale_link *link;  /**< root's: [links], scales to describe when all is written */
    skel_manifest manifest; /**< root's: of what was written so far */
};

/** Makes sure that the disk has room for all that HDF5 has given a place to.
 *
 *  Root only. A full disk and an exceeded quota are found here.
 *  Errors: as skel_disk_reserve().
 */
SKEL_CHECKED skel_status skel_file_reserve(skel_file *file, const char *object);

/** Creates the groups above an object, or the object too if it is to be a group.
 *
 *  Root only. Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_file_make_groups(skel_file *file, const char *path, bool whole);

/** Sets an attribute of an object that is open; one that exists is replaced.
 *
 *  Root only.
 *  @param count  values, which have one dimension; 0: one value without a dimension
 *  Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_file_attach(skel_file *file, hid_t object, const char *name,
                                          hid_t type, size_t count, const void *value);

/** As skel_file_attach(), a text.
 *
 *  Root only. Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_attach_text(skel_file *file, hid_t object, const char *name,
                                               const char *value);

/** Enters a dataset into the manifest, which the root keeps.
 *
 *  Root only.
 *  @param type      of an element in the file
 *  @param checksum  of all elements
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_note_dataset(skel_file *file, const skel_file_dataset *spec,
                                                hid_t type, const char *checksum);

/** Enters an attribute that is a text into the manifest; one that is there is replaced.
 *
 *  Root only. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_note_text(skel_file *file, const char *object, const char *name,
                                             const char *value);

/** Enters an attribute that is a number into the manifest; one that is there is replaced.
 *
 *  Root only.
 *  @param type   of the number in the file, which is also the type of `*value`
 *  @param count  as skel_file_attach()
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_note_number(skel_file *file, const char *object,
                                               const char *name, hid_t type, size_t count,
                                               const void *value);

/** Enters an attribute of references, of which type and shape alone are compared.
 *
 *  Root only. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_note_references(skel_file *file, const char *object,
                                                   const char *name, size_t count);

/** Sets the attributes of all dimension scales.
 *
 *  Root only. Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_file_describe_scales(skel_file *file);

#endif
