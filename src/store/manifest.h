/** The manifest of a file: every object and attribute with its type, shape and checksum.
 *
 *  The writer fills one, entry by entry, and writes it last as the dataset /manifest. A reader
 *  compares the file with it. FORMAT.md describes the text.
 */
#ifndef SKEL_STORE_MANIFEST_H
#define SKEL_STORE_MANIFEST_H

#include "h5.h"

#include "skel/checksum.h"

#define SKEL_MANIFEST_PATH "/manifest"

/** Type of attributes whose values are references; their checksum is "-". To compare them, HDF5
 *  would have to follow them, and it crashes on some damaged ones. */
#define SKEL_MANIFEST_REFERENCES "references"

enum {
    SKEL_MANIFEST_TYPE = 32,   /**< bytes of a type as text */
    SKEL_MANIFEST_SHAPE = 128, /**< bytes of a shape as text */
};

typedef enum skel_manifest_kind {
    SKEL_MANIFEST_GROUP,
    SKEL_MANIFEST_DATASET,
    SKEL_MANIFEST_ATTRIBUTE,
} skel_manifest_kind;

/** One object or attribute. */
typedef struct skel_manifest_entry {
    skel_manifest_kind kind;
    char *object;                      /**< path; owned */
    char *name;                        /**< of the attribute, else NULL; owned */
    char type[SKEL_MANIFEST_TYPE];     /**< as skel_h5_type_text(); "" of a group */
    char shape[SKEL_MANIFEST_SHAPE];   /**< "64x3x3x3", "scalar"; "" of a group */
    char checksum[SKEL_CHECKSUM_TEXT]; /**< of the values; "" of a group */
    bool seen;                         /**< for a reader that looks what is missing */
} skel_manifest_entry;

/** Entries in the order of writing; after parsing in the order of object and name. */
typedef struct skel_manifest {
    size_t count;
    skel_manifest_entry *entry; /**< [count] */
} skel_manifest;

/** Adds a dataset, and the groups above it that are not there yet.
 *
 *  Local. The caller makes sure that no dataset is added twice.
 *  @param dims  0 for a scalar
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_manifest_add_dataset(skel_manifest *manifest, const char *path,
                                                   const char *type, size_t dims,
                                                   const size_t shape[], const char *checksum);

/** Adds a scalar attribute, or replaces the one of this name; an object that is not there yet is a
 *  group.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_manifest_set_attribute(skel_manifest *manifest, const char *object,
                                                     const char *name, const char *type,
                                                     const char *checksum);

/** The entry of an object, or of an attribute, in a manifest that was parsed; NULL if there is
 *  none.
 *
 *  Local.
 *  @param name  of the attribute; NULL for the object itself
 */
skel_manifest_entry *skel_manifest_find(const skel_manifest *manifest, const char *object,
                                        const char *name);

/** Puts the entries in the order that skel_manifest_find() needs.
 *
 *  Local.
 */
void skel_manifest_sort(skel_manifest *manifest);

/** Appends an entry of which type, shape and checksum are still empty.
 *
 *  Local.
 *  @param length  bytes of `object` that count
 *  @param name    of an attribute; NULL for an object
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_manifest_append(skel_manifest *manifest, skel_manifest_kind kind,
                                              const char *object, size_t length, const char *name);

/** Frees the entries.
 *
 *  Local.
 */
void skel_manifest_free(skel_manifest *manifest);

/** A shape as text: "64x3x3x3"; "scalar" without dimensions.
 *
 *  Local.
 */
void skel_manifest_shape(size_t dims, const size_t shape[], char out[SKEL_MANIFEST_SHAPE]);

#endif
