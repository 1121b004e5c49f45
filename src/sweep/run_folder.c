/* Folders of runs. */
#include "skel/run_folder.h"

#include "skel/input.h"
#include "skel/job.h"
#include "skel/journal.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 512 /* bytes of a line of a mark */ };

static int by_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

skel_status skel_run_folder_mark(const char *folder, skel_texts *names)
{
    char path[SKEL_JOB_PATH + 32];
    char line[NAME];
    FILE *file = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/" SKEL_REPORT_MARK, folder);
    if (skel_input_stream(path, &file) != SKEL_OK) {
        skel_error_clear(); /* no mark, or no file */
    }
    while (file != NULL && status == SKEL_OK && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && strchr(line, '/') == NULL && line[0] != '.') {
            status = skel_texts_add(names, "%s", line);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return status;
}

/* A folder keeps the names of its report's files until it is left. */
static skel_status enter(FTS *tree, FTSENT *entry, int flags)
{
    skel_texts *names = NULL;
    skel_status status = SKEL_OK;

    if (entry->fts_level > FTS_ROOTLEVEL &&
        strncmp(entry->fts_name, SKEL_REPORT_PART, strlen(SKEL_REPORT_PART)) == 0) {
        (void)fts_set(tree, entry, FTS_SKIP);
        return SKEL_OK;
    }
    if ((flags & SKEL_RUN_FOLDER_REPORTS) != 0) {
        return SKEL_OK;
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof *names, &names));
    entry->fts_pointer = names;
    status = skel_run_folder_mark(entry->fts_path, names);
done:
    return status;
}

static void leave(FTSENT *entry)
{
    if (entry->fts_pointer != NULL) {
        skel_texts *names = entry->fts_pointer;

        skel_texts_clear(names);
        SKEL_FREE(&names);
        entry->fts_pointer = NULL;
    }
}

/* Whether a folder is in the place of a run's file: a journal is beside it. Others may have such
 * names, too: those of jobs. */
static bool replaces_run(const FTSENT *entry)
{
    char path[SKEL_JOB_PATH + 32];
    size_t length = skel_run_folder_stem(entry->fts_path);

    (void)snprintf(path, sizeof path, "%.*s" SKEL_JOURNAL_SUFFIX, (int)length, entry->fts_path);
    return entry->fts_level > FTS_ROOTLEVEL && length > 0 && strcmp(path, entry->fts_path) != 0 &&
           access(path, F_OK) == 0;
}

static bool is_of_report(const FTSENT *entry)
{
    return entry->fts_level > FTS_ROOTLEVEL && entry->fts_parent->fts_pointer != NULL &&
           skel_texts_has(entry->fts_parent->fts_pointer, entry->fts_name);
}

static skel_status visit_entry(FTS *tree, FTSENT *entry, int flags, skel_run_folder_visit *visit,
                               void *context)
{
    bool unreadable =
        entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS || entry->fts_info == FTS_ERR;

    if (entry->fts_info == FTS_F || entry->fts_info == FTS_SL || entry->fts_info == FTS_DEFAULT) {
        return is_of_report(entry) ? SKEL_OK : visit(context, entry->fts_path);
    }
    if (entry->fts_info == FTS_D) {
        skel_status status = enter(tree, entry, flags);

        return status == SKEL_OK && replaces_run(entry) ? visit(context, entry->fts_path) : status;
    }
    leave(entry);
    if (unreadable &&
        ((flags & SKEL_RUN_FOLDER_STRICT) != 0 || entry->fts_level == FTS_ROOTLEVEL)) {
        return SKEL_FAIL(SKEL_ERR_IO, "search %s for run files: %s", entry->fts_path,
                         strerror(entry->fts_errno));
    }
    return SKEL_OK;
}

/* After an error: leaves the folders that the walk is in. */
static void leave_all(FTSENT *entry)
{
    for (; entry != NULL && entry->fts_level >= FTS_ROOTLEVEL; entry = entry->fts_parent) {
        leave(entry);
    }
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
        leave_all(entry);
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

        if (skel_text_ends_in(path, endings[i]) && path[length - tail - 1] != '/') {
            return length - tail;
        }
    }
    return 0;
}

skel_status skel_run_folder_add_stem(void *texts, const char *path)
{
    size_t length = skel_run_folder_stem(path);

    return length == 0 ? SKEL_OK : skel_texts_add(texts, "%.*s", (int)length, path);
}
