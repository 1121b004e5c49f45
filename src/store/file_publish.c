/* Publishing a file: it is completed, read back, synchronised, and then renamed. */
#include "disk.h"
#include "file_internal.h"
#include "h5_checksum.h"
#include "manifest_text.h"
#include "seal.h"

#include "skel/memory.h"
#include "skel/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Dimension scales need all other datasets; the manifest is the last one. The root has filled it.
 */
static skel_status write_manifest(skel_file *file)
{
    skel_file_dataset spec = {.path = SKEL_MANIFEST_PATH, .element = SKEL_UINT8, .dims = 1};
    bool is_root = skel_comm_is_root(file->comm);
    char *text = NULL;
    skel_status status = SKEL_OK;

    if (is_root) {
        status = skel_file_describe_scales(file);
    }
    if (is_root && status == SKEL_OK) {
        status = skel_manifest_print(&file->manifest, &spec.shape[0], &text);
    }
    SKEL_TRY(skel_comm_agree(file->comm, status));
    skel_comm_broadcast(file->comm, sizeof spec.shape[0], &spec.shape[0]);
    SKEL_TRY(skel_comm_agree(file->comm, is_root ? SKEL_OK : SKEL_ALLOC(spec.shape[0], 1, &text)));
    skel_comm_broadcast(file->comm, spec.shape[0], text);
    spec.data = text;
    SKEL_TRY(skel_file_write(file, &spec));
done:
    SKEL_FREE(&text);
    return status;
}

/* Root only: has HDF5 finish its part, and writes that to the disk. */
static skel_status finish_hdf5(skel_file *file)
{
    herr_t result = H5Fclose(file->id);
    skel_status status = SKEL_OK;

    file->id = -1;
    if (result < 0) {
        return skel_h5_fail(SKEL_ERR_IO, "cannot finish %s", file->path);
    }
    SKEL_TRY(skel_file_reserve(file, "the file's index"));
    SKEL_TRY(skel_image_write(file->image, file->descriptor, file->path));
    SKEL_TRY(skel_disk_set_size(file->descriptor, file->path, skel_image_bytes(file->image)));
    SKEL_TRY(skel_seal_write(file->descriptor, file->path, skel_image_bytes(file->image),
                             file->count - 1)); /* without the manifest */
done:
    return status;
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
    skel_h5_close(dataset);
    return status;
}

/* Each rank reads a share of the datasets, on its own and not through MPI. */
static skel_status read_back(skel_file *file)
{
    size_t rank = (size_t)skel_comm_rank(file->comm);
    size_t size = (size_t)skel_comm_size(file->comm);
    hid_t access = skel_h5_access();
    hid_t id = H5Fopen(file->part, H5F_ACC_RDONLY, access);
    skel_status status = SKEL_OK;

    if (id < 0) {
        status = skel_h5_fail(SKEL_ERR_DATA, "%s cannot be read back", file->part);
    }
    skel_h5_close(access);
    for (size_t i = rank; i < file->count && status == SKEL_OK; i += size) {
        status = compare(file, id, &file->written[i]);
    }
    if (id >= 0) {
        (void)H5Fclose(id);
    }
    return status;
}

/* Root only. */
static skel_status give_name(skel_file *file)
{
    skel_status status = skel_output_look(file->path);

    if (status != SKEL_OK) {
        return status;
    }
    if (rename(file->part, file->path) != 0) {
        return skel_error_set(skel_status_of_errno(errno), "cannot rename %s to %s: %s", file->part,
                              file->path, strerror(errno));
    }
    file->named = true;
    return skel_disk_sync_folder(file->path);
}

/* The ranks of one node see what the others have written before the disk has it: they compare while
 * the disk works. Those of several nodes do not on every file system. */
static skel_status complete(skel_file *file)
{
    bool early = skel_comm_nodes(file->comm) == 1;
    skel_status status = SKEL_OK;

    if (early) {
        SKEL_TRY(skel_comm_agree(file->comm, read_back(file)));
    }
    SKEL_TRY(skel_comm_agree(file->comm, skel_disk_sync(file->descriptor, file->path)));
    if (!early) {
        SKEL_TRY(skel_comm_agree(file->comm, read_back(file)));
    }
done:
    return status;
}

skel_status skel_file_publish(skel_file **file)
{
    const skel_comm *comm = (*file)->comm;
    skel_status status = SKEL_OK;

    SKEL_TRY(write_manifest(*file));
    if (skel_comm_is_root(comm)) {
        status = finish_hdf5(*file);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    SKEL_TRY(complete(*file));
    if (skel_comm_is_root(comm)) {
        status = give_name(*file);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
done:
    skel_file_discard(file);
    return status;
}
