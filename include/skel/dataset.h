/** Data sets of labelled images: read once per node into memory that its ranks share. */
#ifndef SKEL_DATASET_H
#define SKEL_DATASET_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/version.h"

#include <stdint.h>

enum {
    SKEL_DATASET_FILES = 8,
    SKEL_PATH = 4096, /**< bytes of a path, terminating zero included */
};

/** Facts about a data set, known before any file is read. Static, immutable. */
typedef struct skel_dataset_info {
    const char *name; /**< "mnist", "fashion-mnist", "cifar10", "cifar100" */
    const char *title;
    size_t channels;
    size_t height;
    size_t width;
    size_t classes;
    size_t train; /**< images */
    size_t test;
    const float *mean;      /**< [channels] of pixel / 255 */
    const float *deviation; /**< [channels] of the same */
} skel_dataset_info;

/** One half of a data set. Borrowed from it. */
typedef struct skel_samples {
    size_t count;
    const uint8_t *images;  /**< [count][channels][height][width], 0 to 255 */
    const uint16_t *labels; /**< [count] */
} skel_samples;

/** A data set in memory. The ranks of a node share the images. Plain data, read-only. */
typedef struct skel_dataset {
    const skel_dataset_info *info;
    skel_samples train;
    skel_samples test;
    bool unverified; /**< contents with other checksums were accepted */
    size_t files;    /**< number of files that were read */
    struct {
        char name[64];                     /**< file name without its folder */
        char checksum[SKEL_CHECKSUM_TEXT]; /**< XXH3-128 of the uncompressed content */
    } file[SKEL_DATASET_FILES];
    skel_shared *shared;
} skel_dataset;

/** Names of the data sets.
 *
 *  Local. Static storage.
 */
const char *const *skel_dataset_names(size_t *count);

/** Finds the facts about a data set.
 *
 *  Local. Static storage. Errors: SKEL_ERR_CONFIG for an unknown name, suggesting the nearest.
 */
SKEL_CHECKED skel_status skel_dataset_find(const char *name, const skel_dataset_info **out);

/** Writes the default folder of a data set, for a job that names no folder.
 *
 *  Local. It is $SKEL_DATA/NAME if SKEL_DATA is set, else $XDG_DATA_HOME/skel/NAME if that is set,
 *  else $HOME/.local/share/skel/NAME. If the data set is not in that folder, but a package of the
 *  system has it, it is the package's folder.
 */
void skel_dataset_default_dir(const char *name, char out[SKEL_PATH]);

/** Looks whether the files of a data set are there and have the right length, without reading them.
 *
 *  Local. The length of a gzip file's content is not known before it is read.
 *  @param dir  folder with the files; NULL or "": skel_dataset_default_dir()
 *  Errors: SKEL_ERR_IO for a missing file (the message names the command that fetches it);
 *          SKEL_ERR_DATA for an empty file, or a plain file of another length; SKEL_ERR_CONFIG for
 *          an unknown name.
 */
SKEL_CHECKED skel_status skel_dataset_check(const char *name, const char *dir);

/** One checksum for the whole content of a data set: XXH3-128 of a line "FILE XXH3-128" per file.
 *
 *  Local. The catalogue's checksums are taken, which the files must have. Files are read only if
 *  others are accepted, or if the catalogue has no checksum of theirs.
 *  @param dir         folder with the files; NULL or "": skel_dataset_default_dir()
 *  @param unverified  whether other contents are accepted
 *  @param out         out: a file that cannot be read has no checksum in its line
 *  Errors: SKEL_ERR_CONFIG for an unknown name; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dataset_checksum(const char *name, const char *dir, bool unverified,
                                               char out[SKEL_CHECKSUM_TEXT]);

/** The same checksum of the content that was read: of the bytes in memory, not of the files as they
 *  are now.
 *
 *  Local.
 */
void skel_dataset_content(const skel_dataset *dataset, char out[SKEL_CHECKSUM_TEXT]);

/** Name of a data file without ".gz", under which its content is known; its length.
 *
 *  Local.
 */
size_t skel_dataset_plain_name(const char *name);

/** Reads a data set into memory, once per node, and checks every file.
 *
 *  Collective. IDX files may be plain or gzip; CIFAR is the official binary version.
 *  @param dir         folder with the files; NULL or "": skel_dataset_default_dir()
 *  @param unverified  false: a file whose content does not have the known checksum is an error;
 *                     true: it is used, with a warning
 *  @param out         *owned*: skel_dataset_close() it
 *  Errors: SKEL_ERR_IO for a missing file (the message names the command that fetches it);
 *          SKEL_ERR_DATA for a wrong magic number, a short or long file, a label out of range, bad
 *          gzip, another checksum; the message names the file, and what was found and expected.
 *          SKEL_ERR_CONFIG; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dataset_open(const skel_comm *comm, const char *name, const char *dir,
                                           bool unverified, skel_dataset **out);

/** Frees the data set; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_dataset_close(skel_dataset **dataset);

/** Names the libraries of this layer: "zlib 1.2.13, libpng 1.6.39".
 *
 *  Local. The versions are those that run, not those of the build.
 */
void skel_dataset_libraries(char out[SKEL_LIBRARIES]);

#endif
