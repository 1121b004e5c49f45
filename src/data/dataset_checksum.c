/* One checksum for the content of a whole data set. */
#include "dataset_internal.h"

#include "skel/memory.h"

#include "content.h"
#include "data_file.h"

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
    static const char ending[] = ".gz";
    size_t length = strlen(name);
    size_t tail = sizeof ending - 1;

    return length > tail && strcmp(name + length - tail, ending) == 0 ? length - tail : length;
}

void skel_dataset_content(const skel_dataset *dataset, char out[SKEL_CHECKSUM_TEXT])
{
    char lines[LINES];
    size_t used = 0;

    for (size_t i = 0; i < dataset->files; i++) {
        const char *name = dataset->file[i].name;

        used +=
            (size_t)snprintf(lines + used, sizeof lines - used, "%.*s %s\n",
                             (int)skel_dataset_plain_name(name), name, dataset->file[i].checksum);
        SKEL_ASSERT(used < sizeof lines);
    }
    skel_checksum_xxh3(used, lines, out);
}

skel_status skel_dataset_checksum(const char *name, const char *dir, bool unverified,
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
