/* Looks at each chunk where reading will find it, and counts the bytes that its filters give. */
#include "reader_chunks.h"

#include "chunk_grid.h"
#include "chunk_index.h"
#include "global_heap.h"

#include "skel/memory.h"

#include <zlib.h>

enum { ENTRY = 8, FEW = 1024 };      /* bytes of a list for each chunk; chunks of any file */
enum { FILTERS = 32, CHECKSUM = 4 }; /* of a dataset at most; bytes of Fletcher's checksum */

/* A dataset whose chunks are looked at. */
typedef struct looking {
    skel_reader *reader;
    const char *path;
    hid_t dataset;
    skel_chunk_grid grid;
    int filters;
    H5Z_filter_t filter[FILTERS]; /* in the order of writing */
    bool whole_alone;             /* chunks that reach beyond the extent have no filters */
} looking;

static bool read_filters(looking *at)
{
    hid_t creation = H5Dget_create_plist(at->dataset);
    unsigned options = 0;
    bool ok = creation >= 0;

    at->filters = ok ? H5Pget_nfilters(creation) : -1;
    ok = at->filters >= 0 && at->filters <= FILTERS && H5Pget_chunk_opts(creation, &options) >= 0;
    at->whole_alone = (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    for (int i = 0; ok && i < at->filters; i++) {
        unsigned flags = 0;
        size_t values = 0;

        at->filter[i] = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, NULL);
        ok = at->filter[i] >= 0;
    }
    skel_h5_close(creation);
    return ok;
}

/* A text of variable length is a pointer in memory, and has more bytes in the file. */
static size_t width_of(hid_t type)
{
    return H5Tis_variable_str(type) > 0 ? SKEL_TEXT_ELEMENT : H5Tget_size(type);
}

static bool read_shape(looking *at)
{
    hid_t type = H5Dget_type(at->dataset);
    bool ok = type >= 0 && skel_chunk_grid_read(at->dataset, width_of(type), &at->grid);

    skel_h5_close(type);
    return ok && read_filters(at);
}

static skel_status fail_layout(const looking *at)
{
    return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", at->reader->path,
                        at->path);
}

/* Bytes of a deflated stream's content; more than `most` if there are more, or if it is damaged. */
static size_t inflated(size_t bytes, uint8_t raw[], size_t most)
{
    uint8_t sink[1 << 14];
    z_stream stream = {.next_in = raw, .avail_in = (uInt)bytes};
    int result = inflateInit(&stream);

    while (result == Z_OK && stream.total_out <= most) {
        stream.next_out = sink;
        stream.avail_out = sizeof sink;
        result = inflate(&stream, Z_NO_FLUSH);
    }
    (void)inflateEnd(&stream);
    return result == Z_STREAM_END ? stream.total_out : most + 1;
}

/* What is wrong with a chunk's bytes; NULL: its filters give those of its elements. */
static const char *fault_of(const looking *at, uint32_t skipped, size_t bytes, uint8_t raw[])
{
    const size_t most = at->grid.bytes + (size_t)CHECKSUM * FILTERS;
    bool moved = false; /* what follows is in another order */

    for (int i = at->filters - 1; i >= 0; i--) {
        if ((skipped >> i & 1) != 0) {
            continue;
        }
        if (H5Zfilter_avail(at->filter[i]) <= 0) {
            return NULL; /* HDF5 refuses it */
        }
        switch (at->filter[i]) {
        case H5Z_FILTER_FLETCHER32:
            bytes = bytes < CHECKSUM ? 0 : bytes - CHECKSUM;
            break;
        case H5Z_FILTER_SHUFFLE:
            moved = true;
            break;
        case H5Z_FILTER_DEFLATE:
            if (moved) {
                return "has its filters in an order that skel does not read";
            }
            bytes = inflated(bytes, raw, most);
            moved = true;
            break;
        default:
            return "has a filter that skel does not read: it reads deflate, shuffle and fletcher32";
        }
    }
    return bytes == at->grid.bytes ? NULL : "is damaged: it has not the bytes of its elements";
}

static skel_status check_filtered(const looking *at, const hsize_t offset[], size_t stored)
{
    uint8_t *raw = NULL;
    uint32_t skipped = 0;
    const char *fault = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(stored, 1, &raw));
    if (H5Dread_chunk(at->dataset, H5P_DEFAULT, offset, &skipped, raw) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read %s", at->reader->path, at->path));
    }
    fault = fault_of(at, skipped, stored, raw);
    if (fault != NULL) {
        status =
            SKEL_FAIL(SKEL_ERR_DATA, "%s: a chunk of %s %s", at->reader->path, at->path, fault);
    }
done:
    SKEL_FREE(&raw);
    return status;
}

/* A chunk that was never written has no bytes, which HDF5 calls an error, and reading it gives the
 * fill value. If HDF5 cannot find the chunk, reading will say so. */
static skel_status check_chunk(const looking *at, const hsize_t offset[])
{
    bool filtered = !(at->whole_alone && skel_chunk_grid_is_partial(&at->grid, offset));
    hsize_t stored = 0;

    if (H5Dget_chunk_storage_size(at->dataset, offset, &stored) < 0) {
        if (skel_h5_system_has_failed()) {
            return fail_layout(at);
        }
        (void)H5Eclear2(H5E_DEFAULT);
        return SKEL_OK;
    }
    if (stored > at->reader->bytes || (stored > 0 && !filtered && stored != at->grid.bytes)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: a chunk of %s has %llu bytes, expected %zu",
                         at->reader->path, at->path, (unsigned long long)stored, at->grid.bytes);
    }
    return stored > 0 && filtered ? check_filtered(at, offset, (size_t)stored) : SKEL_OK;
}

skel_status skel_reader_check_chunk_list(skel_reader *reader, const char *path, hid_t dataset)
{
    looking at = {.reader = reader, .path = path, .dataset = dataset};
    skel_blocks file = {.descriptor = skel_reader_descriptor(reader),
                        .path = reader->path,
                        .bytes = reader->bytes,
                        .base = skel_reader_base(reader)};
    H5O_info_t info;

    if (!read_shape(&at) || H5Oget_info2(dataset, &info, H5O_INFO_BASIC) < 0) {
        return fail_layout(&at);
    }
    return skel_chunk_index_check(&file, info.addr, &at.grid, at.filters > 0);
}

skel_status skel_reader_check_chunks(skel_reader *reader, const char *path, hid_t dataset)
{
    looking at = {.reader = reader, .path = path, .dataset = dataset};
    hsize_t offset[H5S_MAX_RANK] = {0};
    uint64_t count = 0;
    skel_status status = SKEL_OK;

    if (!read_shape(&at)) {
        return fail_layout(&at);
    }
    count = skel_chunk_grid_count(&at.grid, at.grid.extent);
    if (count > FEW && count > reader->bytes / ENTRY) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s claims %llu chunks, but the file (%zu bytes) holds fewer",
                         reader->path, path, (unsigned long long)count, reader->bytes);
    }
    if (count > 0 && at.filters > 0) { /* the list has been looked at */
        do {
            status = check_chunk(&at, offset);
        } while (status == SKEL_OK && skel_chunk_grid_step(&at.grid, offset));
    }
    return status;
}
