/** The table of run files that skel inspect prints of a folder. */
#ifndef SKEL_CLI_INSPECT_FILES_H
#define SKEL_CLI_INSPECT_FILES_H

#include "file_list.h"

typedef enum skel_inspect_format {
    SKEL_INSPECT_TEXT,
    SKEL_INSPECT_TSV,
    SKEL_INSPECT_JSON, /**< an object a line */
} skel_inspect_format;

/** Prints a line for each run file: what it is and how it ended. A file that is damaged, or no run
 *  file, is named in a warning.
 *
 *  Local. Errors: SKEL_ERR_DATA if there was such a file, after all others; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inspect_files(const skel_file_list *files,
                                            skel_inspect_format format);

#endif
