/** Data sets of labelled images: read once per node into memory that its ranks share. */
#ifndef SKEL_DATASET_H
#define SKEL_DATASET_H

#include "skel/checksum.h"
#include "skel/comm.h"
#include "skel/version.h"

#include <stdint.h>

enum {
    SKEL_DATASET_FILES = 8,
    SKEL_DATASET_NAME = 64, /**< bytes of a name, terminating zero included */
    SKEL_PATH = 4096,       /**< bytes of a path, terminating zero included */
};

/** Facts about a data set, known before any image is read. Plain data. */
typedef struct skel_dataset_info {
    char name[SKEL_DATASET_NAME];  /**< "mnist", "fashion-mnist", "cifar10", "cifar100"; or the
                                      name of a data file without its folder */
    char title[SKEL_DATASET_NAME]; /**< for people */
    size_t channels;
    size_t height; /**< of packed images, which have many sizes: of what the network sees */
    size_t width;
    size_t classes;
    size_t train; /**< images */
    size_t test;
    /** [channels] of pixel / 255, or of floating-point pixels as they are; borrowed. NULL for a
     *  data file that is not open. */
    const float *mean;
    const float *deviation; /**< [channels] of the same */
    size_t validation;      /**< images that a data file sets apart for validation, or 0 */
    size_t stored;          /**< bytes of all images as a data file stores them; 0 for a set */
    bool packed;            /**< images have many sizes, and are packed one behind the other */
    bool reals;             /**< pixels are floating-point numbers */
    bool in_file;           /**< of a data file: images are read from it while a run works; before
                               it is open: they may be */
} skel_dataset_info;

/** How the images of a part are stored. */
typedef enum skel_pixels {
    SKEL_PIXELS_BYTES,  /**< uint8_t [channels][height][width], 0 to 255 */
    SKEL_PIXELS_FLOATS, /**< float [channels][height][width] */
    SKEL_PIXELS_JPEG,   /**< a JPEG file each */
    SKEL_PIXELS_VARIED, /**< uint8_t [channels][heights][widths] of the image */
} skel_pixels;

/** One part of a data set. Borrowed from it. */
typedef struct skel_samples {
    size_t count;
    /** All images in memory, [count][channels][height][width] bytes if `pixels` is
     *  SKEL_PIXELS_BYTES; NULL: they are read from the file when they are needed. */
    const uint8_t *images;
    const uint16_t *labels; /**< [count] */
    skel_pixels pixels;
    const int64_t *offset;  /**< [count + 1] of packed images: where each begins; else NULL */
    const int64_t *heights; /**< [count] of packed images; else NULL */
    const int64_t *widths;  /**< [count] of packed images; else NULL */
    int descriptor;         /**< of the file, where `images` is NULL */
    uint64_t begin;         /**< of the first image in that file */
    const char *path;       /**< of that file, for messages */
} skel_samples;

/** Where the images of a data file are while a run works. */
typedef enum skel_cache {
    SKEL_CACHE_AUTO,   /**< in memory if they take at most half of what every node has free, and the
                          ranks of a node can share them; else in the file */
    SKEL_CACHE_MEMORY, /**< in memory that the ranks of a node share */
    SKEL_CACHE_FILE,   /**< in the file: each rank reads the images of its microbatches */
} skel_cache;

/** Where a data set is. Plain data; texts are borrowed. */
typedef struct skel_dataset_source {
    const char *set; /**< a name of skel_dataset_names(), if `file` is NULL or "" */
    const char
        *dir; /**< folder with the files of the set; NULL or "": skel_dataset_default_dir() */
    bool unverified;  /**< files of the set may have other contents than the published ones */
    const char *file; /**< a data file in the layout of skel/data_layout.h */
    size_t side;      /**< height and width of the view of packed images; 0: 224 */
    skel_cache cache; /**< of a data file */
} skel_dataset_source;

/** A data set that is open. The ranks of a node share what is in memory. Plain data, read-only. */
typedef struct skel_dataset {
    const skel_dataset_info *info;
    skel_samples train;
    skel_samples test;
    skel_samples validation; /**< of a data file that has such a part; else no samples */
    bool unverified;         /**< contents with other checksums were accepted */
    size_t files;            /**< number of files that were read */
    struct {
        char name[64];                     /**< file name without its folder */
        char checksum[SKEL_CHECKSUM_TEXT]; /**< XXH3-128 of the uncompressed content */
    } file[SKEL_DATASET_FILES];
    skel_shared *shared;
    skel_dataset_info own; /**< of a data file: what `info` points to */
    float *statistics;     /**< of a data file: mean and deviation, [2][channels]; owned */
    int descriptor;        /**< of a data file whose images are not in memory; else -1 */
    char path[SKEL_PATH];  /**< of a data file */
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

/** Describes a data set without reading an image: of a data file, its shapes are read.
 *
 *  Local. Errors: SKEL_ERR_CONFIG for an unknown name; SKEL_ERR_IO or SKEL_ERR_DATA for a file that
 *  is missing, damaged or in another layout, naming what was found and what was expected.
 */
SKEL_CHECKED skel_status skel_dataset_describe(const skel_dataset_source *source,
                                               skel_dataset_info *out);

/** Whether two sources lead to the same data set.
 *
 *  Local.
 */
bool skel_dataset_is_same(const skel_dataset_source *a, const skel_dataset_source *b);

/** Looks whether the files of a data set are there and have the right length, without reading them.
 *
 *  Local. The length of a gzip file's content is not known before it is read.
 *  Errors: SKEL_ERR_IO for a missing file (the message names the command that fetches it);
 *          SKEL_ERR_DATA for an empty file, or a plain file of another length; SKEL_ERR_CONFIG for
 *          an unknown name. For a data file as skel_dataset_describe().
 */
SKEL_CHECKED skel_status skel_dataset_check(const skel_dataset_source *source);

/** One checksum for the whole content of a data set: XXH3-128 of a line "FILE XXH3-128" per file,
 *  or of a line for each dataset of a data file.
 *
 *  Local. The catalogue's checksums are taken, which the files must have. Files are read only if
 *  others are accepted, or if the catalogue has no checksum of theirs. A data file that skel wrote
 *  has the checksums of its datasets, which are taken; any other data file is read.
 *  @param out  out: a file that cannot be read has no checksum in its line
 *  Errors: SKEL_ERR_CONFIG for an unknown name; SKEL_ERR_MEMORY. For a data file as
 *          skel_dataset_describe().
 */
SKEL_CHECKED skel_status skel_dataset_checksum(const skel_dataset_source *source,
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

/** Opens a data set: reads it into memory, once per node, and checks every file.
 *
 *  Collective. IDX files may be plain or gzip; CIFAR is the official binary version. Images of a
 *  data file can stay in the file: then no image is compared with a checksum, and a pixel that is
 *  not a number is found when the image is read.
 *  @param out  *owned*: skel_dataset_close() it
 *  Errors: SKEL_ERR_IO for a missing file (the message names the command that fetches it);
 *          SKEL_ERR_DATA for a wrong magic number, a short or long file, a label out of range, bad
 *          gzip, another checksum, a pixel that is not a number; the message names the file, and
 *          what was found and expected. SKEL_ERR_CONFIG; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_dataset_open(const skel_comm *comm, const skel_dataset_source *source,
                                           skel_dataset **out);

/** Whether a path is a file of the data set, whatever leads to it.
 *
 *  Local.
 */
bool skel_dataset_has(const skel_dataset_source *source, const char *path);

/** Frees the data set; accepts NULL and nulls the pointer.
 *
 *  Collective.
 */
void skel_dataset_close(skel_dataset **dataset);

/** Names the libraries of this layer: "zlib 1.2.13, libpng 1.6.39".
 *
 *  Local. The versions are those that run; of libjpeg-turbo, which does not tell, that of the
 *  build.
 */
void skel_dataset_libraries(char out[SKEL_LIBRARIES]);

#endif
