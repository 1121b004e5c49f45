/* Opening an object of a file. Links that lead out of the file are never followed, and a dataset
 * must hold the values that it claims to have. */
#include "reader_chunks.h"
#include "reader_internal.h"
#include "reader_pointers.h"

#include <stdio.h>
#include <string.h>

enum {
    DEFLATE_RATIO = 1032, /* deflate makes nothing smaller than this share of it */
    SLACK = 1 << 20,      /* bytes that a compressed dataset may claim in any case */
};

/* The root is there without a link. A missing parent makes H5Lexists fail: also "no". */
static bool exists(skel_reader *reader, const char *path)
{
    return strcmp(path, "/") == 0 || H5Lexists(reader->id, path, reader->links) > 0;
}

skel_status skel_reader_end_look(const skel_reader *reader, const char *path)
{
    if (skel_h5_system_has_failed()) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot look for %s", reader->path, path);
    }
    (void)H5Eclear2(H5E_DEFAULT);
    return SKEL_OK;
}

/* Asks a question of an object, unless an earlier one could not be answered. */
static skel_status ask(skel_reader *reader, const char *path,
                       bool question(skel_reader *reader, const char *path), bool *answer)
{
    skel_status status = skel_reader_recall(reader);

    *answer = status == SKEL_OK && question(reader, path);
    return status == SKEL_OK ? skel_reader_end_look(reader, path) : status;
}

skel_status skel_reader_look(skel_reader *reader, const char *path, bool *has)
{
    return ask(reader, path, exists, has);
}

bool skel_reader_has(skel_reader *reader, const char *path)
{
    bool has = false;

    skel_reader_remember(reader, skel_reader_look(reader, path, &has));
    return has;
}

/* The link of a path that is no hard link, and where it leads; false if there is none. */
static bool find_soft_link(skel_reader *reader, const char *path, size_t size, char out[])
{
    char link[SKEL_READER_PATH];
    const char *slash = path;
    H5L_info_t info = {.type = H5L_TYPE_HARD};

    while (slash != NULL && info.type == H5L_TYPE_HARD) {
        slash = strchr(slash + 1, '/');
        (void)snprintf(link, sizeof link, "%.*s", slash != NULL ? (int)(slash - path) : -1, path);
        if (H5Lget_info(reader->id, link, &info, reader->links) < 0) {
            return false;
        }
    }
    if (info.type == H5L_TYPE_HARD) {
        return false;
    }
    (void)snprintf(out, size, "%s is a link%s", link,
                   info.type == H5L_TYPE_SOFT
                       ? " that leads to nothing in this file"
                       : " to another file, and such links are not followed");
    return true;
}

skel_status skel_reader_object(skel_reader *reader, const char *path, hid_t *out)
{
    char link[SKEL_READER_PATH + 128];
    bool has = false;
    skel_status status = skel_reader_look(reader, path, &has);

    *out = -1;
    SKEL_TRY(status);
    if (!has) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: there is no %s", reader->path, path);
    }
    *out = H5Oopen(reader->id, path, reader->links);
    if (*out >= 0) {
        return SKEL_OK;
    }
    status = skel_h5_fail(SKEL_ERR_DATA, "%s: cannot open %s", reader->path, path);
    if (status == SKEL_ERR_DATA && find_soft_link(reader, path, sizeof link, link)) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s", reader->path, link);
    }
    (void)H5Eclear2(H5E_DEFAULT);
done:
    return status;
}

static bool is_dataset(skel_reader *reader, const char *path)
{
    hid_t object = exists(reader, path) ? H5Oopen(reader->id, path, reader->links) : -1;
    bool is = object >= 0 && H5Iget_type(object) == H5I_DATASET;

    skel_h5_close(object);
    return is;
}

skel_status skel_reader_look_dataset(skel_reader *reader, const char *path, bool *is)
{
    return ask(reader, path, is_dataset, is);
}

bool skel_reader_is_dataset(skel_reader *reader, const char *path)
{
    bool is = false;

    skel_reader_remember(reader, skel_reader_look_dataset(reader, path, &is));
    return is;
}

skel_status skel_reader_dataset(skel_reader *reader, const char *path, hid_t *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_object(reader, path, out));
    if (H5Iget_type(*out) != H5I_DATASET) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is not a dataset", reader->path, path));
    }
    SKEL_TRY(skel_reader_check_claim(reader, path, *out));
done:
    if (status != SKEL_OK && *out >= 0) {
        skel_h5_close(*out);
        *out = -1;
    }
    return status;
}

/* How a dataset lies in the file. */
typedef struct extent {
    H5D_layout_t layout;
    bool elsewhere; /* values in other files */
    bool compressed;
    bool texts;    /* of variable length: elements point to them */
    bool readable; /* texts, or elements that are whole in themselves */
    size_t claimed;
    size_t stored;
    bool inside; /* the file is long enough for what is stored */
} extent;

/* A virtual dataset is not asked for its size: that would open other files. */
static bool read_layout(hid_t dataset, extent *out)
{
    hid_t creation = H5Dget_create_plist(dataset);

    if (creation < 0) {
        return false;
    }
    out->layout = H5Pget_layout(creation);
    out->elsewhere = out->layout == H5D_VIRTUAL || H5Pget_external_count(creation) > 0;
    out->compressed = H5Pget_nfilters(creation) > 0;
    skel_h5_close(creation);
    return out->layout != H5D_LAYOUT_ERROR;
}

static bool is_text(hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

static bool leads_elsewhere(hid_t type);

static bool part_leads_elsewhere(hid_t part)
{
    bool leads = part >= 0 && leads_elsewhere(part);

    skel_h5_close(part);
    return leads;
}

/* Whether elements lead to values elsewhere in the file: HDF5 follows that without looking, and an
 * element's bytes in the file are not those in memory. */
static bool leads_elsewhere(hid_t type)
{
    bool leads = H5Tget_class(type) == H5T_VLEN || is_text(type);

    if (H5Tget_class(type) == H5T_ARRAY) {
        leads = part_leads_elsewhere(H5Tget_super(type));
    }
    if (H5Tget_class(type) == H5T_COMPOUND) {
        for (int i = 0; i < H5Tget_nmembers(type) && !leads; i++) {
            leads = part_leads_elsewhere(H5Tget_member_type(type, (unsigned)i));
        }
    }
    return leads;
}

static bool read_kind(hid_t dataset, extent *out)
{
    hid_t type = H5Dget_type(dataset);

    if (type < 0) {
        return false;
    }
    out->texts = is_text(type);
    out->readable = out->texts || !leads_elsewhere(type);
    skel_h5_close(type);
    return true;
}

static bool read_extent(skel_reader *reader, hid_t dataset, extent *out)
{
    hid_t space = H5Dget_space(dataset);
    hid_t type = H5Dget_type(dataset);
    hssize_t points = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    size_t width = type < 0 ? 0 : H5Tget_size(type);
    bool ok = points >= 0 && width > 0;
    haddr_t offset = HADDR_UNDEF;

    ok = ok && !__builtin_mul_overflow((size_t)points, width, &out->claimed);
    out->stored = H5Dget_storage_size(dataset);
    ok = ok && !(out->stored == 0 && skel_h5_has_failed());
    offset = ok && out->layout == H5D_CONTIGUOUS ? H5Dget_offset(dataset) : HADDR_UNDEF;
    out->inside = out->stored <= reader->bytes &&
                  (offset == HADDR_UNDEF || offset <= reader->bytes - out->stored);
    skel_h5_close(space);
    skel_h5_close(type);
    return ok;
}

/* Whether as many bytes as are stored can be what is claimed. */
static bool is_credible(const extent *found)
{
    size_t most = 0;

    if (found->texts) { /* a pointer takes more room in the file than in memory */
        return found->claimed <= found->stored;
    }
    if (found->layout != H5D_CHUNKED) {
        return found->claimed == found->stored;
    }
    if (__builtin_mul_overflow(found->stored, (size_t)DEFLATE_RATIO, &most)) {
        return true;
    }
    return found->claimed <= (found->compressed ? most : found->stored) || found->claimed <= SLACK;
}

skel_status skel_reader_check_claim(skel_reader *reader, const char *path, hid_t dataset)
{
    extent found = {0};
    skel_status status = SKEL_OK;

    if (!read_layout(dataset, &found) || !read_kind(dataset, &found)) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the layout of %s", reader->path, path);
    }
    if (found.elsewhere) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the values of %s are in another file; expected them in this one",
                         reader->path, path);
    }
    if (!found.readable) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: the elements of %s have parts of variable length, which skel reads "
                         "of no dataset but one of texts",
                         reader->path, path);
    }
    if (found.layout == H5D_CHUNKED) {
        SKEL_TRY(skel_reader_check_chunk_list(reader, path, dataset));
    }
    if (!read_extent(reader, dataset, &found)) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot read the shape of %s", reader->path, path);
    }
    if (!is_credible(&found) || !found.inside) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s: %s claims %zu bytes of values, but the file (%zu bytes) holds %zu of "
                         "them%s",
                         reader->path, path, found.claimed, reader->bytes, found.stored,
                         found.stored == 0 ? ": it was created and never written" : "");
    }
    if (found.layout == H5D_CHUNKED) {
        SKEL_TRY(skel_reader_check_chunks(reader, path, dataset));
    }
    if (found.texts) {
        SKEL_TRY(skel_reader_check_pointers(reader, path, dataset, found.layout, found.compressed,
                                            found.stored));
    }
done:
    return status;
}
