/* Reading datasets of any type as doubles and bytes; shapes and kinds of datasets. */
#include "h5_checksum.h"
#include "reader_internal.h"

#include "skel/checksum.h"
#include "skel/memory.h"

#include <string.h>

/* Elements of a dataset and the class of their type. */
static skel_status describe(skel_reader *reader, const char *path, hid_t dataset, size_t *count,
                            H5T_class_t *kind)
{
    hid_t space = H5Dget_space(dataset);
    hid_t type = H5Dget_type(dataset);
    hssize_t points = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);

    *kind = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    *count = points < 0 ? 0 : (size_t)points;
    skel_h5_close(space);
    skel_h5_close(type);
    if (points < 0 || *kind == H5T_NO_CLASS) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the shape of %s", reader->path, path);
    }
    return SKEL_OK;
}

static bool is_number(H5T_class_t kind)
{
    /* Python's bool arrives as an enumeration. */
    return kind == H5T_FLOAT || kind == H5T_INTEGER || kind == H5T_ENUM;
}

/* Opens a numeric dataset; the caller closes `*dataset` if it is not negative, also after an error.
 */
static skel_status open_numbers(skel_reader *reader, const char *path, hid_t *dataset,
                                size_t *count)
{
    H5T_class_t kind = H5T_NO_CLASS;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_dataset(reader, path, dataset));
    SKEL_TRY(describe(reader, path, *dataset, count, &kind));
    if (!is_number(kind)) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s does not hold numbers", reader->path, path);
    }
done:
    return status;
}

/* Reads the values as they are stored, judges their checksum, and converts them. */
static skel_status read_numbers(skel_reader *reader, const char *path, hid_t dataset,
                                hid_t memory_type, size_t count, void *values)
{
    hid_t type = H5Dget_type(dataset);
    size_t stored = H5Tget_size(type);
    size_t wanted = H5Tget_size(memory_type);
    char checksum[SKEL_CHECKSUM_TEXT];
    void *wide = NULL; /* a place of its own if stored values are wider */
    void *place = values;
    skel_status status = SKEL_OK;

    if (stored > wanted) {
        SKEL_TRY(SKEL_ALLOC_RAW(count, stored, &wide));
        place = wide;
    }
    if (count > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, place) < 0) {
        SKEL_TRY(skel_h5_fail_read(dataset, "%s: cannot read %s", reader->path, path));
    }
    SKEL_TRY(skel_h5_checksum_values(type, count, place, checksum));
    SKEL_TRY(skel_reader_judge(reader, path, dataset, checksum));
    if (count > 0 && H5Tconvert(type, memory_type, count, place, NULL, H5P_DEFAULT) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_DATA, "%s: cannot convert %s", reader->path, path));
    }
    if (wide != NULL) {
        memcpy(values, wide, count * wanted);
    }
done:
    SKEL_FREE(&wide);
    skel_h5_close(type);
    return status;
}

skel_status skel_reader_doubles(skel_reader *reader, const char *path, size_t *count,
                                double **values)
{
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    *values = NULL;
    *count = 0;
    SKEL_TRY(open_numbers(reader, path, &dataset, count));
    SKEL_TRY(SKEL_ALLOC_RAW(*count, sizeof **values, values));
    SKEL_TRY(read_numbers(reader, path, dataset, H5T_NATIVE_DOUBLE, *count, *values));
done:
    if (status != SKEL_OK) {
        SKEL_FREE(values);
        *count = 0;
    }
    skel_h5_close(dataset);
    return status;
}

/* Reads numbers as values of a type in memory. */
static skel_status read_expected(skel_reader *reader, const char *path, hid_t type, size_t expected,
                                 void *out)
{
    size_t count = 0;
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    SKEL_TRY(open_numbers(reader, path, &dataset, &count));
    if (count != expected) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %zu values, expected %zu", reader->path, path,
                           count, expected));
    }
    SKEL_TRY(read_numbers(reader, path, dataset, type, count, out));
done:
    skel_h5_close(dataset);
    return status;
}

skel_status skel_reader_floats(skel_reader *reader, const char *path, size_t expected, float out[])
{
    return read_expected(reader, path, H5T_NATIVE_FLOAT, expected, out);
}

skel_status skel_reader_integers(skel_reader *reader, const char *path, size_t expected,
                                 int64_t out[])
{
    return read_expected(reader, path, H5T_NATIVE_INT64, expected, out);
}

skel_status skel_reader_bytes(skel_reader *reader, const char *path, size_t *count,
                              uint8_t **values)
{
    /* HDF5 would cut 0.5 to 0 and 256 to 255 in silence: what is no byte is looked at first. */
    double *numbers = NULL;
    skel_status status = SKEL_OK;

    *values = NULL;
    SKEL_TRY(skel_reader_doubles(reader, path, count, &numbers));
    SKEL_TRY(SKEL_ALLOC_RAW(*count, 1, values));
    for (size_t i = 0; i < *count; i++) {
        if (!(numbers[i] >= 0.0 && numbers[i] <= 255.0) || numbers[i] != (double)(int)numbers[i]) {
            SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: element %zu of %s is %g, not a byte",
                               reader->path, i, path, numbers[i]));
        }
        (*values)[i] = (uint8_t)numbers[i];
    }
done:
    SKEL_FREE(&numbers);
    if (status != SKEL_OK) {
        SKEL_FREE(values);
        *count = 0;
    }
    return status;
}

skel_status skel_reader_extent(skel_reader *reader, const char *path, hid_t dataset, size_t *dims,
                               size_t shape[4])
{
    hsize_t extent[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, extent, NULL);

    skel_h5_close(space);
    *dims = 0;
    memset(shape, 0, 4 * sizeof *shape);
    if (rank < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the shape of %s", reader->path, path);
    }
    if (rank > 4) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %d dimensions, more than 4", reader->path, path,
                         rank);
    }
    *dims = (size_t)rank;
    for (int i = 0; i < rank; i++) {
        shape[i] = extent[i];
    }
    return SKEL_OK;
}

skel_status skel_reader_shape(skel_reader *reader, const char *path, size_t *dims, size_t shape[4])
{
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    *dims = 0;
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_reader_extent(reader, path, dataset, dims, shape));
done:
    skel_h5_close(dataset);
    return status;
}

/* The class of a dataset's type; H5T_NO_CLASS if it is no dataset. */
static H5T_class_t kind_of(skel_reader *reader, const char *path)
{
    H5T_class_t kind = H5T_NO_CLASS;
    hid_t object = skel_reader_has(reader, path) ? H5Oopen(reader->id, path, reader->links) : -1;
    bool is_dataset = object >= 0 && H5Iget_type(object) == H5I_DATASET;
    hid_t type = is_dataset ? H5Dget_type(object) : -1;

    if (type >= 0) {
        kind = H5Tget_class(type);
        skel_h5_close(type);
    }
    skel_h5_close(object);
    skel_reader_remember(reader, skel_reader_end_look(reader, path));
    return kind;
}

bool skel_reader_is_float(skel_reader *reader, const char *path)
{
    return kind_of(reader, path) == H5T_FLOAT;
}

bool skel_reader_is_text(skel_reader *reader, const char *path)
{
    return kind_of(reader, path) == H5T_STRING;
}
