/** Labelled images: opened once per node, shared by its ranks. */
#ifndef SKEL_DATASET_H
#define SKEL_DATASET_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/version.h"

#include <stdint.h>

enum {
    SKEL_DATASET_FILES = 8,
    SKEL_MAX_CHANNELS = 3,
    SKEL_PATH = 4096, /**< bytes of a path, terminating zero included */
};

/** What is known about a data set before any file is read. Static, immutable. */
typedef struct skel_dataset_info {
    const char *name; /**< "mnist", "fashion-mnist", "cifar10", "cifar100" */
    const char *title;
    size_t channels;
    size_t height;
    size_t width;
    size_t classes;
    size_t train; /**< images */
    size_t test;
    float mean[SKEL_MAX_CHANNELS]; /**< of pixel / 255, per channel */
    float deviation[SKEL_MAX_CHANNELS];
} skel_dataset_info;

/** One half of a data set. Borrowed from it. */
typedef struct skel_samples {
    size_t count;
    const uint8_t *images; /**< [count][channels][height][width], 0 to 255 */
    const uint8_t *labels; /**< [count] */
} skel_samples;

/** A data set in memory, the images shared by the ranks of a node. Plain data, read-only. */
typedef struct skel_dataset {
    const skel_dataset_info *info;
    skel_samples train;
    skel_samples test;
    size_t files; /**< files that were read */
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

/** Finds what is known about a data set.
 *
 *  Local. Static storage. Errors: SKEL_ERR_CONFIG for an unknown name, suggesting the nearest.
 */
SKEL_CHECKED skel_status skel_dataset_find(const char *name, const skel_dataset_info **out);

/** Writes the folder in which a data set is looked for if the job names none.
 *
 *  Local. $SKEL_DATA/NAME, else $XDG_DATA_HOME/skel/NAME, else $HOME/.local/share/skel/NAME; if
 *  the data set is not there and the system has a package's copy, the package's folder.
 */
void skel_dataset_default_dir(const char *name, char out[SKEL_PATH]);

/** Looks for the files of a data set without reading them.
 *
 *  Local.
 *  @param dir  as of skel_dataset_open()
 *  Errors: as skel_dataset_open() for a missing file; SKEL_ERR_CONFIG for an unknown name.
 */
SKEL_CHECKED skel_status skel_dataset_look(const char *name, const char *dir);

/** Reads a data set into memory, once per node, and checks all of it.
 *
 *  Collective. IDX files may be plain or gzip; CIFAR is the official binary version.
 *  @param dir  folder with the files; NULL or "": skel_dataset_default_dir()
 *  @param out  *owned*: skel_dataset_close() it
 *  Errors: SKEL_ERR_IO for a missing file (says which command fetches it); SKEL_ERR_DATA for a
 *          wrong magic, a short or long file, a label out of range, bad gzip, naming the file and
 *          what was found and expected; SKEL_ERR_CONFIG; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dataset_open(const skel_comm *comm, const char *name, const char *dir,
                                           skel_dataset **out);

/** Frees the data set; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_dataset_close(skel_dataset **dataset);

/** Names the libraries of this layer: "zlib 1.2.13, libpng 1.6.39".
 *
 *  Local. Those that are in use, which may be newer than those it was built with.
 */
void skel_dataset_libraries(char out[SKEL_LIBRARIES]);

#endif
