/** The layout of a data set in one HDF5 file: names of its groups, datasets and attributes.
 *
 *  `skel data pack` writes such a file, h5py writes one in six lines, and `data.file` reads it. The
 *  contract is src/store/FORMAT.md, "Data sets".
 *
 *      /train/images   uint8 or float32 [n][channels][height][width]
 *      /train/labels   whole numbers [n], 0 to classes - 1
 *      /test/...       the same; /validation/... too, if there is one
 *      /names          texts [classes], if the classes have names
 *      /               attributes classes, channels, mean, deviation
 *
 *  In the packed form a half has, in place of `images`,
 *
 *      /train/bytes    uint8 [total]: the images one after the other; attribute format
 *      /train/offsets  whole numbers [n + 1]: image i is bytes offsets[i] to offsets[i + 1] - 1
 *      /train/heights  whole numbers [n], in pixels
 *      /train/widths   whole numbers [n]
 */
#ifndef SKEL_DATA_LAYOUT_H
#define SKEL_DATA_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#define SKEL_DATA_LAYOUT_SCHEMA "skel-data" /**< attribute `schema_name` of files of `pack` */

enum {
    SKEL_DATA_LAYOUT_VERSION = 1,     /**< attribute `schema_version` of files of `pack` */
    SKEL_DATA_LAYOUT_CLASSES = 65536, /**< largest number of classes */
    SKEL_DATA_LAYOUT_PATH = 32,       /**< bytes of a dataset's path */
};

/* Attributes of the group "/". All but `classes` may be missing. */
#define SKEL_DATA_LAYOUT_ATTRIBUTE_CLASSES "classes"     /**< int64: number of classes */
#define SKEL_DATA_LAYOUT_ATTRIBUTE_CHANNELS "channels"   /**< int64: channels, decoded */
#define SKEL_DATA_LAYOUT_ATTRIBUTE_MEAN "mean"           /**< float64 [channels] */
#define SKEL_DATA_LAYOUT_ATTRIBUTE_DEVIATION "deviation" /**< float64 [channels] */

/** Text: `skel data --store` computed mean and deviation from these images, which therefore do not
 *  belong to the content. It is the XXH3-128 of the content's checksum without them, and of them.
 */
#define SKEL_DATA_LAYOUT_ATTRIBUTE_MARK "statistics_xxh3_128"

/** Texts [classes]: a name of each class. May be missing. */
#define SKEL_DATA_LAYOUT_NAMES "/names"

/** Texts: paths of images that `pack` left out because they are damaged. Missing if there are none.
 */
#define SKEL_DATA_LAYOUT_SKIPPED "/skipped"

/** Attribute of `bytes`: a word of skel_data_layout_format_word(). */
#define SKEL_DATA_LAYOUT_ATTRIBUTE_FORMAT "format"

/** The parts of a data set: which images train, test, choose. */
typedef enum skel_data_layout_half {
    SKEL_DATA_LAYOUT_TRAIN,
    SKEL_DATA_LAYOUT_TEST,
    SKEL_DATA_LAYOUT_VALIDATION,
    SKEL_DATA_LAYOUT_HALVES, /**< how many there are */
} skel_data_layout_half;

/** The datasets of a half. */
typedef enum skel_data_layout_part {
    SKEL_DATA_LAYOUT_IMAGES,
    SKEL_DATA_LAYOUT_LABELS,
    SKEL_DATA_LAYOUT_BYTES,
    SKEL_DATA_LAYOUT_OFFSETS,
    SKEL_DATA_LAYOUT_HEIGHTS,
    SKEL_DATA_LAYOUT_WIDTHS,
} skel_data_layout_part;

/** What an image of `bytes` is. */
typedef enum skel_data_layout_format {
    SKEL_DATA_LAYOUT_JPEG,   /**< a whole JPEG file */
    SKEL_DATA_LAYOUT_PIXELS, /**< [channels][heights[i]][widths[i]], 0 to 255 */
    SKEL_DATA_LAYOUT_FORMATS,
} skel_data_layout_format;

/** Name of a half: "train", "test" or "validation".
 *
 *  Local. Static storage.
 */
const char *skel_data_layout_half_word(skel_data_layout_half half);

/** Path of a dataset: "/train/images".
 *
 *  Local.
 */
void skel_data_layout_path(skel_data_layout_half half, skel_data_layout_part part,
                           char out[SKEL_DATA_LAYOUT_PATH]);

/** Word of a format: "jpeg" or "pixels".
 *
 *  Local. Static storage.
 */
const char *skel_data_layout_format_word(skel_data_layout_format format);

/** Finds a format by its word.
 *
 *  Local.
 *  @param out  out: the format; untouched if there is no such word
 *  @return whether there is one
 */
bool skel_data_layout_find_format(const char *word, skel_data_layout_format *out);

#endif
