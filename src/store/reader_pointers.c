/* Texts of variable length in datasets: HDF5 follows their pointers without looking. */
#include "reader_pointers.h"

#include "global_heap.h"

#include "skel/input.h"
#include "skel/memory.h"

static skel_status check_block(skel_reader *reader, size_t bytes, const uint8_t block[])
{
    hid_t creation = H5Fget_create_plist(reader->id);
    hsize_t user = 0;
    skel_blocks file = {
        .descriptor = skel_reader_descriptor(reader), .path = reader->path, .bytes = reader->bytes};

    if (creation >= 0) {
        (void)H5Pget_userblock(creation, &user);
        (void)H5Pclose(creation);
    }
    file.base = user;
    return skel_global_heap_check(&file, bytes / SKEL_TEXT_ELEMENT, block);
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

static skel_status check_chunk(skel_reader *reader, const char *path, hid_t dataset, hid_t space,
                               hsize_t index)
{
    hsize_t offset[H5S_MAX_RANK] = {0};
    haddr_t address = HADDR_UNDEF;
    hsize_t bytes = 0;
    unsigned filters = 0;
    uint32_t skipped = 0;
    uint8_t *block = NULL;
    skel_status status = SKEL_OK;

    if (H5Dget_chunk_info(dataset, space, index, offset, &filters, &address, &bytes) < 0 ||
        bytes > reader->bytes) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
    }
    SKEL_TRY(SKEL_ALLOC_RAW((size_t)bytes, 1, &block));
    if (H5Dread_chunk(dataset, H5P_DEFAULT, offset, &skipped, block) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read %s", reader->path, path));
    }
    status = check_block(reader, (size_t)bytes, block);
done:
    SKEL_FREE(&block);
    return status;
}

static skel_status check_chunks(skel_reader *reader, const char *path, hid_t dataset)
{
    hid_t space = H5Dget_space(dataset);
    hsize_t count = 0;
    skel_status status = SKEL_OK;

    if (space < 0 || H5Dget_num_chunks(dataset, space, &count) < 0) {
        status =
            skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
    }
    for (hsize_t i = 0; i < count && status == SKEL_OK; i++) {
        status = check_chunk(reader, path, dataset, space, i);
    }
    if (space >= 0) {
        (void)H5Sclose(space);
    }
    return status;
}

skel_status skel_reader_check_pointers(skel_reader *reader, const char *path, hid_t dataset,
                                       H5D_layout_t layout, bool has_filters, size_t bytes)
{
    if (layout == H5D_CONTIGUOUS) {
        return bytes > 0 ? check_contiguous(reader, dataset, bytes) : SKEL_OK;
    }
    if (layout == H5D_CHUNKED && !has_filters) {
        return check_chunks(reader, path, dataset);
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s: %s has texts of variable length that are %s: skel reads them from "
                     "contiguous datasets and from chunks without filters",
                     reader->path, path, has_filters ? "compressed" : "in the object's header");
}
