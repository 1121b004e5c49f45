/* Shapes, places and rows of large datasets; attributes of numbers. */
#include "skel/array.h"

#include "reader_internal.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

size_t skel_array_file_bytes(const skel_reader *reader)
{
    return reader->bytes;
}

static skel_array_type type_of(hid_t type)
{
    H5T_class_t kind = H5Tget_class(type);

    if (H5Tequal(type, H5T_NATIVE_UINT8) > 0) {
        return SKEL_ARRAY_BYTES;
    }
    if (H5Tequal(type, H5T_NATIVE_FLOAT) > 0) {
        return SKEL_ARRAY_FLOATS;
    }
    return kind == H5T_INTEGER ? SKEL_ARRAY_INTEGERS
           : kind == H5T_FLOAT ? SKEL_ARRAY_REALS
                               : SKEL_ARRAY_OTHER;
}

/* Where the elements lie, if they lie together. */
static void find_place(hid_t dataset, skel_array *out)
{
    hid_t creation = H5Dget_create_plist(dataset);
    haddr_t offset = HADDR_UNDEF;

    if (creation >= 0 && H5Pget_layout(creation) == H5D_CONTIGUOUS) {
        offset = H5Dget_offset(dataset);
    }
    skel_h5_close(creation);
    (void)H5Eclear2(H5E_DEFAULT);
    out->contiguous = offset != HADDR_UNDEF;
    out->offset = out->contiguous ? offset : 0;
}

/* Types that may look like the right one get words of their own. */
static void describe_type(hid_t type, char out[32])
{
    size_t used = 0;

    if (H5Tget_class(type) == H5T_ENUM) { /* numpy's booleans, too */
        (void)snprintf(out, 32, "an enumeration");
        return;
    }
    skel_h5_type_text(type, out);
    used = strlen(out);
    if (H5Tget_class(type) == H5T_FLOAT && H5Tget_order(type) == H5T_ORDER_BE) {
        (void)snprintf(out + used, 32 - used, " (big-endian)");
    }
}

skel_status skel_array_look(skel_reader *reader, const char *path, skel_array *out)
{
    hid_t dataset = -1;
    hid_t type = -1;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(skel_h5_check_filters(dataset, "%s: %s", reader->path, path));
    type = H5Dget_type(dataset);
    SKEL_TRY(skel_reader_extent(reader, path, dataset, &out->dims, out->shape));
    out->count = 1;
    for (size_t i = 0; i < out->dims; i++) {
        out->count *= out->shape[i]; /* which does not overflow: the claim was compared */
    }
    out->type = type_of(type);
    out->width = H5Tget_size(type);
    describe_type(type, out->type_text);
    find_place(dataset, out);
done:
    skel_h5_close(type);
    skel_h5_close(dataset);
    return status;
}

/* Reads rows in a type of memory. */
static bool read_rows(hid_t dataset, hid_t type, size_t first, size_t rows, void *out)
{
    hid_t space = H5Dget_space(dataset);
    hsize_t start[H5S_MAX_RANK] = {first};
    hsize_t count[H5S_MAX_RANK];
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, count, NULL);
    hid_t memory = -1;
    bool read = false;

    if (rank > 0) {
        count[0] = rows;
        memory = H5Screate_simple(rank, count, NULL);
        read = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
               H5Dread(dataset, type, memory, space, H5P_DEFAULT, out) >= 0;
    }
    skel_h5_close(memory);
    skel_h5_close(space);
    return read;
}

skel_status skel_array_read(skel_reader *reader, const char *path, size_t first, size_t rows,
                            void *out)
{
    hid_t dataset = -1;
    hid_t type = -1;
    skel_status status = SKEL_OK;

    if (rows == 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    type = H5Dget_type(dataset);
    if (type < 0 || !read_rows(dataset, type, first, rows, out)) {
        status = skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read rows %zu to %zu of %s", reader->path,
                              first, first + rows - 1, path);
    }
done:
    skel_h5_close(type);
    skel_h5_close(dataset);
    return status;
}

skel_status skel_array_integers(skel_reader *reader, const char *path, const skel_array *array,
                                int64_t **out)
{
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (array->type != SKEL_ARRAY_BYTES && array->type != SKEL_ARRAY_INTEGERS) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is %s, expected whole numbers (an integer type)",
                         reader->path, path, array->type_text);
    }
    SKEL_TRY(skel_reader_dataset(reader, path, &dataset));
    SKEL_TRY(SKEL_ALLOC(array->count, sizeof **out, out));
    if (array->count > 0 &&
        H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, *out) < 0) {
        status = skel_h5_fail_read(dataset, "%s: cannot read %s", reader->path, path);
    }
done:
    if (status != SKEL_OK) {
        SKEL_FREE(out);
    }
    skel_h5_close(dataset);
    return status;
}

skel_status skel_array_noted(skel_reader *reader, const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    const skel_manifest *manifest = NULL;
    const skel_manifest_entry *entry = NULL;
    skel_status status = SKEL_OK;

    out[0] = '\0';
    SKEL_TRY(skel_reader_need_manifest(reader, &manifest));
    entry = manifest != NULL ? skel_manifest_find(manifest, path, NULL) : NULL;
    if (entry != NULL) {
        memcpy(out, entry->checksum, sizeof entry->checksum);
    }
done:
    return status;
}

skel_status skel_array_checksum(skel_reader *reader, const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    skel_status status = skel_array_noted(reader, path, out);

    return status != SKEL_OK || out[0] != '\0' ? status : skel_reader_sum(reader, path, out);
}

static skel_status read_attribute(skel_reader *reader, const char *name, hid_t attribute,
                                  size_t *count, double **out)
{
    hid_t type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    H5T_class_t kind = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    hssize_t points = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    skel_status status = SKEL_OK;

    if (points < 1 || (kind != H5T_INTEGER && kind != H5T_FLOAT)) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: the attribute %s does not hold numbers",
                           reader->path, name));
    }
    SKEL_TRY(SKEL_ALLOC((size_t)points, sizeof **out, out));
    if (H5Aread(attribute, H5T_NATIVE_DOUBLE, *out) < 0) {
        SKEL_TRY(
            skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the attribute %s", reader->path, name));
    }
    *count = (size_t)points;
done:
    skel_h5_close(space);
    skel_h5_close(type);
    if (status != SKEL_OK) {
        SKEL_FREE(out);
    }
    return status;
}

skel_status skel_array_attribute(skel_reader *reader, const char *object, const char *name,
                                 size_t *count, double **out)
{
    hid_t attribute = -1;
    bool has = false;
    htri_t exists = 0;
    skel_status status = SKEL_OK;

    *count = 0;
    *out = NULL;
    SKEL_TRY(skel_reader_look(reader, object, &has));
    exists = has ? H5Aexists_by_name(reader->id, object, name, reader->links) : 0;
    if (exists <= 0 && !skel_h5_system_has_failed()) {
        (void)H5Eclear2(H5E_DEFAULT);
        return SKEL_OK;
    }
    attribute =
        exists > 0 ? H5Aopen_by_name(reader->id, object, name, H5P_DEFAULT, reader->links) : -1;
    if (attribute < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot open the attribute %s", reader->path, name);
    }
    status = read_attribute(reader, name, attribute, count, out);
    skel_h5_close(attribute);
done:
    return status;
}
