/* One checksum for the content of a whole data set. */

#include "skel/text.h"

#include "data_file.h"
#include "image_file_content.h"

#include <stdio.h>
#include <string.h>

enum { LINES = 2048 };

/* Of the content of a file as it lies in the folder; "" if it cannot be read. */
static skel_status checksum_found(const skel_catalog_entry *entry, const skel_catalog_file *file,
                                  const char *dir, char out[SKEL_CHECKSUM_TEXT])
{
    skel_data_file_sums sums = {.xxh3 = ""};
    char path[SKEL_PATH];
    skel_status status = SKEL_OK;

    out[0] = '\0';
    skel_catalog_locate(entry, file, dir, path);
    if (path[0] != '\0') {
        status = skel_data_file_read(entry, file, path, NULL, NULL, false, &sums);
    }
    if (status == SKEL_OK) {
        memcpy(out, sums.xxh3, sizeof sums.xxh3);
    }
    return status == SKEL_ERR_MEMORY ? status : SKEL_OK;
}

size_t skel_dataset_plain_name(const char *name)
{
    return strlen(name) - (skel_text_ends_in(name, ".gz") ? strlen(".gz") : 0);
}

void skel_dataset_content(const skel_dataset *dataset, char out[SKEL_CHECKSUM_TEXT])
{
    char lines[LINES];
    size_t used = 0;

    if (dataset->path[0] != '\0') { /* a data file, whatever its name is */
        memcpy(out, dataset->file[0].checksum, SKEL_CHECKSUM_TEXT);
        return;
    }
    for (size_t i = 0; i < dataset->files; i++) {
        const char *name = dataset->file[i].name;

        used +=
            (size_t)snprintf(lines + used, sizeof lines - used, "%.*s %s\n",
                             (int)skel_dataset_plain_name(name), name, dataset->file[i].checksum);
        SKEL_ASSERT(used < sizeof lines);
    }
    skel_checksum_xxh3(used, lines, out);
}

/* Of a set of the catalogue. */
static skel_status checksum_of_set(const char *name, const char *dir, bool unverified,
                                   char out[SKEL_CHECKSUM_TEXT])
{
    const skel_catalog_entry *entry = NULL;
    char folder[SKEL_PATH];
    char lines[LINES];
    size_t used = 0;
    skel_status status = SKEL_OK;

    out[0] = '\0';
    SKEL_TRY(skel_catalog_find(name, &entry));
    skel_catalog_choose_dir(entry, dir, folder);
    for (size_t i = 0; i < entry->files; i++) {
        const skel_catalog_file *file = &entry->file[i];
        char sum[SKEL_CHECKSUM_TEXT];

        if (unverified || file->xxh3 == NULL) {
            SKEL_TRY(checksum_found(entry, file, folder, sum));
        } else {
            (void)snprintf(sum, sizeof sum, "%s", file->xxh3);
        }
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%s %s\n", file->name, sum);
        SKEL_ASSERT(used < sizeof lines);
    }
    skel_checksum_xxh3(used, lines, out);
done:
    return status;
}

skel_status skel_dataset_checksum(const skel_dataset_source *source, char out[SKEL_CHECKSUM_TEXT])
{
    skel_status status = source->file != NULL && source->file[0] != '\0'
                             ? skel_image_file_checksum(source->file, source->side, out)
                             : checksum_of_set(source->set, source->dir, source->unverified, out);

    return status;
}
