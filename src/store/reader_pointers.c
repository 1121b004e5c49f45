/* Texts of variable length in datasets: HDF5 follows their pointers without looking. */
#include "reader_pointers.h"

#include "chunk_grid.h"
#include "global_heap.h"

#include "skel/input.h"
#include "skel/memory.h"

static skel_status check_block(skel_reader *reader, size_t bytes, const uint8_t block[])
{
    skel_text_places places = {0};
    skel_blocks file = {.descriptor = skel_reader_descriptor(reader),
                        .path = reader->path,
                        .bytes = reader->bytes,
                        .base = skel_reader_base(reader)};
    skel_status status = SKEL_OK;

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
    skel_chunk_grid in = {0};
    skel_status status = SKEL_OK;

    if (is_empty) {
        return SKEL_OK;
    }
    if (!skel_chunk_grid_read(dataset, SKEL_TEXT_ELEMENT, &in) || in.bytes > reader->bytes) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
    }
    SKEL_TRY(SKEL_ALLOC_RAW(in.bytes, 1, &block));
    do {
        SKEL_TRY(check_chunk(reader, path, dataset, in.bytes, offset, block));
    } while (skel_chunk_grid_step(&in, offset));
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
