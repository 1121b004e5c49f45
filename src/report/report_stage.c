/* Files that are written to a folder beside, and then replace those of an earlier report. The file
 * SKEL_REPORT_MARK lists the files that reports have written. */
#include "report_stage.h"

#include "skel/folder.h"
#include "skel/lock.h"
#include "skel/memory.h"
#include "skel/output.h"
#include "skel/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 8192, NAME = 512 };

struct skel_report_stage {
    char *dir;
    char folder[PATH]; /* "" once it is removed */
};

skel_status skel_report_stage_open(const char *dir, skel_report_stage **out)
{
    skel_report_stage *stage = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    if (skel_folder_make(dir) != SKEL_OK) {
        return skel_error_prefix("skel report: --out");
    }
    SKEL_TRY(SKEL_ALLOC(1, sizeof *stage, &stage));
    SKEL_TRY(skel_strdup(dir, &stage->dir));
    (void)snprintf(stage->folder, sizeof stage->folder, "%s/" SKEL_REPORT_PART "XXXXXX", dir);
    if (mkdtemp(stage->folder) == NULL) {
        stage->folder[0] = '\0';
        status = SKEL_FAIL(skel_status_of_errno(errno),
                           "make a folder in %s for the report: %s; name another one with --out",
                           dir, strerror(errno));
        goto done;
    }
    *out = stage;
    stage = NULL;
done:
    skel_report_stage_close(&stage);
    return status;
}

const char *skel_report_stage_folder(const skel_report_stage *stage)
{
    return stage->folder;
}

static skel_status list_files(const char *folder, skel_texts *names)
{
    DIR *list = opendir(folder);
    skel_status status = SKEL_OK;

    if (list == NULL) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: %s", folder, strerror(errno));
    }
    for (struct dirent *entry = readdir(list); status == SKEL_OK && entry != NULL;
         entry = readdir(list)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            status = skel_texts_add(names, "%s", entry->d_name);
        }
    }
    (void)closedir(list);
    return status;
}

static void add_names(const skel_texts *names, skel_output *output)
{
    for (size_t i = 0; names != NULL && i < names->count; i++) {
        skel_output_write(output, strlen(names->text[i]), names->text[i]);
        skel_output_write(output, 1, "\n");
    }
}

/* Whole, by a rename: a walk through the folder may read it at any time. */
static skel_status write_mark(const char *mark, const skel_texts *names, const skel_texts *more)
{
    skel_output *output = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_output_open(mark, &output));
    add_names(names, output);
    add_names(more, output);
    SKEL_TRY(skel_output_publish(&output));
done:
    skel_output_discard(&output);
    return status;
}

static skel_status check_places(const skel_report_stage *stage, const skel_texts *names,
                                const skel_texts *earlier)
{
    char path[PATH + NAME];

    for (size_t i = 0; i < names->count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", stage->dir, names->text[i]);
        if (access(path, F_OK) == 0 && !skel_texts_has(earlier, names->text[i])) {
            return SKEL_FAIL(SKEL_ERR_USAGE,
                             "%s is there, and no report has written it: move it away, or name "
                             "another folder with --out",
                             path);
        }
    }
    return SKEL_OK;
}

static skel_status move_files(const skel_report_stage *stage, const skel_texts *names)
{
    char from[PATH + NAME];
    char to[PATH + NAME];

    for (size_t i = 0; i < names->count; i++) {
        (void)snprintf(from, sizeof from, "%s/%s", stage->folder, names->text[i]);
        (void)snprintf(to, sizeof to, "%s/%s", stage->dir, names->text[i]);
        if (rename(from, to) != 0) {
            return SKEL_FAIL(skel_status_of_errno(errno), "move %s to %s: %s", from, to,
                             strerror(errno));
        }
    }
    return SKEL_OK;
}

static void remove_old(const char *dir, const skel_texts *names, const skel_texts *kept)
{
    char path[PATH + NAME];

    for (size_t i = 0; i < names->count; i++) {
        if (kept == NULL || !skel_texts_has(kept, names->text[i])) {
            (void)snprintf(path, sizeof path, "%s/%s", dir, names->text[i]);
            (void)unlink(path);
        }
    }
}

/* While files move, the mark lists both the old and the new ones. */
static skel_status replace(const skel_report_stage *stage, const char *mark)
{
    skel_texts names = {0};
    skel_texts earlier = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(list_files(stage->folder, &names));
    SKEL_TRY(skel_run_folder_mark(stage->dir, &earlier));
    SKEL_TRY(check_places(stage, &names, &earlier));
    SKEL_TRY(write_mark(mark, &names, &earlier));
    SKEL_TRY(move_files(stage, &names));
    remove_old(stage->dir, &earlier, &names);
    SKEL_TRY(write_mark(mark, &names, NULL));
done:
    skel_texts_clear(&names);
    skel_texts_clear(&earlier);
    return status;
}

/* Under a lock: of two reports, the second one to come must know the files of the first one. */
skel_status skel_report_stage_publish(skel_report_stage *stage)
{
    char mark[PATH];
    skel_comm *self = NULL;
    skel_lock *lock = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(mark, sizeof mark, "%s/" SKEL_REPORT_MARK, stage->dir);
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_lock_take_report(self, mark, stage->dir, &lock));
    status = replace(stage, mark);
done:
    skel_lock_release(&lock);
    skel_comm_destroy(&self);
    return status;
}

void skel_report_stage_close(skel_report_stage **stage)
{
    skel_texts names = {0};

    if (*stage == NULL) {
        return;
    }
    if ((*stage)->folder[0] != '\0') {
        if (list_files((*stage)->folder, &names) == SKEL_OK) {
            remove_old((*stage)->folder, &names, NULL);
        }
        (void)rmdir((*stage)->folder);
        skel_texts_clear(&names);
    }
    SKEL_FREE(&(*stage)->dir);
    SKEL_FREE(stage);
}
