/* A file that is being written: created under a temporary name, given disk space, removed.
 * Datasets are written in file_write.c, attributes in file_attribute.c. file_publish.c gives the
 * file its name. file_settle.c ends the ranks when HDF5 fails. */
#include "file_internal.h"

#include "skel/memory.h"
#include "skel/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    METADATA_ROOM = 4096, /* bytes that HDF5 may need to describe one more object */
    PATIENCE = 2,         /* seconds that a failed rank waits for the others */
};

skel_status skel_file_make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        int result = 0;

        *slash = '\0';
        result = mkdir(path, 0777);
        if (result != 0 && errno != EEXIST) {
            skel_status status =
                skel_error_set(skel_status_of_errno(errno), "cannot make the folder %s: %s", path,
                               strerror(errno));
            *slash = '/';
            return status;
        }
        *slash = '/';
    }
    return SKEL_OK;
}

/* Root only: starts an empty temporary file, so that the plain reasons come in plain words. */
static skel_status start_part(skel_file *file)
{
    struct stat there;
    skel_status status = skel_file_make_folders(file->part);

    if (status != SKEL_OK) {
        return status;
    }
    if (stat(file->path, &there) == 0 && S_ISDIR(there.st_mode)) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot write %s: there is a folder of this name",
                         file->path);
    }
    file->descriptor = open(file->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->descriptor < 0) {
        return skel_error_set(skel_status_of_errno(errno), "cannot create %s: %s", file->part,
                              strerror(errno));
    }
    return SKEL_OK;
}

/* All ranks: whether each sees the file, because MPI_File_open waits for ever for one that does
 * not. */
static skel_status find_part(const skel_file *file)
{
    char host[256] = "?";
    int descriptor = open(file->part, O_RDWR | O_CLOEXEC);

    if (descriptor < 0) {
        int error = errno;

        (void)gethostname(host, sizeof host - 1);
        return SKEL_FAIL(SKEL_ERR_IO,
                         "rank %d on %s cannot open %s, which rank 0 has created: %s; is the "
                         "folder on a file system that all nodes share?",
                         skel_comm_rank(file->comm), host, file->part, strerror(error));
    }
    (void)close(descriptor);
    return SKEL_OK;
}

/* All ranks: has HDF5 begin its file in the temporary one. */
static skel_status start_hdf5(skel_file *file)
{
    hid_t access = skel_h5_access(skel_comm_mpi(file->comm));
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    skel_status status = SKEL_OK;

    if (access < 0 || creation < 0 ||
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0 ||
        (file->id = H5Fcreate(file->part, H5F_ACC_TRUNC, creation, access)) < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot create %s", file->part);
    }
    (void)H5Pclose(creation);
    (void)H5Pclose(access);
    return status;
}

static skel_status file_alloc(const skel_comm *comm, const char *path, skel_file **out)
{
    size_t room = strlen(path) + sizeof ".part";
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status != SKEL_OK) {
        return status;
    }
    (*out)->comm = comm;
    (*out)->descriptor = -1;
    (*out)->id = -1;
    SKEL_TRY(skel_strdup(path, &(*out)->path));
    SKEL_TRY(SKEL_ALLOC(room, 1, &(*out)->part));
    (void)snprintf((*out)->part, room, "%s.part", path);
done:
    return status;
}

static void file_free(skel_file **file)
{
    for (size_t i = 0; i < (*file)->count; i++) {
        SKEL_FREE(&(*file)->written[i].path);
    }
    SKEL_FREE(&(*file)->written);
    SKEL_FREE(&(*file)->part);
    SKEL_FREE(&(*file)->path);
    SKEL_FREE(file);
}

skel_status skel_file_create(const skel_comm *comm, const char *path, skel_file **out)
{
    skel_file *file = NULL;
    skel_status status = file_alloc(comm, path, &file);

    *out = NULL;
    SKEL_TRY(skel_comm_agree(comm, status));
    if (skel_comm_is_root(comm)) {
        status = start_part(file);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(skel_comm_agree(comm, find_part(file)));
    SKEL_TRY(skel_file_reserve(file, 0, "the file's header"));
    SKEL_TRY(skel_file_settle(file, start_hdf5(file)));
    *out = file;
    file = NULL;
done:
    skel_file_drop(&file);
    return status;
}

/* Root only. Reserves where the file system can, else looks at what is free. */
static int reserve(int descriptor, off_t end, off_t bytes)
{
    struct statvfs disk;

    while (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, end, bytes) != 0) {
        if (errno == EOPNOTSUPP || errno == ENOSYS) {
            if (fstatvfs(descriptor, &disk) == 0 &&
                (double)disk.f_bavail * (double)disk.f_frsize < (double)bytes) {
                return ENOSPC;
            }
            return 0;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

skel_status skel_file_reserve(skel_file *file, size_t bytes, const char *object)
{
    off_t room = (off_t)(bytes + METADATA_ROOM);
    int error = 0;
    skel_status status = SKEL_OK;

    if (skel_comm_is_root(file->comm)) {
        error = reserve(file->descriptor, file->reserved, room);
        file->reserved += room;
    }
    if (error != 0) {
        char size[SKEL_TEXT_BYTES];

        skel_text_bytes((double)room, size);
        status =
            skel_error_set(skel_status_of_errno(error), "cannot write %s: no room for %s (%s): %s",
                           file->path, object, size, strerror(error));
    }
    return skel_comm_agree(file->comm, status);
}

void skel_file_drop(skel_file **file)
{
    skel_status status = SKEL_OK;

    if (*file == NULL) {
        return;
    }
    if ((*file)->descriptor >= 0) {
        /* What HDF5 still writes when it closes needs the room that this makes. */
        (void)!ftruncate((*file)->descriptor, 0);
        (void)unlink((*file)->part);
    }
    if ((*file)->id >= 0) {
        if (H5Fclose((*file)->id) < 0) {
            /* The error that brought us here stays the last one: it is what the user must know. */
            (void)H5Eclear2(H5E_DEFAULT);
            status = skel_error_message()[0] != '\0'
                         ? SKEL_ERR_IO
                         : SKEL_FAIL(SKEL_ERR_IO, "cannot close %s", (*file)->part);
        }
        (*file)->id = -1;
        status = skel_file_settle(*file, status);
        (void)status; /* without MPI, a failure to close what is removed does not matter */
    }
    if ((*file)->descriptor >= 0) {
        (void)close((*file)->descriptor);
    }
    file_free(file);
}

void skel_file_discard(skel_file **file)
{
    skel_file_drop(file);
}
