/* A data set in memory: one rank of each node reads it into memory that the node shares. */
#include "dataset_internal.h"

#include "skel/log.h"
#include "skel/memory.h"

#include "sums.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ALIGNMENT = 64 };

/* Where the four arrays lie in the shared block. */
typedef struct layout {
    size_t images[2]; /* offsets: training half, test half */
    size_t labels[2];
    size_t bytes;
} layout;

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static layout layout_of(const skel_dataset_info *info)
{
    const size_t count[2] = {info->train, info->test};
    layout plan = {{0, 0}, {0, 0}, 0};

    for (size_t half = 0; half < 2; half++) {
        plan.images[half] = plan.bytes;
        plan.bytes += aligned(count[half] * info->channels * info->height * info->width);
        plan.labels[half] = plan.bytes;
        plan.bytes += aligned(count[half] * sizeof(uint16_t));
    }
    return plan;
}

static uint16_t *labels_at(uint8_t *block, const layout *plan, size_t half)
{
    return (uint16_t *)(void *)(block + plan->labels[half]);
}

static skel_status missing(const skel_catalog_entry *entry, const skel_catalog_file *file,
                           const char *dir)
{
    char hint[256] = "";
    struct stat facts;

    if (entry->package != NULL) {
        (void)snprintf(hint, sizeof hint, "; or install the Debian package %s and name no folder",
                       entry->package);
    }
    if (stat(dir, &facts) != 0 && errno != ENOENT) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: %s", dir, strerror(errno));
    }
    if (stat(dir, &facts) == 0 && !S_ISDIR(facts.st_mode)) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: not a folder, expected the one with the files of %s",
                         dir, entry->info.title);
    }
    return SKEL_FAIL(SKEL_ERR_IO,
                     "%s: %s is not there (neither %s nor %s.gz); `skel data %s --dir %s` "
                     "fetches it%s",
                     dir, entry->info.title, file->name, file->name, entry->info.name, dir, hint);
}

/* Fills the shared block; on each node's owner. */
static skel_status read_all(const skel_catalog_entry *entry, const char *dir, bool unverified,
                            skel_dataset *dataset)
{
    const skel_dataset_info *info = &entry->info;
    layout plan = layout_of(info);
    uint8_t *block = skel_shared_data(dataset->shared);
    size_t bytes = info->channels * info->height * info->width;

    for (size_t i = 0; i < entry->files; i++) {
        const skel_catalog_file *file = &entry->file[i];
        size_t half = file->is_test ? 1 : 0;
        char path[SKEL_PATH];
        skel_status status = SKEL_OK;

        skel_catalog_locate(entry, file, dir, path);
        if (path[0] == '\0') {
            return missing(entry, file, dir);
        }
        status = skel_sums_read(
            entry, file, path, dir, unverified, block + plan.images[half] + file->first * bytes,
            labels_at(block, &plan, half) + file->first, dataset->file[i].checksum);
        if (status != SKEL_OK) {
            return status;
        }
        (void)snprintf(dataset->file[i].name, sizeof dataset->file[i].name, "%s",
                       strrchr(path, '/') + 1);
    }
    return SKEL_OK;
}

skel_status skel_dataset_share_checksums(const skel_comm *comm, const char *dir,
                                         skel_dataset *dataset)
{
    skel_dataset root = *dataset;
    skel_status status = SKEL_OK;

    skel_comm_broadcast(comm, sizeof root.file, root.file);
    for (size_t i = 0; i < dataset->files; i++) {
        if (skel_shared_is_owner(dataset->shared) &&
            strcmp(dataset->file[i].checksum, root.file[i].checksum) != 0) {
            status = SKEL_FAIL(SKEL_ERR_DATA,
                               "%s/%s differs between nodes (rank %d found XXH3-128 %s, rank 0 %s)",
                               dir, dataset->file[i].name, skel_comm_rank(comm),
                               dataset->file[i].checksum, root.file[i].checksum);
            break;
        }
    }
    memcpy(dataset->file, root.file, sizeof root.file);
    return skel_comm_agree(comm, status);
}

static void describe(const skel_catalog_entry *entry, skel_dataset *dataset)
{
    const skel_dataset_info *info = &entry->info;
    const layout plan = layout_of(info);
    uint8_t *block = skel_shared_data(dataset->shared);

    dataset->info = info;
    dataset->files = entry->files;
    dataset->train = (skel_samples){.count = info->train,
                                    .images = block + plan.images[0],
                                    .labels = labels_at(block, &plan, 0)};
    dataset->test = (skel_samples){.count = info->test,
                                   .images = block + plan.images[1],
                                   .labels = labels_at(block, &plan, 1)};
}

skel_status skel_dataset_create(const skel_comm *comm, skel_dataset **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status == SKEL_OK) {
        (*out)->descriptor = -1; /* 0 would be closed: standard input */
    }
    status = skel_comm_agree(comm, status);
    if (status != SKEL_OK) {
        skel_dataset_close(out);
    }
    return status;
}

skel_status skel_dataset_make_room(const skel_comm *comm, const char *name, size_t bytes,
                                   skel_dataset *dataset)
{
    skel_status status = skel_shared_create(comm, bytes, &dataset->shared);

    if (status == SKEL_ERR_MEMORY) {
        SKEL_WARN("%s; each rank reads %s into memory of its own; give /dev/shm more room to have "
                  "one copy a node",
                  skel_error_message(), name);
        skel_error_clear();
        status = skel_shared_create_copies(comm, bytes, &dataset->shared);
    }
    return status;
}

skel_status skel_dataset_open_entry(const skel_comm *comm, const skel_catalog_entry *entry,
                                    const char *dir, bool unverified, skel_dataset **out)
{
    char folder[SKEL_PATH];
    skel_dataset *dataset = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    skel_catalog_choose_dir(entry, dir, folder);
    SKEL_TRY(skel_dataset_create(comm, &dataset));
    SKEL_TRY(
        skel_dataset_make_room(comm, entry->info.name, layout_of(&entry->info).bytes, dataset));
    describe(entry, dataset);
    dataset->unverified = unverified;
    if (skel_shared_is_owner(dataset->shared)) {
        status = read_all(entry, folder, unverified, dataset);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_shared_publish(dataset->shared);
    SKEL_TRY(skel_dataset_share_checksums(comm, folder, dataset));
    *out = dataset;
    dataset = NULL;
done:
    skel_dataset_close(&dataset);
    return status;
}

skel_status skel_dataset_check_entry(const skel_catalog_entry *entry, const char *dir)
{
    char folder[SKEL_PATH];
    char path[SKEL_PATH];
    skel_status status = SKEL_OK;

    skel_catalog_choose_dir(entry, dir, folder);
    for (size_t i = 0; i < entry->files && status == SKEL_OK; i++) {
        skel_catalog_locate(entry, &entry->file[i], folder, path);
        status = path[0] != '\0' ? skel_data_file_probe(entry, &entry->file[i], path)
                                 : missing(entry, &entry->file[i], folder);
    }
    return status;
}

const char *const *skel_dataset_names(size_t *count)
{
    return skel_catalog_names(count);
}

skel_status skel_dataset_find(const char *name, const skel_dataset_info **out)
{
    const skel_catalog_entry *entry = NULL;
    skel_status status = skel_catalog_find(name, &entry);

    *out = entry != NULL ? &entry->info : NULL;
    return status;
}

void skel_dataset_default_dir(const char *name, char out[SKEL_PATH])
{
    const skel_catalog_entry *entry = NULL;

    out[0] = '\0';
    if (skel_catalog_find(name, &entry) == SKEL_OK) {
        skel_catalog_default_dir(entry, out);
    }
}

void skel_dataset_close(skel_dataset **dataset)
{
    if (*dataset == NULL) {
        return;
    }
    skel_shared_destroy(&(*dataset)->shared);
    if ((*dataset)->descriptor >= 0) {
        (void)close((*dataset)->descriptor);
    }
    SKEL_FREE(&(*dataset)->statistics);
    SKEL_FREE(dataset);
}
