/* The runs below folders. */
#include "report_list.h"

#include "skel/job.h"
#include "skel/journal.h"
#include "skel/memory.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Endings of a run's files. */
static const char *const endings[] = {".h5", SKEL_JOURNAL_SUFFIX, ".h5.checkpoint",
                                      ".h5.checkpoint.old", ".h5.checkpoint.new"};

static skel_status add_stem(const char *path, skel_texts *stems)
{
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);

        if (length > tail && strcmp(path + length - tail, endings[i]) == 0 &&
            path[length - tail - 1] != '/') {
            return skel_texts_add(stems, "%.*s", (int)(length - tail), path);
        }
    }
    return SKEL_OK;
}

static bool is_report(const char *folder)
{
    char path[SKEL_JOB_PATH + 32];

    (void)snprintf(path, sizeof path, "%s/" SKEL_REPORT_MARK, folder);
    return access(path, F_OK) == 0;
}

static skel_status walk(FTS *tree, skel_texts *stems)
{
    skel_status status = SKEL_OK;

    for (FTSENT *entry = fts_read(tree); status == SKEL_OK && entry != NULL;
         entry = fts_read(tree)) {
        if (entry->fts_info == FTS_D && is_report(entry->fts_path)) {
            (void)fts_set(tree, entry, FTS_SKIP);
        } else if (entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK ||
                   entry->fts_info == FTS_SL) {
            status = add_stem(entry->fts_path, stems);
        } else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS ||
                   entry->fts_info == FTS_ERR) {
            status = SKEL_FAIL(SKEL_ERR_IO, "search %s for run files: %s", entry->fts_path,
                               strerror(entry->fts_errno));
        }
    }
    return status;
}

static skel_status list_folder(const char *folder, skel_texts *stems)
{
    char *path = NULL;
    FTS *tree = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_strdup(folder, &path));
    while (strlen(path) > 1 && path[strlen(path) - 1] == '/') {
        path[strlen(path) - 1] = '\0';
    }
    tree = fts_open((char *const[]){path, NULL},
                    FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_NOSTAT, NULL);
    if (tree == NULL) {
        status = SKEL_FAIL(SKEL_ERR_IO, "search %s for run files: %s", folder, strerror(errno));
        goto done;
    }
    SKEL_TRY(walk(tree, stems));
done:
    if (tree != NULL) {
        (void)fts_close(tree);
    }
    SKEL_FREE(&path);
    return status;
}

static int in_order(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

/* A run has several files, and a folder may be named twice. */
static void drop_repeated(skel_texts *stems)
{
    size_t kept = 0;

    if (stems->count > 0) {
        qsort(stems->text, stems->count, sizeof *stems->text, in_order);
    }
    for (size_t i = 0; i < stems->count; i++) {
        if (kept > 0 && strcmp(stems->text[kept - 1], stems->text[i]) == 0) {
            SKEL_FREE(&stems->text[i]);
        } else {
            stems->text[kept++] = stems->text[i];
        }
    }
    stems->count = kept;
}

skel_status skel_report_list(const skel_texts *paths, skel_texts *stems)
{
    struct stat about;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < paths->count; i++) {
        const char *path = paths->text[i];

        if (stat(path, &about) != 0) {
            status = SKEL_FAIL(SKEL_ERR_IO, "%s: %s; expected a folder or a run file", path,
                               strerror(errno));
        } else if (S_ISDIR(about.st_mode)) {
            status = list_folder(path, stems);
        } else {
            status = add_stem(path, stems);
            if (status == SKEL_OK &&
                (strlen(path) < 4 || strcmp(path + strlen(path) - 3, ".h5") != 0)) {
                status = SKEL_FAIL(SKEL_ERR_USAGE, "%s: expected a folder or a run file (NAME.h5)",
                                   path);
            }
        }
        SKEL_TRY(status);
    }
    drop_repeated(stems);
done:
    return status;
}
