/* Known checksums: the catalogue's, and those that a fetch notes as md5sum writes them. */
#include "sums.h"

#include "skel/input.h"
#include "skel/log.h"
#include "skel/writer.h"

#include "data_folder.h"

#include <stdio.h>
#include <string.h>

static const char sums_name[] = "MD5SUMS";

void skel_sums_find(const skel_catalog_file *file, const char *dir, char out[SKEL_CHECKSUM_TEXT])
{
    char path[SKEL_PATH];
    char sum[SKEL_CHECKSUM_TEXT];
    char name[128];
    FILE *sums = NULL;

    out[0] = '\0';
    if (file->md5 != NULL) {
        (void)snprintf(out, SKEL_CHECKSUM_TEXT, "%s", file->md5);
        return;
    }
    skel_data_folder_join(dir, sums_name, path);
    if (skel_input_stream(path, &sums) != SKEL_OK) {
        skel_error_clear(); /* a folder without noted checksums */
    }
    while (sums != NULL && out[0] == '\0' && fscanf(sums, "%32s %127s", sum, name) == 2) {
        if (strcmp(name, file->name) == 0) {
            memcpy(out, sum, sizeof sum);
        }
    }
    if (sums != NULL) {
        (void)fclose(sums);
    }
}

skel_status skel_sums_note(const skel_catalog_entry *entry, const char *ready, const char *work,
                           const char *dir)
{
    char part[SKEL_PATH];
    char path[SKEL_PATH];
    char sum[SKEL_CHECKSUM_TEXT];
    skel_writer sums = {0};
    skel_status status = skel_writer_open(work, sums_name, &sums);

    for (size_t i = 0; i < entry->files && status == SKEL_OK; i++) {
        skel_data_folder_join(ready, entry->file[i].name, path);
        status = skel_checksum_md5_file(path, sum);
        if (status == SKEL_OK) {
            (void)fprintf(sums.file, "%s  %s\n", sum, entry->file[i].name);
        }
    }
    status = skel_writer_close(&sums, status);
    skel_data_folder_join(work, sums_name, part);
    skel_data_folder_join(dir, sums_name, path);
    return status == SKEL_OK ? skel_data_folder_adopt(part, path) : status;
}

/* What a content has, and what it should have, of one kind of checksum. */
typedef struct comparison {
    const char *kind;
    const char *found;
    const char *expected;
} comparison;

static skel_status judge(const skel_catalog_entry *entry, const char *path, const char *dir,
                         bool unverified, const comparison *sum)
{
    if (strcmp(sum->found, sum->expected) == 0) {
        return SKEL_OK;
    }
    if (unverified) {
        SKEL_WARN("%s: not the file of %s: %s of the content is %s, expected %s; it is used, as "
                  "data.unverified says",
                  path, entry->info.title, sum->kind, sum->found, sum->expected);
        return SKEL_OK;
    }
    return SKEL_FAIL(SKEL_ERR_DATA,
                     "%s: not the file of %s: %s of the content is %s, expected %s; remove it and "
                     "run `skel data %s --dir %s` to fetch it anew, or set data.unverified: true "
                     "to use it",
                     path, entry->info.title, sum->kind, sum->found, sum->expected,
                     entry->info.name, dir);
}

skel_status skel_sums_read(const skel_catalog_entry *entry, const skel_catalog_file *file,
                           const char *path, const char *dir, bool unverified, uint8_t images[],
                           uint16_t labels[], char xxh3[SKEL_CHECKSUM_TEXT])
{
    char md5[SKEL_CHECKSUM_TEXT] = "";
    skel_data_file_sums found;
    comparison sum = {"XXH3-128", found.xxh3, file->xxh3};
    skel_status status = SKEL_OK;

    if (file->xxh3 == NULL) {
        skel_sums_find(file, dir, md5);
        sum = (comparison){"MD5", found.md5, md5};
    }
    SKEL_TRY(skel_data_file_read(entry, file, path, images, labels, md5[0] != '\0', &found));
    memcpy(xxh3, found.xxh3, sizeof found.xxh3);
    if (sum.expected[0] != '\0') {
        SKEL_TRY(judge(entry, path, dir, unverified, &sum));
    } else if (!unverified) {
        SKEL_WARN("%s: no checksum of this file is known; its structure is right", path);
    }
done:
    return status;
}
