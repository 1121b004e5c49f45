/* Datasets. HDF5 on the root gives each one a place in the file and writes the small and the
 * compressed ones. All ranks write the large ones, each a part of the bytes. */
#include "file_plan.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

enum {
    CHUNK_BYTES = 1 << 18, /* compressed in one piece */
    DEFLATE_LEVEL = 5,
};

static skel_file_plan make_plan(const skel_file_dataset *spec, hid_t file_type, hid_t memory_type,
                                size_t bytes)
{
    skel_file_plan made = {spec, file_type, memory_type, bytes, 1, 1, NULL, NULL};

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

/* Layout: contiguous and allocated at once, or chunked and compressed. */
static hid_t make_layout(const skel_file_plan *plan)
{
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    herr_t failed = 0;

    failed |= H5Pset_obj_track_times(layout, false);
    failed |= H5Pset_fill_time(layout, H5D_FILL_TIME_NEVER);
    if (plan->spec->deflate && plan->count > 0) {
        hsize_t chunk[4] = {plan->unit, 1, 1, 1};

        for (size_t i = 1; i < plan->spec->dims; i++) {
            chunk[i] = plan->spec->shape[i];
        }
        failed |= H5Pset_chunk(layout, (int)plan->spec->dims, chunk);
        failed |= H5Pset_deflate(layout, DEFLATE_LEVEL);
    } else {
        failed |= H5Pset_alloc_time(layout, H5D_ALLOC_TIME_EARLY);
    }
    if (failed < 0) {
        skel_h5_close(layout);
        return -1;
    }
    return layout;
}

static skel_status create_dataset(skel_file *file, const skel_file_plan *plan, hid_t *dataset)
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
    if (*dataset < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot create %s of %s", plan->spec->path, file->path);
    }
    skel_h5_close(space);
    skel_h5_close(layout);
    return status;
}

/* Whether the ranks write the dataset, and not HDF5. */
static bool is_shared(const skel_file_plan *plan)
{
    return !plan->spec->deflate && plan->count * plan->bytes >= SKEL_FILE_BLOCK;
}

/* Root only: has HDF5 write the data, or give them a place in the file, which begins at *offset. */
static skel_status place_data(skel_file *file, const skel_file_plan *plan, hid_t dataset,
                              uint64_t *offset)
{
    bool failed = false;

    if (is_shared(plan)) {
        haddr_t found = H5Dget_offset(dataset);

        failed = found == HADDR_UNDEF;
        *offset = found;
    } else if (plan->count > 0) {
        failed = H5Dwrite(dataset, plan->memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                          plan->spec->data) < 0;
    }
    if (failed) {
        return skel_h5_fail(SKEL_ERR_IO, "cannot write %s of %s", plan->spec->path, file->path);
    }
    return skel_image_check(file->image);
}

/* Root only: a dataset and its attributes go into the manifest. */
static skel_status note(skel_file *file, const skel_file_plan *plan, const char *checksum)
{
    const skel_file_dataset *spec = plan->spec;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_note_dataset(file, spec, plan->file_type, checksum));
    SKEL_TRY(skel_file_note_text(file, spec->path, SKEL_CHECKSUM_ATTRIBUTE, checksum));
    if (spec->units != NULL) {
        SKEL_TRY(skel_file_note_text(file, spec->path, "units", spec->units));
    }
done:
    return status;
}

/* Root only: every call of HDF5 that a dataset needs, and room on the disk. */
static skel_status describe(skel_file *file, const skel_file_plan *plan, const char *checksum,
                            uint64_t *offset)
{
    const skel_file_dataset *spec = plan->spec;
    hid_t dataset = -1;
    skel_status status = SKEL_OK;

    SKEL_TRY(note(file, plan, checksum));
    SKEL_TRY(skel_file_make_groups(file, spec->path, false));
    SKEL_TRY(create_dataset(file, plan, &dataset));
    SKEL_TRY(place_data(file, plan, dataset, offset));
    SKEL_TRY(skel_file_attach_text(file, dataset, SKEL_CHECKSUM_ATTRIBUTE, checksum));
    if (spec->units != NULL) {
        SKEL_TRY(skel_file_attach_text(file, dataset, "units", spec->units));
    }
    SKEL_TRY(skel_file_reserve(file, spec->path));
done:
    if (dataset >= 0 && H5Dclose(dataset) < 0 && status == SKEL_OK) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot close %s of %s", spec->path, file->path);
    }
    return status;
}

static skel_status check_new(const skel_file *file, const char *path)
{
    for (size_t i = 0; i < file->count; i++) {
        if (strcmp(file->written[i].path, path) == 0) {
            return SKEL_FAIL(SKEL_ERR_INTERNAL, "%s: %s is written twice", file->path, path);
        }
    }
    return SKEL_OK;
}

/* Remembers the dataset so that publishing can read it back. */
static skel_status remember(skel_file *file, const char *path, const char *checksum)
{
    skel_written *entry = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_GROW(file->count + 1, sizeof *file->written, &file->written));
    entry = &file->written[file->count];
    SKEL_TRY(skel_strdup(path, &entry->path));
    (void)snprintf(entry->checksum, sizeof entry->checksum, "%s", checksum);
    file->count++;
done:
    return status;
}

/* What the root says of a dataset. */
typedef struct dataset_place {
    uint64_t offset; /* of the first byte */
    char checksum[SKEL_CHECKSUM_TEXT];
} dataset_place;

/* Every rank's part of a dataset that the ranks write. */
static skel_status write_shared(skel_file *file, const skel_file_plan *plan,
                                const dataset_place *place)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(remember(file, plan->spec->path, place->checksum));
    SKEL_TRY(skel_file_plan_write(file, plan, place->offset));
done:
    return status;
}

/* The root alone sums a large dataset. */
static skel_status write_plan(skel_file *file, const skel_file_plan *plan)
{
    const char *path = plan->spec->path;
    bool is_root = skel_comm_is_root(file->comm);
    bool shared = is_shared(plan);
    dataset_place place = {0};
    skel_status status = check_new(file, path);

    if (status == SKEL_OK && (is_root || !shared)) {
        status = skel_file_plan_sum(plan, place.checksum);
    }
    if (status == SKEL_OK && !shared) {
        status = remember(file, path, place.checksum);
    }
    if (status == SKEL_OK && is_root) {
        status = describe(file, plan, place.checksum, &place.offset);
    }
    SKEL_TRY(skel_comm_agree(file->comm, status));
    if (shared) {
        skel_comm_broadcast(file->comm, sizeof place, &place);
        SKEL_TRY(skel_comm_agree(file->comm, write_shared(file, plan, &place)));
    }
done:
    return status;
}

skel_status skel_file_write(skel_file *file, const skel_file_dataset *spec)
{
    skel_file_plan plan =
        make_plan(spec, skel_h5_file_type(spec->element), skel_h5_memory_type(spec->element),
                  skel_h5_element_bytes(spec->element));

    return write_plan(file, &plan);
}

/* A dataset that HDF5 writes on the root is in memory as a whole. */
static skel_status write_small(skel_file *file, const skel_file_dataset *spec, size_t bytes,
                               skel_file_source *source, void *context)
{
    skel_file_dataset whole = *spec;
    char *data = NULL;
    skel_status status = SKEL_ALLOC_RAW(bytes, 1, &data);

    if (status == SKEL_OK && bytes > 0) {
        status = source(context, 0, bytes, data);
    }
    SKEL_TRY(skel_comm_agree(file->comm, status));
    whole.data = data;
    SKEL_TRY(skel_file_write(file, &whole));
done:
    SKEL_FREE(&data);
    return status;
}

skel_status skel_file_write_from(skel_file *file, const skel_file_dataset *spec,
                                 skel_file_source *source, void *context)
{
    skel_file_plan plan =
        make_plan(spec, skel_h5_file_type(spec->element), skel_h5_memory_type(spec->element),
                  skel_h5_element_bytes(spec->element));

    SKEL_ASSERT(!spec->deflate);
    if (!is_shared(&plan)) {
        return write_small(file, spec, plan.count * plan.bytes, source, context);
    }
    plan.source = source;
    plan.context = context;
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
                                  const char *const texts[], size_t *width)
{
    skel_file_dataset spec = {.path = path, .dims = 2, .shape = {count}};
    char *padded = NULL;
    hid_t type = -1;
    skel_file_plan plan;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(file->comm, pad_texts(count, texts, &spec.shape[1], &padded)));
    if (width != NULL) {
        *width = spec.shape[1];
    }
    type = skel_h5_text_type(1);
    spec.data = padded;
    plan = make_plan(&spec, type, type, 1);
    SKEL_TRY(write_plan(file, &plan));
    SKEL_TRY(skel_file_set_text(file, path, "_Encoding", "utf-8"));
done:
    skel_h5_close(type);
    SKEL_FREE(&padded);
    return status;
}
