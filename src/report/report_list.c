/* The runs below folders. */
#include "report_list.h"

#include "skel/run_folder.h"
#include "skel/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

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
            status =
                skel_run_folder_walk(path, SKEL_RUN_FOLDER_STRICT, skel_run_folder_add_stem, stems);
        } else {
            status = skel_run_folder_add_stem(stems, path);
            if (status == SKEL_OK && !skel_text_ends_in(path, ".h5")) {
                status = SKEL_FAIL(SKEL_ERR_USAGE, "%s: expected a folder or a run file (NAME.h5)",
                                   path);
            }
        }
        SKEL_TRY(status);
    }
    skel_texts_sort(stems); /* a run has several files, and a folder may be named twice */
done:
    return status;
}
