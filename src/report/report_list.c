/* The runs below folders. */
#include "report_list.h"

#include "skel/memory.h"
#include "skel/run_folder.h"
#include "skel/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static skel_status add_stem(void *context, const char *path)
{
    size_t length = skel_run_folder_stem(path);

    return length == 0 ? SKEL_OK : skel_texts_add(context, "%.*s", (int)length, path);
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
            status = skel_run_folder_walk(path, SKEL_RUN_FOLDER_STRICT, add_stem, stems);
        } else {
            status = add_stem(stems, path);
            if (status == SKEL_OK && !skel_text_ends_in(path, ".h5")) {
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
