/* Texts of variable length in datasets: HDF5 follows their pointers without looking. */
#include "reader_pointers.h"

#include "global_heap.h"

#include "skel/input.h"
#include "skel/memory.h"

enum { MOST_CHUNKS = 1 << 14 };

static skel_status check_block(skel_reader *reader, size_t bytes, const uint8_t block[])
{
    hid_t creation = H5Fget_create_plist(reader->id);
    hsize_t user = 0;
    skel_text_places places = {0};
    skel_blocks file = {
        .descriptor = skel_reader_descriptor(reader), .path = reader->path, .bytes = reader->bytes};
    skel_status status = SKEL_OK;

    if (creation >= 0) {
        (void)H5Pget_userblock(creation, &user);
        (void)H5Pclose(creation);
    }
    file.base = user;
    SKEL_TRY(skel_text_places_add(&places, bytes / SKEL_TEXT_ELEMENT, block));
    status = skel_text_places_check(&file, &places);
done:
    SKEL_FREE(&places.at);
    return status;
}

/* Values one behind the other in the file. */
static skel_status check_contiguous(skel_reader *reader, hid_t dataset, size_t bytes)
{
    uint8_t *block = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, &block));
    SKEL_TRY(skel_input_read_whole(skel_reader_descriptor(reader), reader->path,
                                   H5Dget_offset(dataset), bytes, block));
    status = check_block(reader, bytes, block);
done:
    SKEL_FREE(&block);
    return status;
}

/* How a dataset is divided into chunks. */
typedef struct grid {
    int dims;
    hsize_t extent[H5S_MAX_RANK];
    hsize_t chunk[H5S_MAX_RANK];
    size_t bytes; /* of each chunk's elements */
} grid;

static bool read_grid(hid_t dataset, grid *out)
{
    hid_t space = H5Dget_space(dataset);
    hid_t creation = H5Dget_create_plist(dataset);
    bool ok = space >= 0 && creation >= 0;

    out->dims = ok ? H5Sget_simple_extent_dims(space, out->extent, NULL) : -1;
    ok = out->dims > 0 && H5Pget_chunk(creation, out->dims, out->chunk) == out->dims;
    out->bytes = SKEL_TEXT_ELEMENT;
    for (int i = 0; i < out->dims && ok; i++) {
        ok = out->chunk[i] > 0 &&
             !__builtin_mul_overflow(out->bytes, (size_t)out->chunk[i], &out->bytes);
    }
    if (space >= 0) {
        (void)H5Sclose(space);
    }
    if (creation >= 0) {
        (void)H5Pclose(creation);
    }
    return ok;
}

/* Moves on to the next chunk; false behind the last one. */
static bool step(const grid *in, hsize_t offset[])
{
    for (int i = in->dims - 1; i >= 0; i--) {
        if (in->extent[i] - offset[i] > in->chunk[i]) {
            offset[i] += in->chunk[i];
            return true;
        }
        offset[i] = 0;
    }
    return false;
}

/* Every entry of the index of chunks has the size of a chunk: HDF5 1.10 reads as many bytes as an
 * entry says, and a damaged index can have two entries for one place, of which each function of the
 * library finds another one. Asking for an entry by its number takes as many steps as the number.
 */
static skel_status check_sizes(skel_reader *reader, const char *path, hid_t dataset, size_t bytes)
{
    hid_t space = H5Dget_space(dataset);
    hsize_t count = 0;
    bool ok = space >= 0 && H5Dget_num_chunks(dataset, space, &count) >= 0;
    skel_status status = SKEL_OK;

    if (ok && count > MOST_CHUNKS) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: %s has %llu chunks of texts of variable length; skel reads at most "
                           "%d",
                           reader->path, path, (unsigned long long)count, MOST_CHUNKS);
    }
    for (hsize_t i = 0; ok && i < count && status == SKEL_OK; i++) {
        hsize_t offset[H5S_MAX_RANK];
        haddr_t address = HADDR_UNDEF;
        hsize_t stored = 0;
        unsigned filters = 0;

        ok = H5Dget_chunk_info(dataset, space, i, offset, &filters, &address, &stored) >= 0;
        if (ok && stored != bytes) {
            status = SKEL_FAIL(SKEL_ERR_DATA,
                               "%s is damaged: a chunk of %s has %llu bytes, expected %zu",
                               reader->path, path, (unsigned long long)stored, bytes);
        }
    }
    if (space >= 0) {
        (void)H5Sclose(space);
    }
    return ok ? status
              : skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
}

/* A chunk that was never written has no values. */
static skel_status check_chunk(skel_reader *reader, const char *path, hid_t dataset, size_t bytes,
                               const hsize_t offset[], uint8_t block[])
{
    haddr_t address = HADDR_UNDEF;
    hsize_t stored = 0;
    unsigned filters = 0;
    uint32_t skipped = 0;

    if (H5Dget_chunk_info_by_coord(dataset, offset, &filters, &address, &stored) < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
    }
    if (address == HADDR_UNDEF) {
        return SKEL_OK;
    }
    if (H5Dread_chunk(dataset, H5P_DEFAULT, offset, &skipped, block) < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read %s", reader->path, path);
    }
    return check_block(reader, bytes, block);
}

/* The dataset claims no more elements than the file holds, so it has no more chunks either. */
static skel_status check_chunks(skel_reader *reader, const char *path, hid_t dataset, bool is_empty)
{
    hsize_t offset[H5S_MAX_RANK] = {0};
    uint8_t *block = NULL;
    grid in = {0};
    skel_status status = SKEL_OK;

    if (is_empty) {
        return SKEL_OK;
    }
    if (!read_grid(dataset, &in) || in.bytes > reader->bytes) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
    }
    SKEL_TRY(check_sizes(reader, path, dataset, in.bytes));
    SKEL_TRY(SKEL_ALLOC_RAW(in.bytes, 1, &block));
    do {
        SKEL_TRY(check_chunk(reader, path, dataset, in.bytes, offset, block));
    } while (step(&in, offset));
done:
    SKEL_FREE(&block);
    return status;
}

skel_status skel_reader_check_pointers(skel_reader *reader, const char *path, hid_t dataset,
                                       H5D_layout_t layout, bool has_filters, size_t bytes)
{
    if (layout == H5D_CONTIGUOUS) {
        return bytes > 0 ? check_contiguous(reader, dataset, bytes) : SKEL_OK;
    }
    if (layout == H5D_CHUNKED && !has_filters) {
        return check_chunks(reader, path, dataset, bytes == 0);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s: %s has texts of variable length that are %s: skel reads them from "
                     "contiguous datasets and from chunks without filters",
                     reader->path, path, has_filters ? "filtered" : "in the object's header");
}
