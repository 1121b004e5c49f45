/** Large datasets of numbers: where they lie in a file, and reading some of their rows.
 *
 *  skel_reader_doubles() and its sisters read a whole dataset at once and compare it with its
 *  checksum. A data set of images can be larger than memory: here a caller asks for the shape first
 *  and then reads rows, as they are stored, and compares checksums itself.
 */
#ifndef SKEL_ARRAY_H
#define SKEL_ARRAY_H

#include "skel/checksum.h"
#include "skel/reader.h"

/** How the numbers are stored. */
typedef enum skel_array_type {
    SKEL_ARRAY_BYTES,    /**< uint8 */
    SKEL_ARRAY_FLOATS,   /**< float32 in this machine's byte order */
    SKEL_ARRAY_INTEGERS, /**< any other whole numbers */
    SKEL_ARRAY_REALS,    /**< any other floating-point numbers */
    SKEL_ARRAY_OTHER,    /**< texts and the like */
} skel_array_type;

/** A dataset of a file. Plain data. */
typedef struct skel_array {
    skel_array_type type;
    char type_text[32]; /**< "uint8", "float32", "int64" */
    size_t width;       /**< bytes of an element */
    size_t dims;        /**< 0 to 4 */
    size_t shape[4];
    size_t count;    /**< elements */
    bool contiguous; /**< all elements lie one after the other, in neither chunks nor compression */
    uint64_t offset; /**< of the first element in the file, if `contiguous` */
} skel_array;

/** Bytes of the file when it was opened.
 *
 *  Local.
 */
size_t skel_array_file_bytes(const skel_reader *reader);

/** Describes a dataset. The size that it claims is compared with what the file holds.
 *
 *  Local. Errors: SKEL_ERR_DATA naming file and dataset, also for more than 4 dimensions.
 */
SKEL_CHECKED skel_status skel_array_look(skel_reader *reader, const char *path, skel_array *out);

/** Reads rows [first, first + rows) of a dataset as they are stored, decompressed.
 *
 *  Local. A row is all elements with one first index. Nothing is compared with a checksum.
 *  @param out  [rows * elements of a row * width] bytes out
 *  Errors: SKEL_ERR_DATA or SKEL_ERR_IO naming file and dataset.
 */
SKEL_CHECKED skel_status skel_array_read(skel_reader *reader, const char *path, size_t first,
                                         size_t rows, void *out);

/** Reads all whole numbers of a dataset of any integer type. Nothing is compared with a checksum.
 *
 *  Local. `*out` is *owned*, [array->count]; SKEL_FREE() it. Unsigned numbers above INT64_MAX come
 *  out as INT64_MAX. Errors: SKEL_ERR_DATA naming file and dataset; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_array_integers(skel_reader *reader, const char *path,
                                             const skel_array *array, int64_t **out);

/** The checksum that the file has of a dataset, which is not compared.
 *
 *  Local.
 *  @param out  out: "" if the file has none, because skel did not write it
 *  Errors: SKEL_ERR_DATA if the file's manifest is damaged; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_array_noted(skel_reader *reader, const char *path,
                                          char out[SKEL_CHECKSUM_TEXT]);

/** The checksum of a dataset: the one that the file has of it, else computed in slices.
 *
 *  Local. Errors: SKEL_ERR_DATA naming file and dataset; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_array_checksum(skel_reader *reader, const char *path,
                                             char out[SKEL_CHECKSUM_TEXT]);

/** Reads an attribute of numbers as doubles.
 *
 *  Local.
 *  @param count  out: numbers of the attribute, 0 if there is none
 *  @param out    *owned*: SKEL_FREE() it; NULL if there is none
 *  Errors: SKEL_ERR_DATA naming file and attribute if it holds no numbers; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_array_attribute(skel_reader *reader, const char *object,
                                              const char *name, size_t *count, double **out);

/** Attributes of the group "/". Plain data, all borrowed. */
typedef struct skel_annotation {
    size_t attributes;
    const char *const *name;    /**< [attributes] */
    size_t count;               /**< of numbers in each of them */
    const float *const *values; /**< [attributes][count], stored as float64 */
    const char *text_name;      /**< one more attribute, a text that is not empty */
    const char *text;
} skel_annotation;

/** Puts a copy with these attributes into the place of a file of another program. Who reads the
 *  file meanwhile has the former one.
 *
 *  Local. An attribute that exists is replaced. Nothing is left behind after an error.
 *  Errors: SKEL_ERR_DATA for a file that skel wrote, whose manifest would be wrong then;
 *          SKEL_ERR_IO, SKEL_ERR_STORAGE; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_array_annotate(const char *path, const skel_annotation *what);

#endif
