/* Opening a finished file, without locks and without MPI. */
#include "headers_check.h"
#include "read_driver.h"
#include "reader_internal.h"
#include "seal.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <stdio.h>
#include <unistd.h>

/* What can be said without HDF5: it would name none of these reasons. */
static skel_status look(skel_reader *reader, skel_headers **headers)
{
    int descriptor = -1;
    bool cut = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_input_open(reader->path, &descriptor, &reader->bytes));
    if (reader->bytes == 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s is empty, not an HDF5 file", reader->path));
    }
    SKEL_TRY(skel_seal_is_cut(descriptor, reader->path, reader->bytes, &cut));
    if (cut) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA,
                           "%s is damaged or truncated: it ends within its last line",
                           reader->path));
    }
    status = skel_headers_check(descriptor, reader->path, reader->bytes, headers);
done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return status;
}

/* HDF5 calls this instead of opening the other file of an external link. */
static herr_t refuse_other_file(const char *parent_file, const char *parent_group,
                                const char *child_file, const char *child_object, unsigned *flags,
                                hid_t access, void *data)
{
    (void)parent_file;
    (void)parent_group;
    (void)child_file;
    (void)child_object;
    (void)flags;
    (void)access;
    (void)data;
    return -1;
}

static skel_status make_links(skel_reader *reader)
{
    reader->links = H5Pcreate(H5P_LINK_ACCESS);
    if (reader->links < 0 || H5Pset_elink_cb(reader->links, refuse_other_file, NULL) < 0) {
        return skel_h5_fail(SKEL_ERR_INTERNAL, "%s: cannot prepare to read", reader->path);
    }
    return SKEL_OK;
}

static skel_status open_hdf5(skel_reader *reader)
{
    hid_t access = skel_h5_access();
    htri_t is_hdf5 = false;
    skel_status status = SKEL_OK;

    /* What this opens must also be what others wrote with any version of the library. */
    (void)H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
    reader->driver = skel_read_driver_register();
    if (reader->driver < 0 || H5Pset_driver(access, reader->driver, NULL) < 0) {
        SKEL_TRY(skel_h5_fail(SKEL_ERR_INTERNAL, "%s: cannot prepare to read", reader->path));
    }
    is_hdf5 = H5Fis_hdf5(reader->path);
    if (is_hdf5 <= 0 && !skel_h5_system_has_failed()) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s is not an HDF5 file, or its first bytes are damaged",
                           reader->path));
    }
    reader->id = is_hdf5 > 0 ? H5Fopen(reader->path, H5F_ACC_RDONLY, access) : -1;
    if (reader->id < 0) {
        status = skel_h5_fail(
            SKEL_ERR_DATA, skel_h5_system_has_failed() ? "%s: open" : "%s is damaged or truncated",
            reader->path);
    }
done:
    skel_h5_close(access);
    return status;
}

skel_status skel_reader_open(const char *path, skel_reader **out)
{
    skel_reader *reader = NULL;
    skel_headers *headers = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *reader, &reader));
    reader->id = -1;
    reader->links = -1;
    reader->driver = -1;
    SKEL_TRY(skel_strdup(path, &reader->path));
    status = look(reader, &headers);
    if (status == SKEL_OK) {
        status = open_hdf5(reader);
    }
    if (status == SKEL_OK) {
        status = skel_headers_check_below(headers, skel_reader_descriptor(reader), reader->id);
    }
    if (status == SKEL_ERR_DATA && skel_input_check_written(path) != SKEL_OK) {
        goto done; /* it looks damaged while it is written; the last message says so */
    }
    SKEL_TRY(status);
    SKEL_TRY(make_links(reader));
    *out = reader;
    reader = NULL;
done:
    skel_headers_destroy(&headers);
    return skel_reader_close(&reader, status);
}

void skel_reader_remember(skel_reader *reader, skel_status status)
{
    if (status != SKEL_OK && reader->failed == SKEL_OK) {
        reader->failed = status;
        (void)snprintf(reader->failure, sizeof reader->failure, "%s", skel_error_message());
    }
    if (status != SKEL_OK) {
        skel_error_clear();
    }
}

skel_status skel_reader_recall(const skel_reader *reader)
{
    return reader->failed == SKEL_OK ? SKEL_OK
                                     : skel_error_set(reader->failed, "%s", reader->failure);
}

/* Whether a status may be the consequence of an answer that is wrong. */
static bool may_be_mistaken(skel_status status)
{
    return status != SKEL_ERR_IO && status != SKEL_ERR_STORAGE && status != SKEL_ERR_MEMORY &&
           status != SKEL_ERR_STOPPED;
}

skel_status skel_reader_close(skel_reader **reader, skel_status status)
{
    if (*reader == NULL) {
        return status;
    }
    if ((*reader)->failed != SKEL_OK && may_be_mistaken(status)) {
        status = skel_reader_recall(*reader);
    }
    skel_h5_close((*reader)->links);
    if ((*reader)->id >= 0) {
        (void)H5Fclose((*reader)->id);
    }
    /* Not before: HDF5 1.10 lets go of a driver, then calls its close. */
    if ((*reader)->driver >= 0) {
        (void)H5FDunregister((*reader)->driver);
    }
    skel_manifest_free(&(*reader)->manifest);
    SKEL_FREE(&(*reader)->path);
    SKEL_FREE(reader);
    return status;
}

uint64_t skel_reader_base(const skel_reader *reader)
{
    hid_t creation = H5Fget_create_plist(reader->id);
    hsize_t user = 0;

    if (creation >= 0) {
        (void)H5Pget_userblock(creation, &user);
        skel_h5_close(creation);
    }
    return user;
}

int skel_reader_descriptor(skel_reader *reader)
{
    void *handle = NULL;
    bool found = H5Fget_vfd_handle(reader->id, H5P_DEFAULT, &handle) >= 0 && handle != NULL;

    (void)H5Eclear2(H5E_DEFAULT);
    return found ? *(const int *)handle : -1;
}

bool skel_reader_is_sealed(skel_reader *reader)
{
    if (!reader->seal_looked) {
        int descriptor = skel_reader_descriptor(reader);

        reader->seal_looked = true;
        if (descriptor >= 0) {
            skel_reader_remember(reader, skel_seal_is_right(descriptor, reader->path, reader->bytes,
                                                            &reader->sealed, &reader->datasets));
        }
    }
    return reader->sealed;
}

const char *skel_reader_path(const skel_reader *reader)
{
    return reader->path;
}
