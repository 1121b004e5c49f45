/* Folders of runs. */
#include "skel/run_folder.h"

#include "skel/job.h"
#include "skel/journal.h"
#include "skel/memory.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int by_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static bool is_report(const char *folder)
{
    char path[SKEL_JOB_PATH + 32];

    (void)snprintf(path, sizeof path, "%s/" SKEL_REPORT_MARK, folder);
    return access(path, F_OK) == 0;
}

static skel_status visit_entry(FTS *tree, FTSENT *entry, int flags, skel_run_folder_visit *visit,
                               void *context)
{
    bool unreadable =
        entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS || entry->fts_info == FTS_ERR;

    if (entry->fts_info == FTS_F || entry->fts_info == FTS_SL) {
        return visit(context, entry->fts_path);
    }
    if (entry->fts_info == FTS_D && (flags & SKEL_RUN_FOLDER_REPORTS) == 0 &&
        is_report(entry->fts_path)) {
        (void)fts_set(tree, entry, FTS_SKIP);
    }
    if (unreadable &&
        ((flags & SKEL_RUN_FOLDER_STRICT) != 0 || entry->fts_level == FTS_ROOTLEVEL)) {
        return SKEL_FAIL(SKEL_ERR_IO, "search %s for run files: %s", entry->fts_path,
                         strerror(entry->fts_errno));
    }
    return SKEL_OK;
}

skel_status skel_run_folder_walk(const char *folder, int flags, skel_run_folder_visit *visit,
                                 void *context)
{
    char *path = NULL;
    FTS *tree = NULL;
    FTSENT *entry = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_strdup(folder, &path));
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--) {
        path[length - 1] = '\0'; /* or it would stand twice in the files' paths */
    }
    tree =
        fts_open((char *const[]){path, NULL}, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    if (tree == NULL) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_IO, "search %s for run files: %s", folder, strerror(errno)));
    }
    while ((entry = fts_read(tree)) != NULL) {
        SKEL_TRY(visit_entry(tree, entry, flags, visit, context));
    }
done:
    if (tree != NULL) {
        (void)fts_close(tree);
    }
    SKEL_FREE(&path);
    return status;
}

size_t skel_run_folder_stem(const char *path)
{
    static const char *const endings[] = {".h5", SKEL_JOURNAL_SUFFIX, ".h5.checkpoint",
                                          ".h5.checkpoint.old", ".h5.checkpoint.new"};
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);

        if (length > tail && strcmp(path + length - tail, endings[i]) == 0 &&
            path[length - tail - 1] != '/') {
            return length - tail;
        }
    }
    return 0;
}
