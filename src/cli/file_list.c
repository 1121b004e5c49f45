/* Lists the files of folders. */
#include "file_list.h"

#include "skel/control.h"
#include "skel/folder.h"
#include "skel/memory.h"
#include "skel/run_folder.h"
#include "skel/text.h"

#include <string.h>

static bool is_meant(const char *name, skel_file_choice choice)
{
    static const char *const endings[] = {".h5", ".h5.checkpoint", ".h5.checkpoint.old",
                                          ".h5.checkpoint.new", ".h5.spectra"};
    size_t count = choice == SKEL_FILES_ALL ? sizeof endings / sizeof *endings : 1;

    for (size_t i = 0; i < count; i++) {
        if (skel_text_ends_in(name, endings[i])) {
            return true;
        }
    }
    return false;
}

/* Files are printed with their names, one on a line: no name may look like two of them. */
static skel_status check_name(const char *path)
{
    for (const char *at = path; *at != '\0'; at++) {
        if (skel_control_is(*at)) {
            return SKEL_FAIL(SKEL_ERR_DATA,
                             "%s: a control character in the name, ? here; rename the file", path);
        }
    }
    return SKEL_OK;
}

static skel_status add(skel_file_list *list, const char *path, bool found)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(check_name(path));
    if ((list->count & (list->count - 1)) == 0) { /* the arrays double */
        size_t room = list->count == 0 ? 1 : 2 * list->count;

        SKEL_TRY(SKEL_GROW(room, sizeof *list->path, &list->path));
        SKEL_TRY(SKEL_GROW(room, sizeof *list->found, &list->found));
    }
    SKEL_TRY(skel_strdup(path, &list->path[list->count]));
    list->found[list->count] = found;
    list->count++;
done:
    return status;
}

/* The files of a folder that are meant, as they are found. */
typedef struct file_search {
    skel_file_choice choice;
    skel_file_list *list;
} file_search;

static skel_status consider(void *context, const char *path)
{
    const file_search *search = context;

    return is_meant(path, search->choice) ? add(search->list, path, true) : SKEL_OK;
}

static skel_status add_folder(const char *folder, skel_file_choice choice, skel_file_list *list)
{
    file_search search = {choice, list};
    int reports = choice == SKEL_FILES_ALL ? SKEL_RUN_FOLDER_REPORTS : 0;
    size_t before = list->count;
    skel_status status = SKEL_OK;

    list->folders++;
    SKEL_TRY(skel_run_folder_walk(folder, SKEL_RUN_FOLDER_STRICT | reports, consider, &search));
    if (list->count == before) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: the folder holds no run files (*.h5)", folder);
    }
done:
    return status;
}

skel_status skel_file_list_make(size_t count, char *const words[], skel_file_choice choice,
                                skel_file_list *out)
{
    skel_status status = SKEL_OK;

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        status = skel_folder_is(words[i]) ? add_folder(words[i], choice, out)
                                          : add(out, words[i], false);
    }
    return status;
}

void skel_file_list_free(skel_file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        SKEL_FREE(&list->path[i]);
    }
    SKEL_FREE(&list->path);
    SKEL_FREE(&list->found);
    list->count = 0;
}
