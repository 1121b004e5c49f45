/* Where a data set is: in files of the catalogue, or in a file of a user. */
#include "dataset_internal.h"

#include "image_file.h"

#include "skel/output.h"

#include <stdio.h>
#include <string.h>

static bool is_file(const skel_dataset_source *source)
{
    return source->file != NULL && source->file[0] != '\0';
}

skel_status skel_dataset_describe(const skel_dataset_source *source, skel_dataset_info *out)
{
    const skel_dataset_info *info = NULL;
    skel_image_file file;
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    if (is_file(source)) {
        SKEL_TRY(skel_image_file_look(source->file, source->side, &file));
        *out = file.info;
        out->in_file = source->cache != SKEL_CACHE_MEMORY;
    } else {
        SKEL_TRY(skel_dataset_find(source->set, &info));
        *out = *info;
    }
done:
    return status;
}

static bool is_same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

bool skel_dataset_is_same(const skel_dataset_source *a, const skel_dataset_source *b)
{
    return is_same_text(a->set, b->set) && is_same_text(a->dir, b->dir) &&
           is_same_text(a->file, b->file) && a->unverified == b->unverified && a->side == b->side &&
           a->cache == b->cache;
}

skel_status skel_dataset_check(const skel_dataset_source *source)
{
    const skel_catalog_entry *entry = NULL;
    skel_dataset_info info;
    skel_status status = SKEL_OK;

    if (is_file(source)) {
        return skel_dataset_describe(source, &info);
    }
    SKEL_TRY(skel_catalog_find(source->set, &entry));
    status = skel_dataset_check_entry(entry, source->dir);
done:
    return status;
}

bool skel_dataset_has(const skel_dataset_source *source, const char *path)
{
    const skel_catalog_entry *entry = NULL;
    char dir[SKEL_PATH];
    bool found = false;

    if (is_file(source)) {
        return skel_output_replaces(path, source->file);
    }
    if (skel_catalog_find(source->set, &entry) != SKEL_OK) {
        skel_error_clear(); /* whoever opens the set says so */
        return false;
    }
    if (is_same_text(source->dir, NULL)) {
        skel_dataset_default_dir(source->set, dir);
    } else {
        (void)snprintf(dir, sizeof dir, "%s", source->dir);
    }
    for (size_t i = 0; i < entry->files && !found; i++) {
        char file[SKEL_PATH];

        skel_catalog_locate(entry, &entry->file[i], dir, file);
        found = skel_output_replaces(path, file);
    }
    return found;
}

skel_status skel_dataset_open(const skel_comm *comm, const skel_dataset_source *source,
                              skel_dataset **out)
{
    const skel_catalog_entry *entry = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (is_file(source)) {
        return skel_dataset_open_file(comm, source, out);
    }
    SKEL_TRY(skel_comm_agree(comm, skel_catalog_find(source->set, &entry)));
    SKEL_TRY(skel_dataset_open_entry(comm, entry, source->dir, source->unverified, out));
done:
    return status;
}
