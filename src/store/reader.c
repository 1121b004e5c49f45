/* A finished file, seen from outside: opened without locks and without MPI, its members listed. */
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

/* A list of names that is being filled from one of HDF5's visits. */
typedef struct collection {
    size_t count;
    char **names;
    skel_status status;
} collection;

skel_status skel_reader_add_name(size_t *count, char ***names, const char *name)
{
    skel_status status = SKEL_OK;

    /* The array doubles, so that long lists are not copied for every name. */
    if ((*count & (*count - 1)) == 0 || *count == 0) {
        SKEL_TRY(SKEL_GROW(*count == 0 ? 1 : 2 * *count, sizeof **names, names));
    }
    SKEL_TRY(skel_strdup(name, &(*names)[*count]));
    ++*count;
done:
    return status;
}

static herr_t collect_link(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    collection *found = data;

    (void)group;
    (void)info;
    found->status = skel_reader_add_name(&found->count, &found->names, name);
    return found->status == SKEL_OK ? 0 : -1;
}

static herr_t collect_attribute(hid_t object, const char *name, const H5A_info_t *info, void *data)
{
    collection *found = data;

    (void)object;
    (void)info;
    found->status = skel_reader_add_name(&found->count, &found->names, name);
    return found->status == SKEL_OK ? 0 : -1;
}

/* Whether a group remembers the order in which its members came. */
static bool keeps_order(hid_t group)
{
    hid_t creation = H5Gget_create_plist(group);
    unsigned order = 0;

    if (creation < 0) {
        return false;
    }
    if (H5Pget_link_creation_order(creation, &order) < 0) {
        order = 0;
    }
    (void)H5Pclose(creation);
    return (order & H5P_CRT_ORDER_TRACKED) != 0;
}

/* Hands a visit's result over, or frees it. */
static skel_status hand_over(skel_reader *reader, const char *what, herr_t result,
                             collection *found, size_t *count, char ***names)
{
    skel_status status = found->status;

    if (result < 0 && status == SKEL_OK) {
        status = skel_h5_fail(SKEL_ERR_DATA, "%s: cannot list %s", reader->path, what);
    }
    if (status != SKEL_OK) {
        skel_reader_free_names(found->count, &found->names);
        return status;
    }
    *count = found->count;
    *names = found->names;
    return SKEL_OK;
}

skel_status skel_reader_list(skel_reader *reader, const char *group, size_t *count, char ***names)
{
    collection found = {0};
    herr_t result = 0;
    hid_t id = -1;

    *count = 0;
    *names = NULL;
    if (!skel_reader_has(reader, group)) {
        return SKEL_OK;
    }
    id = H5Gopen2(reader->id, group, H5P_DEFAULT);
    if (id < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: %s is not a group", reader->path, group);
    }
    result = H5Literate(id, keeps_order(id) ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME, H5_ITER_INC, NULL,
                        collect_link, &found);
    (void)H5Gclose(id);
    return hand_over(reader, group, result, &found, count, names);
}

skel_status skel_reader_list_attributes(skel_reader *reader, const char *object, size_t *count,
                                        char ***names)
{
    collection found = {0};
    herr_t result = -1;
    hid_t id = H5Oopen(reader->id, object, H5P_DEFAULT);

    *count = 0;
    *names = NULL;
    if (id < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot open %s", reader->path, object);
    }
    result = H5Aiterate2(id, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, collect_attribute, &found);
    if (result < 0 && found.count == 0 && found.status == SKEL_OK) {
        result = H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_INC, NULL, collect_attribute, &found);
    }
    (void)H5Oclose(id);
    return hand_over(reader, object, result, &found, count, names);
}

void skel_reader_free_names(size_t count, char ***names)
{
    for (size_t i = 0; *names != NULL && i < count; i++) {
        SKEL_FREE(&(*names)[i]);
    }
    SKEL_FREE(names);
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
