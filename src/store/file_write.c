/* Datasets: the ranks write together, each one a range of the first dimension. */
#include "file_internal.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

enum {
    CHUNK_BYTES = 1 << 18, /* compressed in one piece; a chunk is one rank's work */
    DEFLATE_LEVEL = 5,
};

/* A dataset on its way into the file: the spec with a type that may be text. */
typedef struct dataset_plan {
    const skel_file_dataset *spec;
    hid_t file_type;
    hid_t memory_type;
    size_t bytes; /* of an element */
    size_t count; /* elements */
    size_t unit;  /* rows that must stay together: of a chunk, else 1 */
} dataset_plan;

static dataset_plan make_plan(const skel_file_dataset *spec, hid_t file_type, hid_t memory_type,
                              size_t bytes)
{
    dataset_plan made = {spec, file_type, memory_type, bytes, 1, 1};

    SKEL_ASSERT(spec->dims >= 1 && spec->dims <= 4);
    for (size_t i = 0; i < spec->dims; i++) {
        made.count *= spec->shape[i];
    }
    if (spec->deflate && made.count > 0) {
        size_t row = made.count / spec->shape[0] * bytes;

        made.unit = row < CHUNK_BYTES ? CHUNK_BYTES / row : 1;
        made.unit = made.unit < spec->shape[0] ? made.unit : spec->shape[0];
    }
    return made;
}

/* Rows [*start, *start + *count) of a rank: whole chunks, spread evenly, none for some. */
static void find_slab(const dataset_plan *plan, const skel_comm *comm, size_t *start, size_t *count)
{
    size_t rows = plan->spec->shape[0];
    size_t units = (rows + plan->unit - 1) / plan->unit;
    size_t rank = (size_t)skel_comm_rank(comm);
    size_t size = (size_t)skel_comm_size(comm);
    size_t end = units * (rank + 1) / size * plan->unit;

    *start = units * rank / size * plan->unit;
    end = end < rows ? end : rows;
    *count = end > *start ? end - *start : 0;
}

/* Layout: contiguous and allocated at once, or chunked and compressed. */
static hid_t make_layout(const dataset_plan *plan)
{
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    herr_t failed = 0;

    failed |= H5Pset_alloc_time(layout, H5D_ALLOC_TIME_EARLY);
    failed |= H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER);
    if (plan->spec->deflate && plan->count > 0) {
        hsize_t chunk[4] = {plan->unit, 1, 1, 1};

        for (size_t i = 1; i < plan->spec->dims; i++) {
            chunk[i] = plan->spec->shape[i];
        }
        failed |= H5Pset_chunk(layout, (int)plan->spec->dims, chunk);
        failed |= H5Pset_deflate(layout, DEFLATE_LEVEL);
    }
    if (failed < 0) {
        (void)H5Pclose(layout);
        return -1;
    }
    return layout;
}

static skel_status create_dataset(skel_file *file, const dataset_plan *plan, hid_t *dataset)
{
    hsize_t shape[4] = {0};
    hid_t layout = make_layout(plan);
    hid_t space = -1;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < plan->spec->dims; i++) {
        shape[i] = plan->spec->shape[i];
    }
    space = H5Screate_simple((int)plan->spec->dims, shape, NULL);
    *dataset = H5Dcreate2(file->id, plan->spec->path, plan->file_type, space, H5P_DEFAULT, layout,
                          H5P_DEFAULT);
    if (*dataset < 0) { /* closing anything would make HDF5 forget the reason */
        status = skel_h5_fail(SKEL_ERR_IO, "cannot create %s of %s", plan->spec->path, file->path);
    }
    (void)H5Sclose(space);
    (void)H5Pclose(layout);
    return status;
}

/* This rank's part of the collective write; a rank without rows takes part with none. */
static skel_status write_slab(skel_file *file, const dataset_plan *plan, hid_t dataset)
{
    hid_t in_file = H5Dget_space(dataset);
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    hid_t in_memory = -1;
    hsize_t start[4] = {0};
    hsize_t shape[4] = {0};
    size_t first = 0;
    size_t rows = 0;
    size_t row = plan->count / plan->spec->shape[0] * plan->bytes;
    herr_t result = 0;
    skel_status status = SKEL_OK;

    find_slab(plan, file->comm, &first, &rows);
    for (size_t i = 1; i < plan->spec->dims; i++) {
        shape[i] = plan->spec->shape[i];
    }
    start[0] = first;
    shape[0] = rows > 0 ? rows : 1;
    in_memory = H5Screate_simple((int)plan->spec->dims, shape, NULL);
    if (rows > 0) {
        result |= H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, shape, NULL);
    } else {
        result |= H5Sselect_none(in_file);
        result |= H5Sselect_none(in_memory);
    }
    if (skel_comm_mpi(file->comm) != NULL) {
        result |= H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    }
    if (result >= 0) {
        result = H5Dwrite(dataset, plan->memory_type, in_memory, in_file, transfer,
                          (const char *)plan->spec->data + first * row);
    }
    if (result < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot write %s of %s", plan->spec->path, file->path);
    }
    (void)H5Sclose(in_memory);
    (void)H5Pclose(transfer);
    (void)H5Sclose(in_file);
    return status;
}

/* Every call of HDF5 that a dataset needs; collective, without agreement in between. */
static skel_status write_all(skel_file *file, const dataset_plan *plan, const char *checksum)
{
    const skel_file_dataset *spec = plan->spec;
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_make_groups(file, spec->path, false));
    SKEL_TRY(create_dataset(file, plan, &dataset));
    if (plan->count > 0) {
        SKEL_TRY(write_slab(file, plan, dataset));
    }
    SKEL_TRY(skel_file_attach_text(file, dataset, SKEL_CHECKSUM_ATTRIBUTE, checksum));
    if (spec->units != NULL) {
        SKEL_TRY(skel_file_attach_text(file, dataset, "units", spec->units));
    }
done:
    if (dataset >= 0 && H5Dclose(dataset) < 0 && status == SKEL_OK) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot close %s of %s", spec->path, file->path);
    }
    return status;
}

/* Remembers the dataset so that publishing can read it back. */
static skel_status remember(skel_file *file, const char *path, const char *checksum)
{
    skel_written *entry = NULL;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < file->count; i++) {
        if (strcmp(file->written[i].path, path) == 0) {
            return SKEL_FAIL(SKEL_ERR_INTERNAL, "%s: %s is written twice", file->path, path);
        }
    }
    SKEL_TRY(SKEL_GROW(file->count + 1, sizeof *file->written, &file->written));
    entry = &file->written[file->count];
    SKEL_TRY(skel_strdup(path, &entry->path));
    (void)snprintf(entry->checksum, sizeof entry->checksum, "%s", checksum);
    file->count++;
done:
    return status;
}

static skel_status write_plan(skel_file *file, const dataset_plan *plan)
{
    char checksum[SKEL_CHECKSUM_TEXT];
    size_t bytes = plan->count * plan->bytes;
    skel_status status = SKEL_OK;

    skel_checksum_xxh3(bytes, plan->spec->data, checksum);
    SKEL_TRY(skel_comm_agree(file->comm, remember(file, plan->spec->path, checksum)));
    SKEL_TRY(skel_file_reserve(file, bytes, plan->spec->path));
    SKEL_TRY(skel_file_settle(file, write_all(file, plan, checksum)));
done:
    return status;
}

skel_status skel_file_write(skel_file *file, const skel_file_dataset *spec)
{
    dataset_plan plan =
        make_plan(spec, skel_h5_file_type(spec->element), skel_h5_memory_type(spec->element),
                  skel_h5_element_bytes(spec->element));

    return write_plan(file, &plan);
}

/* [count][*width], padded with zeros. */
static skel_status pad_texts(size_t count, const char *const texts[], size_t *width, char **out)
{
    skel_status status = SKEL_OK;

    *width = 1;
    for (size_t i = 0; i < count; i++) {
        *width = strlen(texts[i]) > *width ? strlen(texts[i]) : *width;
    }
    status = SKEL_ALLOC(count, *width, out);
    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        memcpy(*out + i * *width, texts[i], strlen(texts[i]));
    }
    return status;
}

skel_status skel_file_write_texts(skel_file *file, const char *path, size_t count,
                                  const char *const texts[])
{
    skel_file_dataset spec = {.path = path, .dims = 1, .shape = {count}};
    char *padded = NULL;
    size_t width = 1;
    hid_t type = -1;
    dataset_plan plan;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(file->comm, pad_texts(count, texts, &width, &padded)));
    type = skel_h5_text_type(width);
    spec.data = padded;
    plan = make_plan(&spec, type, type, width);
    SKEL_TRY(write_plan(file, &plan));
done:
    if (type >= 0) {
        (void)H5Tclose(type);
    }
    SKEL_FREE(&padded);
    return status;
}
