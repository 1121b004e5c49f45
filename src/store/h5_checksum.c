/* The checksum of a dataset, read in slices of rows: large ones need no memory of their size. */
#include "h5_checksum.h"

#include "h5.h"

#include "skel/checksum.h"
#include "skel/memory.h"

#include <string.h>

enum {
    SLICE = 1 << 20, /* bytes; a row that is longer is a slice */
    DIMS = 32,       /* HDF5 has no more */
};

/* Joins texts that `pointers` lead to; a NULL is an empty text. */
static skel_status join_texts(size_t count, char *const pointers[], size_t *bytes, char **out)
{
    char *to = NULL;
    skel_status status = SKEL_OK;

    *bytes = 0;
    for (size_t i = 0; i < count; i++) {
        *bytes += (pointers[i] != NULL ? strlen(pointers[i]) : 0) + 1;
    }
    SKEL_TRY(SKEL_ALLOC_RAW(*bytes, 1, out));
    to = *out;
    for (size_t i = 0; i < count; i++) {
        const char *text = pointers[i] != NULL ? pointers[i] : "";

        memcpy(to, text, strlen(text) + 1);
        to += strlen(text) + 1;
    }
done:
    return status;
}

skel_status skel_h5_checksum_values(hid_t type, size_t count, const void *values, char out[])
{
    char *joined = NULL;
    size_t bytes = count * H5Tget_size(type);
    skel_status status = SKEL_OK;

    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0) {
        SKEL_TRY(join_texts(count, (char *const *)values, &bytes, &joined));
        values = joined;
    }
    skel_checksum_xxh3(bytes, values, out);
done:
    SKEL_FREE(&joined);
    return status;
}

/* What a dataset is, and how it is read. */
typedef struct dataset_slices {
    hid_t dataset;
    hid_t type;
    hid_t space;
    int dims;
    hsize_t shape[DIMS];
    size_t row;   /* elements */
    hsize_t rows; /* of a slice */
} dataset_slices;

/* Rows of a chunk, which is decompressed as a whole; 1 without chunks. */
static hsize_t rows_of_chunk(hid_t dataset)
{
    hid_t layout = H5Dget_create_plist(dataset);
    hsize_t chunk[DIMS] = {1};

    if (layout >= 0 && H5Pget_layout(layout) == H5D_CHUNKED) {
        (void)H5Pget_chunk(layout, DIMS, chunk);
    }
    skel_h5_close(layout);
    return chunk[0] > 0 ? chunk[0] : 1;
}

static void cut(dataset_slices *it)
{
    size_t bytes = H5Tget_size(it->type);
    hsize_t chunk = rows_of_chunk(it->dataset);
    hsize_t fit = 0;

    SKEL_ASSERT(bytes > 0);
    it->row = 1;
    for (int i = 1; i < it->dims; i++) {
        it->row *= it->shape[i];
    }
    fit = it->row == 0 ? 1 : SLICE / bytes / it->row;
    it->rows = fit > chunk ? fit / chunk * chunk : chunk;
    it->rows = it->rows < it->shape[0] ? it->rows : it->shape[0];
}

/* Reads `rows` rows from `first` on. */
static bool read_rows(const dataset_slices *it, hsize_t first, hsize_t rows, void *buffer)
{
    hsize_t start[DIMS] = {first};
    hsize_t count[DIMS] = {rows};
    hid_t memory = -1;
    bool read = false;

    for (int i = 1; i < it->dims; i++) {
        count[i] = it->shape[i];
    }
    memory = H5Screate_simple(it->dims, count, NULL);
    read = H5Sselect_hyperslab(it->space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
           H5Dread(it->dataset, it->type, memory, it->space, H5P_DEFAULT, buffer) >= 0;
    skel_h5_close(memory);
    return read;
}

static skel_status add_slices(dataset_slices *it, const char *label, char out[])
{
    skel_checksum *checksum = NULL;
    char *buffer = NULL;
    size_t bytes = H5Tget_size(it->type);
    skel_status status = SKEL_OK;

    cut(it);
    SKEL_TRY(skel_checksum_begin(&checksum));
    SKEL_TRY(SKEL_ALLOC_RAW((size_t)it->rows * it->row, bytes, &buffer));
    for (hsize_t first = 0; first < it->shape[0] && it->row > 0; first += it->rows) {
        hsize_t rest = it->shape[0] - first;
        hsize_t rows = rest < it->rows ? rest : it->rows;

        if (!read_rows(it, first, rows, buffer)) {
            status = skel_h5_fail_read(it->dataset, "%s: cannot be read", label);
            goto done;
        }
        skel_checksum_add(checksum, (size_t)rows * it->row * bytes, buffer);
    }
done:
    SKEL_FREE(&buffer);
    skel_checksum_end(&checksum, out);
    if (status != SKEL_OK) {
        out[0] = '\0';
    }
    return status;
}

/* Scalars, and texts of any length, which HDF5 allocates: all at once. */
static skel_status add_whole(const dataset_slices *it, size_t count, const char *label, char out[])
{
    void *data = NULL;
    skel_status status = SKEL_ALLOC(count, H5Tget_size(it->type), &data);

    if (status == SKEL_OK && count > 0 &&
        H5Dread(it->dataset, it->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
        status = skel_h5_fail_read(it->dataset, "%s: cannot be read", label);
    }
    if (status == SKEL_OK) {
        status = skel_h5_checksum_values(it->type, count, data, out);
    }
    if (data != NULL && H5Tis_variable_str(it->type) > 0) {
        (void)H5Dvlen_reclaim(it->type, it->space, H5P_DEFAULT, data);
    }
    SKEL_FREE(&data);
    return status;
}

skel_status skel_h5_checksum(hid_t dataset, const char *label, char out[])
{
    dataset_slices it = {.dataset = dataset, .type = H5Dget_type(dataset)};
    hssize_t count = 0;
    skel_status status = SKEL_OK;

    out[0] = '\0';
    it.space = H5Dget_space(dataset);
    count = H5Sget_simple_extent_npoints(it.space);
    it.dims = H5Sget_simple_extent_dims(it.space, it.shape, NULL);
    if (it.type < 0 || count < 0 || it.dims < 0 || H5Tget_size(it.type) == 0) {
        status = skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read its shape", label);
    } else if (it.dims == 0 || H5Tis_variable_str(it.type) > 0) {
        status = add_whole(&it, (size_t)count, label, out);
    } else {
        status = add_slices(&it, label, out);
    }
    skel_h5_close(it.space);
    skel_h5_close(it.type);
    return status;
}
