/** What is known about each data set beyond its public description: files, checksums, packages. */
#ifndef SKEL_DATA_CATALOG_H
#define SKEL_DATA_CATALOG_H

#include "skel/dataset.h"

/** How a file is built. */
typedef enum skel_data_format {
    SKEL_DATA_IDX_IMAGES, /**< magic 2051, count, height, width as big-endian words; the pixels */
    SKEL_DATA_IDX_LABELS, /**< magic 2049, count; the labels */
    SKEL_DATA_RECORDS,    /**< per image: one or two label bytes, the last counts; the planes */
} skel_data_format;

/** One file of a data set. Static, immutable. */
typedef struct skel_data_file {
    const char *name; /**< without ".gz" */
    skel_data_format format;
    bool is_test; /**< test half, else training half */
    size_t first; /**< number of its first sample in that half */
    size_t count; /**< samples */
    /** MD5 of the uncompressed content; NULL where the archive's alone is published. */
    const char *md5;
    /** XXH3-128 of the content that has that MD5, computed by us: fast enough to compare it
     *  whenever the file is read. NULL where `md5` is. */
    const char *xxh3;
} skel_data_file;

/** One data set. Static, immutable. */
typedef struct skel_data_entry {
    skel_dataset_info info;
    const char *subfolder; /**< where else the files may be, below the folder; NULL for nowhere */
    size_t label_bytes;    /**< of a record */
    const char *package;   /**< Debian package that has the files, NULL for none */
    const char *package_dir;
    size_t files;
    skel_data_file file[SKEL_DATASET_FILES];
} skel_data_entry;

/** Finds a data set's entry.
 *
 *  Local. Static storage. Errors: SKEL_ERR_CONFIG for an unknown name, suggesting the nearest.
 */
SKEL_CHECKED skel_status skel_data_find(const char *name, const skel_data_entry **out);

/** Finds a file of a data set, plain or gzip, in the folder or in the subfolder of the archive.
 *
 *  Local.
 *  @param path  [SKEL_PATH] out: where it is, "" if nowhere
 */
void skel_data_locate(const skel_data_entry *entry, const skel_data_file *file, const char *dir,
                      char path[SKEL_PATH]);

/** Writes the folder in which an entry's data set is looked for if none is named.
 *
 *  Local. The rule is skel_dataset_default_dir()'s.
 */
void skel_data_default_dir(const skel_data_entry *entry, char out[SKEL_PATH]);

/** Writes the folder that a job names, or the default folder if it names none.
 *
 *  Local.
 *  @param dir  NULL or "": skel_data_default_dir()
 */
void skel_data_choose_dir(const skel_data_entry *entry, const char *dir, char out[SKEL_PATH]);

/** Joins a folder and a name; cuts what does not fit, so that opening it fails.
 *
 *  Local.
 */
void skel_data_join(const char *dir, const char *name, char out[SKEL_PATH]);

/** Opens the data set that an entry describes; skel_dataset_open() for entries of any size.
 *
 *  Collective. `*out` is *owned*; `entry` is borrowed while it lives.
 *  Errors: as skel_dataset_open().
 */
SKEL_CHECKED skel_status skel_data_open(const skel_comm *comm, const skel_data_entry *entry,
                                        const char *dir, bool unverified, skel_dataset **out);

/** Looks whether the files of an entry are there; skel_dataset_check() for entries of any size.
 *
 *  Local. Errors: as skel_dataset_check().
 */
SKEL_CHECKED skel_status skel_data_check(const skel_data_entry *entry, const char *dir);

#endif
