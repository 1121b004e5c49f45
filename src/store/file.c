/* A file that is being written: created under a temporary name, given disk space, removed.
 * Datasets are written in file_write.c, attributes in file_attribute.c. file_publish.c gives the
 * file its name.
 *
 * No rank waits for one that has failed: HDF5 runs on the root alone and writes to memory
 * (image.c), all writes to the disk are plain ones, and the ranks agree after each. */
#include "disk.h"
#include "file_internal.h"

#include "skel/folder.h"
#include "skel/memory.h"
#include "skel/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    LARGE = 1 << 16,
    AHEAD = 1 << 26, /* bytes that are reserved before they are needed, at most */
};

/* Root only: starts an empty temporary file, so that the plain reasons come in plain words. */
static skel_status start_part(skel_file *file)
{
    skel_status status = skel_folder_make_above(file->part);

    if (status != SKEL_OK) {
        return status;
    }
    file->descriptor = open(file->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->descriptor < 0) {
        return skel_error_set(skel_status_of_errno(errno), "cannot create %s: %s", file->part,
                              strerror(errno));
    }
    return SKEL_OK;
}

/* The other ranks: opens the file that the root has created. */
static skel_status find_part(skel_file *file)
{
    char host[256] = "?";

    file->descriptor = open(file->part, O_RDWR | O_CLOEXEC);
    if (file->descriptor < 0) {
        int error = errno;

        (void)gethostname(host, sizeof host - 1);
        return skel_error_set(
            skel_status_of_errno(error),
            "rank %d on %s cannot open %s, which rank 0 has created: %s%s",
            skel_comm_rank(file->comm), host, file->part, strerror(error),
            error == ENOENT ? "; is the folder on a file system that all nodes share?" : "");
    }
    return SKEL_OK;
}

/* Root only: has HDF5 begin its file in memory. Large datasets begin at a page of the disk's.
 * Objects have no times, here and below: equal content is equal bytes. */
static skel_status start_hdf5(skel_file *file)
{
    hid_t access = skel_h5_access();
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_image_create(&file->image));
    if (access < 0 || creation < 0 || skel_image_attach(file->image, access) < 0 ||
        H5Pset_alignment(access, LARGE, PAGE) < 0 || H5Pset_obj_track_times(creation, false) < 0 ||
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0 ||
        (file->id = H5Fcreate(file->part, H5F_ACC_TRUNC, creation, access)) < 0) {
        status = skel_h5_fail(SKEL_ERR_IO, "cannot begin %s", file->part);
    }
done:
    skel_h5_close(creation);
    skel_h5_close(access);
    return status;
}

static skel_status file_alloc(const skel_comm *comm, const char *path, skel_file **out)
{
    char place[SKEL_OUTPUT_PATH];
    size_t room = 0;
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status != SKEL_OK) {
        return status;
    }
    (*out)->comm = comm;
    (*out)->descriptor = -1;
    (*out)->id = -1;
    SKEL_TRY(skel_output_place(path, place));
    room = strlen(place) + sizeof ".part";
    SKEL_TRY(skel_strdup(place, &(*out)->path));
    SKEL_TRY(SKEL_ALLOC(room, 1, &(*out)->part));
    (void)snprintf((*out)->part, room, "%s.part", place);
done:
    return status;
}

static void file_free(skel_file **file)
{
    for (size_t i = 0; i < (*file)->count; i++) {
        SKEL_FREE(&(*file)->written[i].path);
    }
    SKEL_FREE(&(*file)->written);
    skel_image_destroy(&(*file)->image);
    for (size_t i = 0; i < (*file)->links; i++) {
        SKEL_FREE(&(*file)->link[i].dataset);
        SKEL_FREE(&(*file)->link[i].scale);
    }
    SKEL_FREE(&(*file)->link);
    skel_manifest_free(&(*file)->manifest);
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
    SKEL_TRY(skel_comm_agree(comm, skel_comm_is_root(comm) ? start_hdf5(file) : find_part(file)));
    *out = file;
    file = NULL;
done:
    skel_file_discard(&file);
    return status;
}

/* Twice the room is asked for, so that few reservations are made: each may wait for the disk. If
 * there is only as much as is needed, that is enough. What is left goes back when the size is set.
 */
skel_status skel_file_reserve(skel_file *file, const char *object)
{
    uint64_t end = skel_image_bytes(file->image);
    uint64_t ahead = end + (end < AHEAD ? end : AHEAD);
    skel_status status = SKEL_OK;

    if (end <= file->reserved) {
        return SKEL_OK;
    }
    status = skel_disk_reserve(file->descriptor, file->path, file->reserved, ahead, object);
    if (status != SKEL_OK) {
        skel_error_clear();
        ahead = end;
        status = skel_disk_reserve(file->descriptor, file->path, file->reserved, end, object);
    }
    if (status == SKEL_OK) {
        file->reserved = ahead;
    }
    return status;
}

void skel_file_discard(skel_file **file)
{
    if (*file == NULL) {
        return;
    }
    if ((*file)->id >= 0) {
        (void)H5Fclose((*file)->id); /* into memory that is not wanted any more */
        (void)H5Eclear2(H5E_DEFAULT);
    }
    if (skel_comm_is_root((*file)->comm) && (*file)->descriptor >= 0 && !(*file)->named) {
        (void)unlink((*file)->part);
    }
    if ((*file)->descriptor >= 0) {
        (void)close((*file)->descriptor);
    }
    file_free(file);
}
