/* Publishing a file: it is flushed, closed, read back, and then renamed. */
#include "file_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static skel_status flush(skel_file *file)
{
    if (H5Fflush(file->id, H5F_SCOPE_GLOBAL) < 0) {
        return skel_h5_fail(SKEL_ERR_IO, "cannot write %s to the disk", file->path);
    }
    return SKEL_OK;
}

static skel_status shut(skel_file *file)
{
    herr_t result = H5Fclose(file->id);

    file->id = -1;
    if (result < 0) {
        return skel_h5_fail(SKEL_ERR_IO, "cannot write %s to the disk: close", file->path);
    }
    return SKEL_OK;
}

static skel_status compare(skel_file *file, hid_t id, const skel_written *written)
{
    char label[1024];
    char found[SKEL_CHECKSUM_TEXT];
    hid_t dataset = H5Dopen2(id, written->path, H5P_DEFAULT);
    skel_status status = SKEL_OK;

    (void)snprintf(label, sizeof label, "%s, read back before its publication: %s", file->part,
                   written->path);
    if (dataset < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s", label);
    }
    status = skel_h5_checksum(dataset, label, found);
    if (status == SKEL_OK && strcmp(found, written->checksum) != 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA,
                           "%s: what the disk gives back (xxh3 %s) is not what was written (%s)",
                           label, found, written->checksum);
    }
    (void)H5Dclose(dataset);
    return status;
}

/* Each rank reads a share of the datasets, on its own and not through MPI. */
static skel_status read_back(skel_file *file)
{
    size_t rank = (size_t)skel_comm_rank(file->comm);
    size_t size = (size_t)skel_comm_size(file->comm);
    hid_t access = skel_h5_access(NULL);
    hid_t id = H5Fopen(file->part, H5F_ACC_RDONLY, access);
    skel_status status = SKEL_OK;

    (void)H5Pclose(access);
    if (id < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s cannot be read back", file->part);
    }
    for (size_t i = rank; i < file->count && status == SKEL_OK; i += size) {
        status = compare(file, id, &file->written[i]);
    }
    (void)H5Fclose(id);
    return status;
}

static skel_status sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    int descriptor = -1;
    int result = 0;

    if (slash == NULL) {
        (void)snprintf(folder, sizeof folder, ".");
    } else {
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path);
    }
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems cannot sync a folder, and say so with EINVAL: nothing is lost by that. */
    result = descriptor < 0 ? -1 : fsync(descriptor);
    if (result != 0 && errno != EINVAL) {
        int error = errno;

        if (descriptor >= 0) {
            (void)close(descriptor);
        }
        return SKEL_FAIL(SKEL_ERR_IO, "cannot sync the folder %s: %s", folder, strerror(error));
    }
    (void)close(descriptor);
    return SKEL_OK;
}

/* Root only. */
static skel_status give_name(skel_file *file)
{
    struct stat now;

    /* A truncation to the size that it has gives back what was reserved and not needed. */
    if (fstat(file->descriptor, &now) != 0 || ftruncate(file->descriptor, now.st_size) != 0 ||
        fsync(file->descriptor) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: sync: %s", file->part, strerror(errno));
    }
    if (rename(file->part, file->path) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot rename %s to %s: %s", file->part, file->path,
                         strerror(errno));
    }
    (void)close(file->descriptor);
    file->descriptor = -1; /* nothing is left to remove */
    return sync_folder(file->path);
}

skel_status skel_file_publish(skel_file **file)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_reserve(*file, 0, "the file's index"));
    SKEL_TRY(skel_file_settle(*file, flush(*file)));
    SKEL_TRY(skel_file_settle(*file, shut(*file)));
    SKEL_TRY(skel_comm_agree((*file)->comm, read_back(*file)));
    if (skel_comm_is_root((*file)->comm)) {
        status = give_name(*file);
    }
    SKEL_TRY(skel_comm_agree((*file)->comm, status));
done:
    skel_file_drop(file);
    return status;
}
