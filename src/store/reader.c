/* Opening a finished file, without locks and without MPI. */
#include "reader_internal.h"

#include "skel/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What can be said without HDF5: it would name none of these reasons. */
static skel_status look(const char *path)
{
    struct stat info;
    int error = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    }
    error = fstat(descriptor, &info) != 0 ? errno : 0;
    (void)close(descriptor);
    if (error != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot open %s: %s", path, strerror(error));
    }
    if (!S_ISREG(info.st_mode)) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot read %s: it is %s, not a file", path,
                         S_ISDIR(info.st_mode) ? "a folder" : "a device");
    }
    if (info.st_size == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s is empty, not an HDF5 file", path);
    }
    return SKEL_OK;
}

static skel_status open_hdf5(skel_reader *reader)
{
    hid_t access = skel_h5_access(NULL);
    skel_status status = SKEL_OK;

    /* What this opens must also be what others wrote with any version of the library. */
    (void)H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
    if (H5Fis_hdf5(reader->path) <= 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s is not an HDF5 file, or its first bytes are damaged",
                           reader->path);
    } else {
        reader->id = H5Fopen(reader->path, H5F_ACC_RDONLY, access);
        if (reader->id < 0) {
            status = skel_h5_fail(SKEL_ERR_DATA, "%s is damaged or truncated", reader->path);
        }
    }
    (void)H5Pclose(access);
    return status;
}

skel_status skel_reader_open(const char *path, skel_reader **out)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(look(path));
    SKEL_TRY(SKEL_ALLOC(1, sizeof *reader, &reader));
    reader->id = -1;
    SKEL_TRY(skel_strdup(path, &reader->path));
    SKEL_TRY(open_hdf5(reader));
    *out = reader;
    reader = NULL;
done:
    skel_reader_close(&reader);
    return status;
}

void skel_reader_close(skel_reader **reader)
{
    if (*reader == NULL) {
        return;
    }
    if ((*reader)->id >= 0) {
        (void)H5Fclose((*reader)->id);
    }
    SKEL_FREE(&(*reader)->path);
    SKEL_FREE(reader);
}

bool skel_reader_has(skel_reader *reader, const char *path)
{
    /* The root is there without a link. A missing parent makes H5Lexists fail: also "no". */
    bool has = strcmp(path, "/") == 0 || H5Lexists(reader->id, path, H5P_DEFAULT) > 0;

    (void)H5Eclear2(H5E_DEFAULT);
    return has;
}

bool skel_reader_is_dataset(skel_reader *reader, const char *path)
{
    H5O_info_t info;
    bool is_dataset =
        skel_reader_has(reader, path) &&
        H5Oget_info_by_name2(reader->id, path, &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
        info.type == H5O_TYPE_DATASET;

    (void)H5Eclear2(H5E_DEFAULT);
    return is_dataset;
}

const char *skel_reader_path(const skel_reader *reader)
{
    return reader->path;
}
