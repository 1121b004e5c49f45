/** The catalogue of data sets: for each one its files, their checksums, and its package. */
#ifndef SKEL_DATA_CATALOG_H
#define SKEL_DATA_CATALOG_H

#include "skel/dataset.h"

/** The format of a file. */
typedef enum skel_catalog_format {
    SKEL_CATALOG_IDX_IMAGES, /**< magic 2051, count, height, width as big-endian words; the pixels
                              */
    SKEL_CATALOG_IDX_LABELS, /**< magic 2049, count; the labels */
    SKEL_CATALOG_RECORDS,    /**< per image: one or two label bytes, the last counts; the planes */
} skel_catalog_format;

/** One file of a data set. Static, immutable. */
typedef struct skel_catalog_file {
    const char *name; /**< without ".gz" */
    skel_catalog_format format;
    bool is_test; /**< test half, else training half */
    size_t first; /**< number of its first sample in that half */
    size_t count; /**< samples */
    /** MD5 of the uncompressed content; NULL where the archive's alone is published. */
    const char *md5;
    /** XXH3-128 of the content that has that MD5, computed by us: fast enough to compare it
     *  whenever the file is read. NULL where `md5` is. */
    const char *xxh3;
} skel_catalog_file;

/** One data set. Static, immutable. */
typedef struct skel_catalog_entry {
    skel_dataset_info info;
    const char *subfolder; /**< a second place of the files, below the folder; NULL for none */
    size_t label_bytes;    /**< of a record */
    const char *package;   /**< Debian package that has the files, NULL for none */
    const char *package_dir;
    size_t files;
    skel_catalog_file file[SKEL_DATASET_FILES];
} skel_catalog_entry;

/** Names of the data sets.
 *
 *  Local. Static storage.
 */
const char *const *skel_catalog_names(size_t *count);

/** Finds a data set's entry.
 *
 *  Local. Static storage. Errors: SKEL_ERR_CONFIG for an unknown name, suggesting the nearest.
 */
SKEL_CHECKED skel_status skel_catalog_find(const char *name, const skel_catalog_entry **out);

/** Finds a file of a data set, plain or gzip, in the folder or in the subfolder of the archive.
 *
 *  Local.
 *  @param path  [SKEL_PATH] out: where it is, "" if nowhere
 */
void skel_catalog_locate(const skel_catalog_entry *entry, const skel_catalog_file *file,
                         const char *dir, char path[SKEL_PATH]);

/** Writes the folder in which an entry's data set is looked for if none is named.
 *
 *  Local. The rule is skel_dataset_default_dir()'s.
 */
void skel_catalog_default_dir(const skel_catalog_entry *entry, char out[SKEL_PATH]);

/** Writes the folder that a job names, or the default folder if it names none.
 *
 *  Local.
 *  @param dir  NULL or "": skel_catalog_default_dir()
 */
void skel_catalog_choose_dir(const skel_catalog_entry *entry, const char *dir, char out[SKEL_PATH]);

#endif
