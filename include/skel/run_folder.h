/** Folders of runs: the files below them, and which of these belong to runs. */
#ifndef SKEL_RUN_FOLDER_H
#define SKEL_RUN_FOLDER_H

#include "skel/texts.h"

#include <stddef.h>

#define SKEL_REPORT_MARK ".skel-report" /**< a file that lists the files of a folder's report */
#define SKEL_REPORT_PART ".part-"       /**< begins the name of a folder with half a report */

/** How a folder is walked through. Flags. */
enum {
    SKEL_RUN_FOLDER_STRICT = 1,  /**< a folder below that cannot be read is an error; else it is
                                      passed over */
    SKEL_RUN_FOLDER_REPORTS = 2, /**< also files of reports, which SKEL_REPORT_MARK lists */
};

/** The files that reports have written into a folder: those that its mark lists.
 *
 *  Local. Adds no name for a folder without a mark. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_run_folder_mark(const char *folder, skel_texts *names);

/** What skel_run_folder_walk() calls for a file. An error ends the walk. */
typedef skel_status skel_run_folder_visit(void *context, const char *path);

/** Visits every file below a folder, and every symbolic link, in the order of their names; also
 *  what is no file and stands in a file's place: a pipe, a device, a folder with the name of a
 *  run's file beside the run's journal.
 *
 *  Local. Symbolic links to folders below are not followed. A folder may hold both runs and a
 *  report.
 *  @param flags    SKEL_RUN_FOLDER_STRICT | SKEL_RUN_FOLDER_REPORTS, or 0
 *  @param context  handed to `visit`
 *  Errors: the visit's; SKEL_ERR_IO if the folder cannot be read; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_run_folder_walk(const char *folder, int flags,
                                              skel_run_folder_visit *visit, void *context);

/** Length of a path without the ending that a run's file, journal or checkpoint has.
 *
 *  Local. Returns 0 if the path has no such ending.
 */
size_t skel_run_folder_stem(const char *path);

/** Adds the stem of a run's file to a list; passes over other files. For skel_run_folder_walk().
 *
 *  Local.
 *  @param texts  a skel_texts
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_run_folder_add_stem(void *texts, const char *path);

#endif
